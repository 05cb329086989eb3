import { differsByServer } from '../context/open-engine.ts';
import { executionOf, partOf } from '../context/rendering.ts';
import type { Acting } from '../placed-step.ts';
import { type Of, of } from '../step-of.ts';
import type { StateConfig } from '../vocabulary.ts';
import { BUSY } from './leaving.ts';

/**
 * Returns the state in which a change whose text depends on the server connects to it, so that its
 * gate shows the text that will run. Does nothing if the server is known.
 */
export function connectingState(
  step: Acting,
  part: 'action' | 'undo',
): NonNullable<StateConfig['states']> {
  if (!differsByServer(partOf(step, part)?.body)) return {};
  const connect = ({ context }: Of) => {
    const execution = executionOf(context, step, part);
    const isOpen = 'kind' in execution.action && execution.action.kind === 'connect';
    return isOpen ? ({ ...execution, effect: 'read' } as const) : undefined;
  };
  const connecting: StateConfig = {
    entry: [
      { type: 'noteConnecting', params: { ...of(step), part } },
      { type: 'executeRead', params: connect },
    ],
    always: { guard: { type: 'needsNoConnection', params: of(step) }, target: 'proposing' },
    on: {
      ...BUSY,
      SUCCEEDED: 'proposing',
      FAILED: { target: 'failed', actions: { type: 'keepError', params: of(step) } },
      UNKNOWN: { target: 'failed', actions: { type: 'keepError', params: of(step) } },
      INTERRUPTED: { target: 'connecting', reenter: true, actions: 'endTogether' },
    },
  };
  return { connecting };
}
