import type { RecordedEvent } from '#events/log/event.ts';
import { type Conclusion, conclusionOf } from '#events/view/conclusion.ts';
import { NO_CAUSE, titleOf } from '#events/wording/phrases.ts';
import { formatDuration, msBetween } from '#text/duration.ts';
import { cellTable, rowsTable } from '../markdown/table.ts';
import { code, folded, text } from '../markdown/text.ts';
import { checklist } from './blocks/closing.ts';
import { endSentence, facts, verdict } from './blocks/header.ts';
import { integritySection } from './blocks/integrity.ts';
import { openPoints, openPointText } from './blocks/open-points.ts';
import { joined } from './markdown.ts';
import { actionSection } from './postmortem/actions.ts';
import { impactWindow } from './postmortem/impact.ts';
import { BLANK, milestonesTable } from './postmortem/milestones.ts';
import { toldText } from './postmortem/told.ts';
import { comparedReadings } from './readings.ts';
import { type TranscriptOptions, type TranscriptRun, transcriptRun } from './run.ts';

/**
 * Returns a draft of a postmortem as Markdown: the facts in the record of the run, and blanks for
 * what it cannot know. Like the transcript it is pure, and event texts are escaped.
 */
export function postmortemMarkdown(
  records: readonly RecordedEvent[],
  options: TranscriptOptions,
): string {
  const run = transcriptRun(records, { ...options, localTimes: true });
  if (run === undefined)
    return joined(['# A run without a start', ...integritySection(records, options.verified)]);
  const conclusion = conclusionOf(run.view);
  const open = openPoints(run).map((point) => openPointText(point, run));
  return joined([
    `# Postmortem: ${text(conclusion.title)}`,
    `Draft from the record of the run ${code(run.started.runId)}. Blanks say ${BLANK}: the record cannot know them.`,
    '## Summary',
    endSentence(run),
    verdict(run, conclusion),
    '## Milestones',
    milestonesTable(run),
    '## Cause',
    ...cause(run, conclusion),
    '## Impact',
    impact(run, conclusion),
    '## Actions',
    ...actionSection(run),
    '## Before and after',
    comparison(run),
    '## Timeline',
    timeline(run, conclusion).join('\n'),
    '## Prevention',
    ...prevention(conclusion),
    '## Open points',
    open.length === 0 ? 'None.' : checklist(open.map((point) => `${point} · owner: ${BLANK}`)),
    '## Record',
    folded(
      'Run, runbook, targets, inputs and integrity',
      joined([facts(run), ...integritySection(records, options.verified).slice(1)]).trimEnd(),
    ),
  ]);
}

function cause(run: TranscriptRun, { causes, evidence, runbook }: Conclusion): readonly string[] {
  const line = (finding: Conclusion['causes'][number]) =>
    `- ${run.times.at(finding.at)} · ${causes.includes(finding) ? `**${text(finding.text)}**` : text(finding.text)} (${code(finding.step)})`;
  return [
    causes.length === 0
      ? `${NO_CAUSE} Cause: ${BLANK}.`
      : `Found with the runbook ${code(runbook.name)}; the cause is in bold:`,
    ...(evidence.length === 0 ? [] : [evidence.map(line).join('\n')]),
    `Why it came to this: ${BLANK}.`,
  ];
}

function impact(run: TranscriptRun, { impact: usual, evidence: told }: Conclusion): string {
  const { from, evidence, until, toBeChecked } = impactWindow(run);
  const { times, view } = run;
  const isUnderCause = told.some(({ at, text: said }) => at === from && said === evidence);
  const what = isUnderCause ? ' (see Cause)' : `: ${text(evidence ?? '')}`;
  const since =
    from === undefined
      ? `- First evidence: none; the run started ${times.full(view.startedAt)}`
      : `- First evidence${toBeChecked ? ' (to be checked)' : ''}: ${times.full(from)}${what}`;
  const lasted =
    from === undefined || until === undefined
      ? []
      : [`- From the first evidence to the end: ${formatDuration(msBetween(from, until))}`];
  return [
    ...(usual === undefined
      ? []
      : [
          `- What such an incident does, from the runbook (not checked by the run): ${text(usual)}`,
        ]),
    since,
    ...lasted,
    `- Users and requests affected: ${BLANK}`,
  ].join('\n');
}

/** Returns the main events, without the findings that are under the cause. */
function timeline(
  run: TranscriptRun,
  { evidence, causes, summary }: Conclusion,
): readonly string[] {
  const { records, times } = run;
  // A failure that led to a finding is told by the finding.
  const decided = new Set(
    records.flatMap(({ event }) =>
      event.type === 'branch.taken' && event.finding !== undefined ? [event.step] : [],
    ),
  );
  return records.flatMap((record) => {
    const { at, event } = record;
    const found = event.type === 'branch.taken' ? event.finding : undefined;
    const known = evidence.find(
      (one) => one.at === at && one.text === found && 'step' in event && one.step === event.step,
    );
    if (known !== undefined && !causes.includes(known)) return [];
    if (event.type === 'step.settled' && decided.has(event.step)) return [];
    if (found !== undefined && summary !== '' && found.includes(summary)) return [];
    const told = known === undefined ? toldText(record, run) : '**cause found** (see Cause)';
    return told === undefined ? [] : [`- ${times.at(at)} · ${told}`];
  });
}

function comparison(run: TranscriptRun): string {
  const compared = comparedReadings(run);
  if (compared.length === 0) return 'The record has no numbers to compare.';
  const rows = compared.flatMap(({ before, after, columns }) =>
    columns.map((name) => ({
      step: titleOf(run.view, before.step),
      number: name.replaceAll('_', ' '),
      before: before.numbers[name] ?? null,
      'at (UTC)': before.at.slice(11, 19),
      after: after.numbers[name] ?? null,
      'then (UTC)': after.at.slice(11, 19),
      'read by': titleOf(run.view, after.step),
    })),
  );
  return rowsTable(Object.keys(rows[0] ?? {}), rows);
}

function prevention({ prevention: items, runbook }: Conclusion): readonly string[] {
  if (items.length === 0) return [`The runbook ${code(runbook.name)} names none: ${BLANK}.`];
  return [
    `From the runbook ${code(runbook.name)}. Delete what does not apply.`,
    cellTable(
      ['action', 'owner', 'due'],
      items.map((item) => [text(item), BLANK, BLANK]),
    ),
  ];
}
