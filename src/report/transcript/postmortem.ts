import type { RecordedEvent } from '#events/log/event.ts';
import { titleOf } from '#events/wording/phrases.ts';
import { counted } from '#text/count.ts';
import { formatDuration, msBetween } from '#text/duration.ts';
import { rowsTable } from '../markdown/table.ts';
import { code, text } from '../markdown/text.ts';
import type { ActionTaken } from './actions.ts';
import { actionTitle, stateOf } from './blocks/changes.ts';
import { checklist } from './blocks/closing.ts';
import { answerText, unansweredText } from './blocks/gate.ts';
import { endSentence, facts } from './blocks/header.ts';
import { integritySection } from './blocks/integrity.ts';
import { openPoints, openPointText } from './blocks/open-points.ts';
import { actionFacts } from './blocks/result.ts';
import { impactWindow } from './impact.ts';
import { findingsSection, joined } from './markdown.ts';
import { comparedReadings } from './readings.ts';
import { type TranscriptOptions, type TranscriptRun, transcriptRun } from './run.ts';
import { toldText } from './told.ts';

const BLANK = '_To be written._';

/**
 * Returns a draft of a postmortem as Markdown: the facts in the record of the run, and blanks for
 * the rest. Like the transcript it is pure, and event texts are escaped.
 */
export function postmortemMarkdown(
  records: readonly RecordedEvent[],
  options: TranscriptOptions,
): string {
  const run = transcriptRun(records, { ...options, localTimes: true });
  if (run === undefined)
    return joined(['# A run without a start', ...integritySection(records, options.verified)]);
  return joined([
    `# Postmortem: ${text(run.started.runbook.title)}`,
    '**Draft**, generated from the record of a run. Fill in what is _to be written_.',
    '## Summary',
    text(run.started.runbook.summary),
    endSentence(run),
    BLANK,
    '## Impact',
    ...impactBlocks(run),
    ...findingsSection(run),
    '## Root cause',
    BLANK,
    '## Timeline',
    timeline(run).join('\n'),
    '## Actions',
    ...actionList(run),
    '## Before and after',
    ...comparisonBlocks(run),
    '## What went well and what did not',
    BLANK,
    '## Prevention',
    checklist([...run.started.runbook.prevention.map(text), BLANK]),
    '## Open questions',
    openList(run),
    '## Record',
    facts(run),
    ...integritySection(records, options.verified).slice(1),
  ]);
}

function impactBlocks(run: TranscriptRun): readonly string[] {
  const { from, evidence, until, toBeChecked, findingsBefore } = impactWindow(run);
  const { times, view } = run;
  const since =
    from === undefined
      ? `- First evidence: nothing failed and nothing was found; the run started ${times.full(view.startedAt)}`
      : `- First evidence${toBeChecked ? ' (to be checked)' : ''}: ${times.full(from)}: ${text(evidence ?? '')}`;
  const before =
    findingsBefore === 0
      ? []
      : [
          `- Earlier start (${counted(findingsBefore, 'finding')} before the first evidence): _to be checked_`,
        ];
  const end = until === undefined ? 'not in this record' : times.full(until);
  const lasted =
    from === undefined || until === undefined
      ? []
      : [`- From the first evidence to the end: ${formatDuration(msBetween(from, until))}`];
  return [
    [
      since,
      ...before,
      `- Resolved: ${end}`,
      ...lasted,
      '- Start of the impact on users (may be earlier): _to be written_',
      '- Who and what was affected, and how badly: _to be written_',
      '- Detection: _to be written_',
    ].join('\n'),
  ];
}

/** Returns the main events: findings, changes, actions and notes of people, and the outcome. */
function timeline(run: TranscriptRun): readonly string[] {
  const { records, times } = run;
  return records.flatMap((record) => {
    const told = toldText(record, run);
    return told === undefined ? [] : [`- ${times.at(record.at)} · ${told}`];
  });
}

function actionList(run: TranscriptRun): readonly string[] {
  if (run.actions.length === 0) return ['Nothing was changed.'];
  return [run.actions.map((action) => actionLine(action, run)).join('\n')];
}

function actionLine(action: ActionTaken, { view, times }: TranscriptRun): string {
  const { number, step, gates, started } = action;
  const answer = gates.at(-1)?.answers.at(-1);
  const opened = gates.at(-1)?.opened.event;
  const where = started ?? gates.at(-1)?.opened;
  return [
    `- Action ${number}: ${text(actionTitle(action, view))} (${code(step)}), ${text(stateOf(action))}`,
    ...(where === undefined
      ? []
      : [
          `  - Where: ${text(where.event.action.where)}`,
          ...actionFacts(where.event.action).map((fact) => `  - ${fact}`),
        ]),
    answer === undefined
      ? `  - ${opened === undefined ? 'No confirmation was asked for' : unansweredText(opened)}`
      : `  - ${times.at(answer.at)} · ${answerText(answer.event, { brief: true })}`,
  ].join('\n');
}

function comparisonBlocks(run: TranscriptRun): readonly string[] {
  const compared = comparedReadings(run);
  if (compared.length === 0) return ['The record has no numbers to compare.', BLANK];
  const rows = compared.flatMap(({ before, after, columns }) =>
    columns.map((name) => ({
      step: titleOf(run.view, before.step),
      number: name,
      before: before.numbers[name] ?? null,
      'at (UTC)': before.at.slice(11, 19),
      after: after.numbers[name] ?? null,
      'then (UTC)': after.at.slice(11, 19),
      'read by': titleOf(run.view, after.step),
    })),
  );
  return [rowsTable(Object.keys(rows[0] ?? {}), rows)];
}

function openList(run: TranscriptRun): string {
  const open = openPoints(run).map((point) => openPointText(point, run));
  return checklist([...open, BLANK]);
}
