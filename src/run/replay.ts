import { EXIT, RunbookError } from '../errors.ts';
import type { RunEvent } from '../events/event.ts';
import type { Advance } from '../machine/advance.ts';
import type { MachineEffect } from '../machine/effect.ts';
import type { Runbook } from '../runbook/runbook.ts';
import { possibleIntents } from './possible-intents.ts';
import { recordedFact } from './recorded-facts.ts';

/** Holds what the machine decided against what the journal says it decided. */
export class Replay {
  readonly #runbook: Runbook;
  readonly #operator: string;
  #expected: RunEvent[] = [];
  #running: Extract<MachineEffect, { type: 'executeRead' | 'executeChange' }> | undefined;
  #isStarted = false;

  constructor(runbook: Runbook, operator: string) {
    this.#runbook = runbook;
    this.#operator = operator;
  }

  /** Takes what has to follow in the journal. */
  expect({ snapshot, effects }: Advance): void {
    if (effects.length > 0) this.#expected = [];
    const recording = {
      runbook: this.#runbook,
      operator: this.#operator,
      targets: snapshot.context.targets,
      can: () => possibleIntents(snapshot, this.#runbook),
    };
    for (const effect of effects) {
      if (effect.type === 'executeRead' || effect.type === 'executeChange') {
        this.#running = effect;
        this.#isStarted = false;
      }
      const event = recordedFact(effect, recording);
      if (event !== undefined) this.#expected.push(event);
    }
  }

  /** Takes an event that says what the machine decided. */
  see(event: RunEvent): void {
    if (event.type === 'operator.noted' || event.type === 'run.paused') return;
    const expected = this.#expected.shift();
    if (expected?.type !== event.type)
      throw damaged(
        `it says ${event.type} where this program would have said ${expected?.type ?? 'nothing'}`,
      );
    if (event.type === 'step.started') this.#isStarted = true;
  }

  /** Takes an event that moved the machine: all that went before has to be in the journal. */
  complete(event: RunEvent): void {
    if (event.type === 'step.finished') this.#running = undefined;
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
    if (this.#running === undefined || !this.#isStarted) return undefined;
    const { step, part, effect } = this.#running.params;
    return { step, part, effect };
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
