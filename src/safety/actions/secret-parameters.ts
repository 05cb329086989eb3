import { PROBE_PARAMETERS, type ProbeParameter } from '#runbook/model/probe-parameters.ts';
import type { Secret } from '../redaction/redactor.ts';
import type { Action } from './action.ts';

/** Returns the parameters of a probe that may contain a password, by name. */
export function secretParameters(action: Action): readonly Secret[] {
  if (action.kind !== 'probe') return [];
  const known: Readonly<Record<string, ProbeParameter>> = PROBE_PARAMETERS[action.probe];
  return Object.entries(action.params).flatMap(([name, value]) =>
    known[name]?.secret === true && typeof value === 'string' ? [{ name, value }] : [],
  );
}
