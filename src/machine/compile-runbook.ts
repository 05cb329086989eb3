import type { Runbook, Step } from '../runbook/runbook.ts';
import type { Hash } from '../safety/digest.ts';
import { actingState } from './action-states.ts';
import type { Fact } from './effect.ts';
import type { StepFacts } from './machine-context.ts';
import type { MachineEvent } from './machine-event.ts';
import { askingState, finishingState, waitingState } from './other-states.ts';
import { isActing, type StateConfig, type Vocabulary, vocabularyOf } from './vocabulary.ts';

/** A runbook as an XState machine: one state a step, the gate before every change. */
export type RunbookMachine = ReturnType<Vocabulary['createMachine']>;

const ABORTED = {
  type: 'record' as const,
  params: ({ event }: { event: MachineEvent }): Fact => ({
    fact: 'finished',
    outcome: 'aborted',
    summary: event.type === 'ABORT' ? event.reason : '',
  }),
};

/** Compiles a runbook; `hash` is SHA-256 in hex. */
export function compileRunbook(runbook: Runbook, hash: Hash): RunbookMachine {
  const vocabulary = vocabularyOf(runbook, hash);
  const states: Record<string, StateConfig> = {};
  const on: Record<string, object> = {};
  for (const step of runbook.steps) {
    states[step.id] = stateOf(runbook, step);
    on[`JUMP.${step.id}`] = { target: `#run.${step.id}`, actions: 'goOn', reenter: true };
  }
  const waiting: StepFacts = { status: 'waiting' };
  const steps = Object.fromEntries(runbook.steps.map(({ id }) => [id, waiting]));
  // All there from the start: an object that grows by a key with each step is slow to copy.
  const visits = Object.fromEntries(runbook.steps.map(({ id }) => [id, 0]));
  return vocabulary.createMachine({
    id: 'run',
    initial: runbook.steps[0]?.id ?? 'finished',
    context: ({ input }) => ({
      ...input,
      steps,
      visits,
      stopping: false,
      visit: { attempt: 1 },
    }),
    on: {
      ...on,
      ABORT: { target: '.aborted', actions: ABORTED },
      AUTO: { actions: 'setAuto' },
      CONNECTED: { actions: 'connect' },
    },
    states: {
      ...states,
      finished: { type: 'final' },
      aborted: { type: 'final' },
    },
  });
}

function stateOf(runbook: Runbook, step: Step): StateConfig {
  const { does } = step;
  if (isActing(step)) return actingState(runbook, step);
  if (does.kind === 'runbook' || does.kind === 'parallel')
    throw new Error(`no state for ${does.kind}`);
  if (does.kind === 'wait') return waitingState(runbook, { ...step, does });
  return does.kind === 'finish' ? finishingState(runbook, step) : askingState(runbook, step);
}
