import type { EventOf, RecordedEvent, RunEvent } from '#events/log/event.ts';
import type { Phase } from '#runbook/model/runbook.ts';
import { code, text } from '../../markdown/text.ts';
import type { TranscriptRun } from '../run.ts';
import { checksBetween } from './checks.ts';
import { eventBlocks } from './event.ts';
import { executionBlocks } from './execution.ts';

const PHASE: { readonly [P in Phase]: string } = {
  diagnose: 'Diagnose',
  fix: 'Fix',
  verify: 'Verify',
};

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
      ...(isNewPhase && phase !== undefined ? [`### ${PHASE[phase]}`] : []),
      `#### ${text(step?.title ?? id)} (${code(id)}${again})`,
      ...(step?.why === undefined ? [] : [`> ${text(step.why)}`]),
    ];
  }

  #blocks(record: RecordedEvent, following: RecordedEvent | undefined): readonly string[] {
    const { seq, at, event } = record;
    if (event.type === 'adhoc.entered') this.#known.add(JSON.stringify(event.action));
    if (event.type !== 'step.started') return eventBlocks(this.#newOf(record), this.#run);
    const end = endOf(event, following?.event);
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
function endOf(
  { step, part, attempt, item }: EventOf<'step.started'>,
  next: RunEvent | undefined,
): EventOf<'step.finished'> | undefined {
  if (next?.type !== 'step.finished') return undefined;
  const isSame = next.step === step && next.part === part && next.attempt === attempt;
  return isSame && next.item?.index === item?.index ? next : undefined;
}
