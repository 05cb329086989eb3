import { usageError } from '../errors.ts';
import type { Fault } from './fault.ts';

const FAULTS = {
  'pool-exhausted': async () => (await import('./pool-exhausted.ts')).startPoolExhausted(),
} as const satisfies Readonly<Record<string, () => Promise<Fault>>>;

/** The names of the faults that can be started. */
export const FAULT_NAMES: readonly string[] = Object.keys(FAULTS);

/** Starts the fault of that name and resolves when it is there; throws a usage error for another name. */
export async function startFault(name: string): Promise<Fault> {
  const start = Object.entries(FAULTS).find(([known]) => known === name)?.[1];
  if (start === undefined)
    throw usageError(`there is no drill "${name}"`, `there are: ${FAULT_NAMES.join(', ')}`);
  return start();
}
