import { type AnyMachineSnapshot, getNextTransitions } from 'xstate';
import { frameOf, isRunning } from './context/frames.ts';
import type { MachineContext } from './context.ts';

type Known = { readonly context: MachineContext };

/**
 * The guards that decide whether an event of the operator is possible, by the context alone. All
 * other guards on these events judge what the event says, e.g. a phrase.
 */
export const POSSIBILITY = {
  isStopping: ({ context }: Known) => context.stopping,
  isRefusedLogin: ({ context }: Known) => context.visit.refusedLogin === true,
  tookEffect: ({ context }: Known) => context.visit.check?.says === 'passed',
  undecided: ({ context }: Known) => context.visit.decision?.kind === 'undecidable',
  isInside: ({ context }: Known, { frame }: { frame: string }) => isRunning(context, frame),
  canUndo: ({ context }: Known, { step }: { step: string }) =>
    (context.undoable[step]?.length ?? 0) > 0,
  canEdit: ({ context }: Known, { frame }: { frame: string }) =>
    Object.keys(frameOf(context, frame).inputs).length > 0,
};

/**
 * Returns the types of the events that a state offers, e.g. `CONTINUE` or `UNDO.fix`. One that an
 * inner state forbids is not offered, whatever the outer states do with it.
 */
export function possibleEvents(snapshot: AnyMachineSnapshot): ReadonlySet<string> {
  const possible = new Set<string>();
  const forbidden = new Set<string>();
  for (const { eventType, guard, target, actions } of getNextTransitions(snapshot)) {
    const name = nameOfEvent(eventType);
    if (forbidden.has(name) || !isOffered(guard, snapshot)) continue;
    if (target === undefined && actions.length === 0) forbidden.add(name);
    else possible.add(eventType);
  }
  return possible;
}

/** Returns the name of an event type without the step or the clause that it names. */
export function nameOfEvent(type: string): string {
  return type.split('.', 1)[0] ?? type;
}

const DECIDES: Readonly<Record<string, (of: Known, params: never) => boolean>> = POSSIBILITY;

function isOffered(guard: unknown, { context }: Known): boolean {
  const { type, params } = typeof guard === 'object' && guard !== null ? typed(guard) : {};
  const decides = DECIDES[type ?? String(guard)];
  return decides === undefined || decides({ context }, params as never);
}

function typed(guard: object): { readonly type?: string; readonly params?: unknown } {
  return guard;
}
