import type { ErrorPhase, StepError } from '#runbook/model/step-error.ts';
import type { ErrorRule } from '../error-rule.ts';
import { NETWORK_RULES } from '../network-error-rules.ts';

/** Rules that apply before a connection is in use. */
const OWN_RULES: readonly ErrorRule[] = [
  {
    code: /^E(?:HOST|NET)(?:UNREACH|DOWN)$/,
    kind: 'unreachable',
    hint: 'No route leads there, the host is down, or a firewall rejects it.',
  },
  {
    code: /^E(?:ADDRNOTAVAIL|AFNOSUPPORT|INVAL)$/,
    kind: 'unreachable',
    hint: 'This machine itself has no way to that address.',
  },
];

/** Converts an error of a name lookup, a connection attempt or a socket into a step error. */
export function networkError(error: NodeJS.ErrnoException, phase: ErrorPhase): StepError {
  const { code = '', message } = error;
  const rules = [...OWN_RULES, ...NETWORK_RULES];
  const rule = rules.find(
    (each) => (each.code?.test(code) ?? true) && (each.text?.test(message) ?? true),
  );
  return {
    kind: rule?.kind ?? 'unknown',
    phase,
    message,
    ...(code !== '' && { code }),
    ...(rule?.hint !== undefined && { hint: rule.hint }),
  };
}
