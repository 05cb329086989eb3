import type { RecordedEvent } from '#events/log/event.ts';
import {
  type Block,
  checklist,
  fold,
  heading,
  type Item,
  list,
  rowsBlocks,
  table,
} from '#events/telling/block.ts';
import { code, saidOf, say, strong } from '#events/telling/say.ts';
import { type Conclusion, conclusionOf } from '#events/view/conclusion.ts';
import { NO_CAUSE, titleOf } from '#events/wording/phrases.ts';
import { formatDuration, msBetween } from '#text/duration.ts';
import { blocksMarkdown } from '../markdown/blocks.ts';
import { endSentence, facts, verdict } from './blocks/header.ts';
import { integritySection } from './blocks/integrity.ts';
import { openPoints, openPointText } from './blocks/open-points.ts';
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
  const integrity = integritySection(records, options.verified);
  if (run === undefined)
    return `${blocksMarkdown([heading(1, 'A run without a start'), ...integrity])}\n`;
  const conclusion = conclusionOf(run.view);
  const open = openPoints(run).map((point) => openPointText(point, run));
  const blocks = [
    heading(1, `Postmortem: ${conclusion.title}`),
    say`Draft from the record of the run ${code(run.started.runId)}. Blanks say ${BLANK}: the record cannot know them.`,
    heading(2, 'Summary'),
    endSentence(run),
    verdict(run, conclusion),
    heading(2, 'Milestones'),
    milestonesTable(run),
    heading(2, 'Cause'),
    ...cause(run, conclusion),
    heading(2, 'Impact'),
    impact(run, conclusion),
    heading(2, 'Actions'),
    ...actionSection(run),
    heading(2, 'Before and after'),
    ...comparison(run),
    heading(2, 'Timeline'),
    list(timeline(run, conclusion)),
    heading(2, 'Prevention'),
    ...prevention(conclusion),
    heading(2, 'Open points'),
    open.length === 0 ? 'None.' : checklist(open.map((point) => say`${point} · owner: ${BLANK}`)),
    heading(2, 'Record'),
    fold('Run, runbook, targets, inputs and integrity', [facts(run), ...integrity.slice(1)]),
  ];
  return `${blocksMarkdown(blocks)}\n`;
}

function cause(run: TranscriptRun, { causes, evidence, runbook }: Conclusion): readonly Block[] {
  const item = (finding: Conclusion['causes'][number]): Item => {
    const shown = causes.includes(finding) ? strong(finding.text) : finding.text;
    return { at: run.times.at(finding.at), said: say`${shown} (${code(finding.step)})` };
  };
  return [
    causes.length === 0
      ? say`${NO_CAUSE} Cause: ${BLANK}.`
      : say`Found with the runbook ${code(runbook.name)}; the cause is in bold:`,
    ...(evidence.length === 0 ? [] : [list(evidence.map(item))]),
    say`Why it came to this: ${BLANK}.`,
  ];
}

function impact(run: TranscriptRun, { impact: usual, evidence: told }: Conclusion): Block {
  const { from, evidence, until, toBeChecked } = impactWindow(run);
  const { times, view } = run;
  const isUnderCause = told.some(({ at, text: said }) => at === from && said === evidence);
  const what = isUnderCause ? ' (see Cause)' : `: ${evidence ?? ''}`;
  const since =
    from === undefined
      ? `First evidence: none; the run started ${times.full(view.startedAt)}`
      : `First evidence${toBeChecked ? ' (to be checked)' : ''}: ${times.full(from)}${what}`;
  const lasted =
    from === undefined || until === undefined
      ? []
      : [`From the first evidence to the end: ${formatDuration(msBetween(from, until))}`];
  return list([
    ...(usual === undefined
      ? []
      : [`What such an incident does, from the runbook (not checked by the run): ${usual}`]),
    since,
    ...lasted,
    say`Users and requests affected: ${BLANK}`,
  ]);
}

/** Returns the main events, without the findings that are under the cause. */
function timeline(run: TranscriptRun, { evidence, causes, summary }: Conclusion): readonly Item[] {
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
    const told =
      known === undefined ? toldText(record, run) : say`${strong('cause found')} (see Cause)`;
    return told === undefined ? [] : [{ at: times.at(at), said: saidOf(told) }];
  });
}

function comparison(run: TranscriptRun): readonly Block[] {
  const compared = comparedReadings(run);
  if (compared.length === 0) return ['The record has no numbers to compare.'];
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
  return rowsBlocks(Object.keys(rows[0] ?? {}), rows);
}

function prevention({ prevention: items, runbook }: Conclusion): readonly Block[] {
  if (items.length === 0) return [say`The runbook ${code(runbook.name)} names none: ${BLANK}.`];
  return [
    say`From the runbook ${code(runbook.name)}. Delete what does not apply.`,
    table(
      ['action', 'owner', 'due'],
      items.map((item) => [item, BLANK, BLANK]),
    ),
  ];
}
