import type { FinishStep } from '../runbook/runbook.ts';
import { renderForPeople } from '../runbook/template.ts';
import type { Fact } from './effect.ts';
import { enteringStates } from './entering.ts';
import { settledRecord } from './leaving.ts';
import type { MachineContext } from './machine-context.ts';
import type { Placed } from './placed-step.ts';
import { scopeOf } from './scope.ts';
import { type Of, of } from './step-of.ts';
import type { StateConfig } from './vocabulary.ts';

type Finishing = Placed & { readonly does: FinishStep };

/** The state of a finish step: it ends its runbook, unless its `if` is false. */
export function finishingState(step: Finishing): StateConfig {
  const { frame } = step;
  const ending =
    frame === ''
      ? {
          type: 'record' as const,
          params: ({ context }: Of): Fact => ({ fact: 'finished', ...endOf(step, context) }),
        }
      : {
          type: 'endChild' as const,
          params: ({ context }: Of) => ({ frame, ...endOf(step, context) }),
        };
  return {
    initial: 'entered',
    states: {
      ...enteringStates(step, 'finishing', 'mayRun'),
      finishing: {
        entry: [
          { type: 'settle', params: { ...of(step), status: 'succeeded' } },
          settledRecord(step, 'succeeded'),
          ending,
        ],
        always: step.end,
      },
    },
  };
}

function endOf(step: Finishing, context: MachineContext) {
  const { outcome, summary } = step.does;
  return { outcome, summary: renderForPeople(summary, scopeOf(context, step)) };
}
