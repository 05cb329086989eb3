import { connectionOf, connectsBefore, nextLook } from '../context/looking.ts';
import { partOf } from '../context/rendering.ts';
import type { Acting } from '../placed-step.ts';
import { type Of, of } from '../step-of.ts';
import type { StateConfig } from '../vocabulary.ts';
import { BUSY } from './leaving.ts';

/**
 * Returns the states in which a change connects before its gate: one whose text depends on the server
 * learns that text, and a script learns who answers at its place and where its folder leads. Does
 * nothing if that is known.
 */
export function connectingStates(
  step: Acting,
  part: 'action' | 'undo',
): NonNullable<StateConfig['states']> {
  if (!connectsBefore(partOf(step, part)?.body)) return {};
  const ends: StateConfig['on'] = {
    ...BUSY,
    SUCCEEDED: { target: 'proposing', actions: 'keepFound' },
    FAILED: { target: 'failed', actions: { type: 'keepError', params: of(step) } },
    UNKNOWN: { target: 'failed', actions: { type: 'keepError', params: of(step) } },
    INTERRUPTED: { target: 'connecting', reenter: true, actions: 'endTogether' },
  };
  const connecting: StateConfig = {
    entry: [
      { type: 'prepare', params: { ...of(step), part } },
      { type: 'executeRead', params: ({ context }: Of) => connectionOf(context, step, part) },
    ],
    always: { guard: { type: 'needsNoConnection', params: of(step) }, target: 'proposing' },
    on: ends,
  };
  const looking: StateConfig = {
    entry: { type: 'executeRead', params: ({ context }: Of) => nextLook(context, step) },
    on: ends,
  };
  return part === 'action' ? { connecting, looking } : { connecting };
}
