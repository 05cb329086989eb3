import { visitOf } from '../context/frames.ts';
import type { Acting, Placed } from '../placed-step.ts';
import { type Of, of } from '../step-of.ts';
import type { StateConfig } from '../vocabulary.ts';
import { actingBody } from './acting.ts';
import type { Body } from './body.ts';
import { entryOf, passingOver } from './entering.ts';
import { BUSY, settledRecord } from './leaving.ts';

/**
 * Returns the body of a parallel step: its branches are regions of one parallel state, each with
 * the states of a read. None of them asks the operator; the step ends when all have ended. A retry
 * only repeats branches that failed.
 */
export function parallelBody(step: Placed, branches: readonly Acting[]): Body {
  const regions = branches.map((branch) => [branch.name, branchState(branch)] as const);
  return {
    first: 'opening',
    again: 'together',
    byItself: 'runsByItself',
    states: {
      opening: { entry: 'openSlots', always: 'together' },
      together: {
        type: 'parallel',
        on: BUSY,
        states: Object.fromEntries(regions),
        onDone: 'judging',
      },
      judging: {
        entry: { type: 'judge', params: of(step) },
        always: [{ guard: 'hasError', target: 'failed' }, { target: 'succeeded' }],
      },
    },
  };
}

function branchState(branch: Acting): StateConfig {
  const { first, states } = actingBody(branch, false);
  const ended = (status: 'succeeded' | 'failed'): StateConfig => ({
    type: 'final',
    entry: [{ type: 'settle', params: { ...of(branch), status } }, settledRecord(branch, status)],
  });
  const cannotTell = {
    type: 'fail' as const,
    params: ({ context }: Of) => {
      const { held } = visitOf(context, branch.slot);
      const message = held?.kind === 'undecided' ? held.problem : 'it was entered too often';
      return { ...of(branch), error: { kind: 'unresolved' as const, message } };
    },
  };
  return {
    initial: 'beginning',
    states: {
      beginning: {
        always: [
          { guard: { type: 'hasEnded', params: of(branch) }, target: 'kept' },
          { target: 'entered' },
        ],
      },
      entered: {
        entry: entryOf(branch),
        always: [
          passingOver(branch),
          {
            guard: { type: 'isHeld', params: of(branch) },
            target: 'failed',
            actions: cannotTell,
          },
          { target: first },
        ],
      },
      ...states,
      succeeded: ended('succeeded'),
      failed: ended('failed'),
      skipped: {
        type: 'final',
        entry: { type: 'settle', params: { ...of(branch), status: 'skipped' } },
      },
      kept: { type: 'final' },
    },
  };
}
