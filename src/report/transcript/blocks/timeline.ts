import type { EventOf, RecordedEvent, RunEvent, ShownAction } from '#events/log/event.ts';
import { PHASE_NAMES } from '#events/wording/phrases.ts';
import type { Phase } from '#runbook/model/runbook.ts';
import { counted } from '#text/count.ts';
import { formatDuration } from '#text/duration.ts';
import { code, folded, text } from '../../markdown/text.ts';
import type { At } from '../events.ts';
import type { TranscriptRun } from '../run.ts';
import { doneBy } from './changes.ts';
import { eventBlocks } from './event.ts';
import { onePrefix } from './inside.ts';
import { actionBlocks, checkText, endOf, resultBlocks } from './result.ts';

/** Returns the section with all events in order, by phase and step. */
export function timelineSection(run: TranscriptRun): readonly string[] {
  const skipped = checksBetween(run.records);
  const isSkipped = new Set(skipped.flatMap(({ events }) => [...events]));
  const saysAfter = new Map(skipped.map(({ after, says }) => [after, says]));
  const records = run.records.filter(({ seq }) => !isSkipped.has(seq));
  const walk = new Walk(run);
  const blocks = records.flatMap((record, index) => {
    const says = saysAfter.get(record.seq);
    return [...walk.next(record, records[index + 1]), ...(says === undefined ? [] : [`- ${says}`])];
  });
  return ['## Timeline', ...blocks];
}

class Walk {
  readonly #run: TranscriptRun;
  #phase: Phase | undefined;
  /** The actions of this visit that were already shown. */
  #known = new Set<string>();
  /** The most recent error shown. */
  #error: string | undefined;
  /** The number of an end event that was rendered with its start. */
  #written = 0;

  constructor(run: TranscriptRun) {
    this.#run = run;
  }

  next(record: RecordedEvent, following: RecordedEvent | undefined): readonly string[] {
    if (record.seq === this.#written) return [];
    if (record.event.type === 'step.entered') return this.#enter(record.event);
    const [first, ...more] = this.#blocks(record, following);
    if (first === undefined) return [];
    return [`- ${this.#run.times.at(record.at)} · ${first}`, ...more];
  }

  #enter({ step: id, visit }: EventOf<'step.entered'>): readonly string[] {
    const step = this.#run.started.steps.find((outline) => outline.id === id);
    const phase = step?.phase ?? this.#phase;
    const isNewPhase = phase !== this.#phase;
    this.#phase = phase;
    this.#known = new Set();
    const again = visit > 1 ? `, visit ${visit}` : '';
    return [
      ...(isNewPhase && phase !== undefined ? [`### ${PHASE_NAMES[phase]}`] : []),
      `#### ${text(step?.title ?? id)} (${code(id)}${again})`,
      ...(step?.why === undefined ? [] : [`> ${text(step.why)}`]),
    ];
  }

