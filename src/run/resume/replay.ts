import { EXIT, RunbookError, usageError } from '#errors.ts';
import { keyOf } from '#events/log/action-key.ts';
import type { EventOf, RunEvent, RunEventType } from '#events/log/event.ts';
import type { Advance } from '#machine/advance.ts';
import type { Call, Execute } from '#machine/effect.ts';
import type { Runbook } from '#runbook/model/runbook.ts';
import { answered } from '../session/confirmation.ts';
import { recordingAt } from '../session/possible-intents.ts';
import { recordedFact } from '../session/recorded-facts.ts';
import { buildOf, firstDifference, otherCourse } from './recorded-difference.ts';
import { type Unmasking, unmaskedEvent } from './unmasked-event.ts';

/**
 * The version of what a replay derives from a journal: a run is only continued by a program that has
 * the same one. It changes when the machine decides differently on the same events.
 */
export const REPLAY_VERSION = 1;

/** The dependencies of a replay. */
export type ReplayParts = {
  readonly runbook: Runbook;
  /** The operator who started the run; undefined in a run of a team. */
  readonly operator: string | undefined;
  /** This program; what another build wrote is compared only in where it leads. */
  readonly program: string;
  /** The program that started the run. */
  readonly startedBy: string;
  /** Called for every runbook that started as a step, as in the run itself. */
  readonly onCalled: (call: Call) => void;
  /** Called for every action that was to be executed. */
  readonly onExecuted: (execute: Execute) => void;
  /** Masks an event as it was masked when recorded. */
  readonly mask: <E extends RunEvent>(event: E) => E;
  /** Returns the known values of what is masked in the record. */
  readonly known: (step: string) => Omit<Unmasking, 'asked' | 'gate' | 'recordedGate'>;
};

/** Events of people around the run, which the machine does not process. */
const BESIDE_THE_MACHINE: ReadonlySet<RunEventType> = new Set([
  'operator.noted',
  'run.paused',
  'run.handed-over',
  'run.watched',
  'run.alerted',
  'run.attended',
  'gate.refreshed',
  'gate.others',
]);

/**
 * Compares the events the machine derives during a resume with those in the journal: all of them if
 * this build wrote it, else only where they lead. Throws {@link RunbookError} "journal-mismatch" at
 * the first difference.
 */
export class Replay {
  readonly #parts: ReplayParts;
  #operator: string | undefined;
  #expected: RunEvent[] = [];
  #asked: EventOf<'operator.awaited'> | undefined;
  #gate: { readonly opened: Gate; readonly recorded: Gate } | undefined;
  #writtenBy: string;
  /** The unfinished actions by key; true if started. */
  readonly #running = new Map<string, { readonly execute: Execute; isStarted: boolean }>();

  constructor(parts: ReplayParts) {
    this.#parts = parts;
    this.#operator = parts.operator;
    this.#writtenBy = parts.startedBy;
  }

  /** The program that wrote the events replayed now. */
  get writtenBy(): string {
    return this.#writtenBy;
  }

