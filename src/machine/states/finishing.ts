import { renderForPeople } from '#runbook/expression/template.ts';
import type { FinishStep } from '#runbook/model/runbook.ts';
import { scopeOf } from '../context/scope.ts';
import type { MachineContext } from '../context.ts';
import type { Placed } from '../placed-step.ts';
import { of } from '../step-of.ts';
import type { StateConfig } from '../vocabulary.ts';
import { ending } from './ending.ts';
import { enteringStates } from './entering.ts';
import { settledRecord } from './leaving.ts';

type Finishing = Placed & { readonly does: FinishStep };

/** The state of a finish step: it ends its runbook, unless its `if` is false. */
export function finishingState(step: Finishing): StateConfig {
  return {
    initial: 'entered',
    states: {
      ...enteringStates(step, 'finishing', 'mayRun'),
      finishing: {
        entry: [
          { type: 'settle', params: { ...of(step), status: 'succeeded' } },
          settledRecord(step, 'succeeded'),
          ...ending(step, ({ context }) => endOf(step, context)),
        ],
        always: step.end,
      },
    },
  };
}

function endOf(step: Finishing, context: MachineContext) {
  const { outcome, summary, unchecked, continueWith } = step.does;
  const scope = scopeOf(context, step);
  const said = renderForPeople(summary, scope);
  const next = continueWith === undefined ? {} : { continue_with: continueWith };
  if (unchecked === undefined) return { outcome, summary: said, ...next };
  const left = renderForPeople(unchecked, scope);
  return { outcome, summary: `${said} ${left}`, unchecked: left, ...next };
}
