import { type OpenChild, openUnchecked } from '#machine/context/child-runbook.ts';
import type { InputType } from '#runbook/model/runbook.ts';
import type { Value } from '#runbook/model/value.ts';

const STAND_INS: Readonly<Record<InputType, Value>> = {
  text: 'stand-in',
  number: 1,
  boolean: true,
  duration: '10m',
  url: 'postgres://app@db/shop',
};

/**
 * Opens a runbook that runs as a step; values that only its environment could provide are replaced.
 */
export const openRehearsed: OpenChild = (runbook, given) => {
  const standIns = runbook.inputs.flatMap(({ name, type, required, default: other }) =>
    required && other === null ? [[name, STAND_INS[type]] as const] : [],
  );
  return openUnchecked(runbook, { ...Object.fromEntries(standIns), ...given });
};
