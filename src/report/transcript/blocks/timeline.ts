import type { EventOf, RecordedEvent, RunEvent, ShownAction } from '#events/log/event.ts';
import { type Block, fold, heading, list } from '#events/telling/block.ts';
import { tellEvent } from '#events/telling/event.ts';
import { onePrefix } from '#events/telling/inside.ts';
import { actionBlocks, checkText, endOf, resultBlocks } from '#events/telling/result.ts';
import { code, type Said, say } from '#events/telling/say.ts';
import type { Told } from '#events/telling/told.ts';
import { PHASE_NAMES } from '#events/wording/phrases.ts';
import type { Phase } from '#runbook/model/runbook.ts';
import { counted } from '#text/count.ts';
import { formatDuration } from '#text/duration.ts';
import type { At } from '../events.ts';
import type { TranscriptRun } from '../run.ts';
import { doneBy } from './changes.ts';

/** The events of a visit of a step, or those before the first one. */
export type Entry = {
  /** The phase of the visit, if it begins with it. */
  readonly phase?: Phase | undefined;
  /** The title of the step. */
  readonly title?: Said;
  readonly blocks: Block[];
};

/** Returns the section with all events in order, by phase and step. */
export function timelineSection(run: TranscriptRun): readonly Block[] {
  return [
    heading(2, 'Timeline'),
    ...timelineEntries(run).flatMap(({ phase, title, blocks }) => [
      ...(phase === undefined ? [] : [heading(3, PHASE_NAMES[phase])]),
      ...(title === undefined ? [] : [heading(4, title)]),
      ...blocks,
    ]),
  ];
}

/** Returns all events in order, by phase and step. */
export function timelineEntries(run: TranscriptRun): readonly Entry[] {
  const skipped = checksBetween(run.records);
  const isSkipped = new Set(skipped.flatMap(({ events }) => [...events]));
  const saysAfter = new Map(skipped.map(({ after, says }) => [after, says]));
  const records = run.records.filter(({ seq }) => !isSkipped.has(seq));
  const walk = new Walk(run);
  for (const [index, record] of records.entries()) {
    walk.take(record, records[index + 1]);
    const says = saysAfter.get(record.seq);
    if (says !== undefined) walk.add(list([says]));
  }
  return walk.entries;
}

class Walk {
  readonly entries: Entry[] = [];
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

  take(record: RecordedEvent, following: RecordedEvent | undefined): void {
    if (record.seq === this.#written) return;
    if (record.event.type === 'step.entered') this.#enter(record.event);
    const told = this.#told(record, following);
    if (told === undefined) return;
    const { said, detail = '', below = [], blocks = [] } = told;
    this.add(
      list([{ said: say`${said}${detail}`, below, at: this.#run.times.at(record.at) }]),
      ...blocks,
    );
  }

  add(...blocks: readonly Block[]): void {
    if (this.entries.length === 0) this.entries.push({ blocks: [] });
    this.entries.at(-1)?.blocks.push(...blocks);
  }

  readonly #actionOf = (gate: number): number | undefined =>
    this.#run.actions.find(({ gates }) => gates.some(({ opened }) => opened.seq === gate))?.number;

  #enter({ step: id, visit }: EventOf<'step.entered'>): void {
    const step = this.#run.started.steps.find((outline) => outline.id === id);
    const phase = step?.phase ?? this.#phase;
    const isNewPhase = phase !== this.#phase;
    this.#phase = phase;
    this.#known = new Set();
    const again = visit > 1 ? `, visit ${visit}` : '';
    this.entries.push({
      phase: isNewPhase ? phase : undefined,
      title: say`${step?.title ?? id} (${code(id)}${again})`,
      blocks: step?.why === undefined ? [] : [{ kind: 'quote', said: say`${step.why}` }],
    });
  }

  #told(record: RecordedEvent, following: RecordedEvent | undefined): Told | undefined {
    const { seq, at, event } = record;
    if (event.type === 'adhoc.entered') this.#known.add(JSON.stringify(event.action));
    if (event.type !== 'step.started') {
      const told = tellEvent(this.#newOf(record), {
        view: this.#run.view,
        actionOf: this.#actionOf,
      });
      if (event.type !== 'step.finished' || told === undefined) return told;
      return { ...told, blocks: resultBlocks(event, this.#run.options.outputs) };
    }
    const end = endAfter(event, following?.event);
    if (end !== undefined) {
      this.#written = seq + 1;
      this.#error = JSON.stringify(end.error);
    }
    return tellExecution({ seq, at, event }, end, this.#run, this.#known);
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
function tellExecution(
  { seq, event }: At<'step.started'>,
  finished: EventOf<'step.finished'> | undefined,
  run: TranscriptRun,
  known: Set<string>,
): Told {
  const action = run.actions.find(({ started }) => started?.seq === seq);
  const number = action?.number;
  const key = JSON.stringify(event.action);
  const isNew = number === undefined && !known.has(key);
  known.add(key);
  const what = number === undefined ? PART[event.part] : `ran Action ${number}`;
  const attempt = event.attempt > 1 ? `, attempt ${event.attempt}` : '';
  const where = event.action.kind === 'wait' ? '' : ` on ${event.action.where}`;
  return {
    said: say`${onePrefix(event, run.view)}${what}${where} (${event.effect}${attempt})${endText(finished, action && doneBy(action, run))}`,
    blocks: [
      ...(isNew ? readBlocks(event.action) : []),
      ...(finished === undefined || number !== undefined || event.part === 'verify'
        ? []
        : resultBlocks(finished, run.options.outputs)),
    ],
  };
}

/** A long read is folded; changes are listed under Actions. */
function readBlocks(action: ShownAction): readonly Block[] {
  const [shown, ...values] = actionBlocks(action);
  const lines = action.text.trimEnd().split('\n').length;
  if (shown === undefined || lines <= OPEN_LINES) return actionBlocks(action);
  return [fold(`what ran, ${counted(lines, 'line')}`, [shown]), ...values];
}

function endText(
  finished: EventOf<'step.finished'> | undefined,
  change?: { readonly done: string | undefined },
): Said {
  if (finished === undefined) return [];
  const end = finished.part === 'verify' ? checkText(finished) : endOf(finished, change);
  return say`, ${formatDuration(finished.ms)}: ${end}`;
}