  #blocks(record: RecordedEvent, following: RecordedEvent | undefined): readonly string[] {
    const { seq, at, event } = record;
    if (event.type === 'adhoc.entered') this.#known.add(JSON.stringify(event.action));
    if (event.type !== 'step.started') return eventBlocks(this.#newOf(record), this.#run);
    const end = endAfter(event, following?.event);
    if (end !== undefined) {
      this.#written = seq + 1;
      this.#error = JSON.stringify(end.error);
    }
    return executionBlocks({ seq, at, event }, end, this.#run, this.#known);
  }

  /**
   * Removes a repeated error: it is recorded with the action, the step and the question that
   * follows.
   */
  #newOf(record: RecordedEvent): RecordedEvent {
    const { event } = record;
    if (!('error' in event) || event.error === undefined) return record;
    const written = this.#error;
    this.#error = JSON.stringify(event.error);
    if (event.type === 'step.finished' || written !== this.#error) return record;
    const { error: _, ...rest } = event;
    return { ...record, event: rest };
  }
}

/** Returns the end event of an execution; among concurrent ones the next end may be of another. */
function endAfter(
  { step, part, attempt, item }: EventOf<'step.started'>,
  next: RunEvent | undefined,
): EventOf<'step.finished'> | undefined {
  if (next?.type !== 'step.finished') return undefined;
  const isSame = next.step === step && next.part === part && next.attempt === attempt;
  return isSame && next.item?.index === item?.index ? next : undefined;
}

/** The checks of a verification between its first and its last. */
type SkippedChecks = {
  /** The number of the event before them. */
  readonly after: number;
  /** The numbers of its events. */
  readonly events: ReadonlySet<number>;
  readonly says: string;
};

/**
 * Returns the repeated checks that were still false: all but the first and the last of each
 * verification.
 */
function checksBetween(records: readonly RecordedEvent[]): readonly SkippedChecks[] {
  const stretches: RecordedEvent[][] = [[]];
  for (const record of records) {
    if (isCheck(record)) stretches.at(-1)?.push(record);
    else stretches.push([]);
  }
  return stretches.flatMap(between);
}

function isCheck({ event }: RecordedEvent): boolean {
  if (event.type === 'timer.armed') return event.for === 'verify';
  if (event.type === 'timer.fired') return true;
  return (
    (event.type === 'step.started' || event.type === 'step.finished') && event.part === 'verify'
  );
}

function between(stretch: readonly RecordedEvent[]): readonly SkippedChecks[] {
  const first = stretch.findIndex(({ event }) => event.type === 'step.finished');
  const last = stretch.findLastIndex(({ event }) => event.type === 'step.started');
  const skipped = stretch.slice(first + 1, last);
  const checks = skipped.filter(({ event }) => event.type === 'step.finished').length;
  const after = stretch[first]?.seq;
  if (after === undefined || checks === 0) return [];
  const says = `${counted(checks, 'more check')} in between, none of them true`;
  return [{ after, events: new Set(skipped.map(({ seq }) => seq)), says }];
}

/** The number of lines above which a statement is folded. */
const OPEN_LINES = 10;

const PART: { readonly [P in EventOf<'step.started'>['part']]: string } = {
  action: 'ran',
  preview: 'read the preview',
  recheck: 'read it again before acting',
  verify: 'checked',
  undo: 'undid',
};

/**
 * Returns an execution for the timeline, with its end if nothing happened in between. Actions shown
 * before (`known`), or listed among the numbered actions, are not repeated.
 */
function executionBlocks(
  { seq, event }: At<'step.started'>,
  finished: EventOf<'step.finished'> | undefined,
  run: TranscriptRun,
  known: Set<string>,
): readonly string[] {
  const action = run.actions.find(({ started }) => started?.seq === seq);
  const number = action?.number;
  const key = JSON.stringify(event.action);
  const isNew = number === undefined && !known.has(key);
  known.add(key);
  const what = number === undefined ? PART[event.part] : `ran Action ${number}`;
  const attempt = event.attempt > 1 ? `, attempt ${event.attempt}` : '';
  const where = event.action.kind === 'wait' ? '' : ` on ${text(event.action.where)}`;
  return [
    `${onePrefix(event, run.view)}${what}${where} (${text(event.effect)}${attempt})${endText(finished, action && doneBy(action, run))}`,
    ...(isNew ? readBlocks(event.action) : []),
    ...(finished === undefined || number !== undefined || event.part === 'verify'
      ? []
      : resultBlocks(finished, run.options.outputs)),
  ];
}

/** A long read is folded; changes are listed under Actions. */
function readBlocks(action: ShownAction): readonly string[] {
  const [shown = '', ...values] = actionBlocks(action);
  const lines = action.text.trimEnd().split('\n').length;
  return lines > OPEN_LINES
    ? [folded(`what ran, ${counted(lines, 'line')}`, shown), ...values]
    : [shown, ...values];
}

function endText(
  finished: EventOf<'step.finished'> | undefined,
  change?: { readonly done: string | undefined },
): string {
  if (finished === undefined) return '';
  const end = finished.part === 'verify' ? checkText(finished) : endOf(finished, change);
  return `, ${formatDuration(finished.ms)}: ${end}`;
}
