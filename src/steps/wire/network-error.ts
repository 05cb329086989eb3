import type { ErrorKind, ErrorPhase, StepError } from '#runbook/model/step-error.ts';

/** A rule that classifies an error by its code, its text, or both. The first match wins. */
export type ErrorRule = {
  readonly code?: RegExp;
  readonly text?: RegExp;
  readonly kind: ErrorKind;
  /** The phase of the error while connecting; `query` applies once a connection is in use. */
  readonly phase?: ErrorPhase;
  readonly hint?: string;
};

/** The possible causes of a connection that is made and then silent. */
export const SILENT_HINT =
  'Something accepts the connection and does not answer, or a firewall drops it.';

/** Rules for the codes of the operating system, of Node's resolver and of TLS. */
export const NETWORK_RULES: readonly ErrorRule[] = [
  { code: /^ENOTFOUND$/, kind: 'dns', phase: 'dns', hint: 'No such host name.' },
  { code: /^EAI_/, kind: 'dns', phase: 'dns', hint: 'The name server does not answer.' },
  {
    code: /^ECONNREFUSED$/,
    kind: 'refused',
    phase: 'tcp',
    hint: 'Nothing listens there: is the server up, and are host and port right?',
  },
  {
    code: /^ENOENT$/,
    text: /^connect /,
    kind: 'refused',
    phase: 'tcp',
    hint: 'No server listens on that socket.',
  },
  { code: /^E(?:HOST|NET)(?:UNREACH|DOWN)$/, kind: 'unreachable', phase: 'tcp' },
  { code: /^(?:EACCES|EPERM)$/, kind: 'no_permission', phase: 'tcp' },
  { code: /^ETIMEDOUT$/, kind: 'timeout', phase: 'tcp', hint: SILENT_HINT },
  { text: /before secure TLS connection/, kind: 'tls', phase: 'tls' },
  { code: /^(?:ECONNRESET|EPIPE|ECONNABORTED)$/, kind: 'reset', phase: 'tcp' },
  {
    code: /^(?:EPROTO$|ERR_SSL_|ERR_TLS_|CERT_|DEPTH_ZERO_|SELF_SIGNED|UNABLE_TO_)/,
    kind: 'tls',
    phase: 'tls',
  },
];

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
