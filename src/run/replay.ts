import { EXIT, RunbookError, usageError } from '../errors.ts';
import type { EventOf, RunEvent, RunEventType } from '../events/event.ts';
import type { Advance } from '../machine/advance.ts';
import type { Call, Execute } from '../machine/effect.ts';
import { allTargets } from '../machine/frames.ts';
import type { Runbook } from '../runbook/runbook.ts';
import { keyOf } from './execution-key.ts';
import { possibleIntents, possibleUndos } from './possible-intents.ts';
import { recordedFact } from './recorded-facts.ts';

/** What a replay needs of the run. */
export type ReplayParts = {
  /** Told of every runbook that began as a step, as it was in the run itself. */
  readonly onCalled: (call: Call) => void;
  /** Masks an event as it was masked when it was recorded. */
  readonly mask: <E extends RunEvent>(event: E) => E;
};

/** What people did around the run; the machine knows nothing of it. */
const BESIDE_THE_MACHINE: ReadonlySet<RunEventType> = new Set([
  'operator.noted',
  'run.paused',
  'run.handed-over',
  'run.watched',
]);

/** Holds what the machine decided against what the journal says it decided. */
export class Replay {
  readonly #runbook: Runbook;
  readonly #operator: string;
  #expected: RunEvent[] = [];
  /** What was to be executed and has not ended, by what it is; true when it had started. */
  readonly #running = new Map<string, { readonly execute: Execute; isStarted: boolean }>();
  readonly #onCalled: (call: Call) => void;
  readonly #mask: <E extends RunEvent>(event: E) => E;

  constructor(runbook: Runbook, operator: string, { onCalled, mask }: ReplayParts) {
    this.#onCalled = onCalled;
    this.#mask = mask;
    this.#runbook = runbook;
    this.#operator = operator;
  }

  /** Takes what has to follow in the journal. */
  expect({ snapshot, effects }: Advance): void {
    if (effects.length > 0) this.#expected = [];
    const recording = {
      runbook: this.#runbook,
      operator: this.#operator,
      targets: allTargets(snapshot.context),
      can: () => possibleIntents(snapshot, this.#runbook),
      undoable: () => possibleUndos(snapshot),
    };
    for (const effect of effects) {
      if (effect.type === 'call') this.#onCalled(effect.params);
      if (effect.type === 'executeRead' || effect.type === 'executeChange')
        this.#running.set(keyOf(effect.params), { execute: effect.params, isStarted: false });
      const event = recordedFact(effect, recording);
      if (event !== undefined) this.#expected.push(event);
    }
  }

  /** Takes an event that says what the machine decided. */
  see(event: RunEvent): void {
    if (BESIDE_THE_MACHINE.has(event.type)) return;
    // What was to start beside others, and was not recorded, had not started.
    const at = this.#expected.findIndex(({ type }) => type !== 'step.started');
    if (event.type !== 'step.started' && at > 0) this.#expected.splice(0, at);
    const expected = this.#expected.shift();
    if (expected?.type !== event.type)
      throw damaged(
        `it says ${event.type} where this program would have said ${expected?.type ?? 'nothing'}`,
      );
    if (event.type === 'child.started' && expected?.type === event.type)
      refuseOtherPlaces(event, this.#mask(expected));
    if (event.type !== 'step.started') return;
    const running = this.#running.get(keyOf(event));
    if (running !== undefined) running.isStarted = true;
  }

  /** Takes an event that moved the machine: all that went before has to be in the journal. */
  complete(event: RunEvent): void {
    if (event.type === 'step.finished') this.#running.delete(keyOf(event));
    if (event.type === 'run.resumed') return;
    const missing = this.#expected.find(({ type }) => type !== 'step.started');
    if (missing !== undefined && event.type !== 'target.connected')
      throw damaged(`it says ${event.type} before ${missing.type}`);
  }

  /** Returns what the machine decided last and nobody wrote down any more; never that an action started. */
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

/** A runbook that ran as a step on one server must not go on on another. */
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

/** Returns the error for a journal that this program would not have written. */
export function damaged(what: string): RunbookError {
  return new RunbookError(`the journal does not fit its runbook: ${what}`, {
    code: 'journal-mismatch',
    exitCode: EXIT.environment,
    hint: 'read it with runbook transcript; do not go on with this run',
  });
}