  /** Whether another build wrote them: what it decided is taken as it is. */
  get isOfAnotherBuild(): boolean {
    return buildOf(this.#writtenBy) !== buildOf(this.#parts.program);
  }

  /** Forgets what was expected: the machine goes on from another place. */
  restart(): void {
    this.#expected = [];
    this.#gate = undefined;
    this.#asked = undefined;
    this.#running.clear();
  }

  /** Queues the events the machine expects next in the journal. */
  expect({ snapshot, effects }: Advance): void {
    const { runbook, onCalled, onExecuted } = this.#parts;
    if (effects.length > 0) this.#expected = [];
    const recording = recordingAt(snapshot, runbook, { operator: this.#operator });
    for (const effect of effects) {
      if (effect.type === 'call') onCalled(effect.params);
      if (effect.type === 'executeRead' || effect.type === 'executeChange') {
        onExecuted(effect.params);
        this.#running.set(keyOf(effect.params), { execute: effect.params, isStarted: false });
      }
      const event = recordedFact(effect, recording);
      if (event !== undefined) this.#expected.push(event);
    }
  }

  /** Compares an event derived by the machine; `seq` is its number in the journal. */
  see(event: RunEvent, seq: number): void {
    if (BESIDE_THE_MACHINE.has(event.type) || isUnexpected(event)) return;
    // A concurrent action whose start was not recorded had not started.
    const at = this.#expected.findIndex(({ type }) => type !== 'step.started');
    if (event.type !== 'step.started') this.#expected.splice(0, at);
    const expected = this.#expected.shift();
    if (expected?.type !== event.type)
      throw damaged(
        `event ${seq} is ${event.type} where this build decides ${expected?.type ?? 'nothing'}`,
      );
    if (event.type === 'child.started' && expected.type === event.type)
      refuseOtherPlaces(event, this.#parts.mask(expected));
    this.#compare(event, expected, seq);
    if (expected.type === 'operator.awaited') this.#asked = expected;
    if (event.type === 'gate.opened' && expected.type === event.type)
      this.#gate = { opened: expected, recorded: event };
    if (event.type !== 'step.started') return;
    const running = this.#running.get(keyOf(event));
    if (running !== undefined) running.isStarted = true;
  }

  /** Returns an input event of the machine as it was before masking. */
  unmasked(event: RunEvent): RunEvent {
    return unmaskedEvent(event, {
      ...this.#parts.known('step' in event ? (event.step ?? '') : ''),
      asked: this.#asked,
      gate: this.#gate?.opened,
      recordedGate: this.#gate?.recorded,
    });
  }

  /** Checks that the journal contains every event the machine derived before this input. */
  complete(event: RunEvent, seq: number): void {
    if (event.type === 'step.finished') this.#running.delete(keyOf(event));
    if (event.type === 'run.resumed') {
      if (this.#operator !== undefined) this.#operator = event.operator;
      this.#writtenBy = event.program;
      return;
    }
    const missing = this.#expected.find(({ type }) => type !== 'step.started');
    if (missing !== undefined && event.type !== 'target.connected')
      throw damaged(`event ${seq} is ${event.type} where this build decides ${missing.type}`);
  }

  /** Checks that an answer opens its gate exactly if it did in the record. */
  verdict(event: RunEvent, next: Advance, seq: number): void {
    if (event.type !== 'gate.answered') return;
    if (event.answer === 'declined' || event.answer === 'refresh') return;
    const { reason: _, why: __, ...typed } = event;
    const answer = event.rows === undefined ? 'confirmed' : 'left-out';
    const decided = answered({ ...typed, answer }, next);
    this.#compare(event, decided, seq);
  }

  #compare(event: RunEvent, decided: RunEvent, seq: number): void {
    const field = (this.isOfAnotherBuild ? otherCourse : firstDifference)(event, decided);
    if (field !== undefined)
      throw damaged(`event ${seq}, ${event.type}: this build decides another "${field}"`);
  }

  /** Returns the derived events that were never recorded, without starts of actions. */
  missing(): readonly RunEvent[] {
    return this.#expected.filter(({ type }) => type !== 'step.started');
  }

  /** Returns the action that had started and not ended. */
  interrupted(): Extract<RunEvent, { type: 'run.resumed' }>['interrupted'] {
    const started = [...this.#running.values()].find(({ isStarted }) => isStarted);
    if (started === undefined) return undefined;
    const { step, part, effect } = started.execute;
    return { step, part, effect };
  }
}

type Gate = EventOf<'gate.opened'>;

function isUnexpected(event: RunEvent): boolean {
  return event.type === 'step.finished' && event.unexpected === true;
}

/** A runbook that ran as a step on one server must not continue on another. */
function refuseOtherPlaces(was: EventOf<'child.started'>, now: EventOf<'child.started'>): void {
  for (const { name, host, port, database, description } of now.targets) {
    const before = was.targets.find((target) => target.name === name);
    if (before === undefined) continue;
    if (before.host === host && before.port === port && before.database === database) continue;
    throw usageError(
      `${was.step} is on ${before.description}, and the address of its "${name}" now leads to ${description}`,
      'give the address of that server again; if it is gone for good, end this run: runbook runs end',
    );
  }
}

/** Returns the error for a journal that runbook would not have written. */
export function damaged(what: string): RunbookError {
  return new RunbookError(`the journal does not fit this build of runbook: ${what}`, {
    code: 'journal-mismatch',
    exitCode: EXIT.environment,
    hint: 'read it with runbook transcript',
  });
}
