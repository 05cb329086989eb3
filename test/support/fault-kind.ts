import type { FaultKind } from '#lab/fault.ts';
import { EVERY_FAULT } from '#lab/faults/all.ts';

/** Returns the fault of the lab with this name. */
export function faultKind(name: string): FaultKind {
  const kind = EVERY_FAULT.find((each) => each.name === name);
  if (kind === undefined) throw new Error(`there is no fault ${name}`);
  return kind;
}
