import { defined } from '#runbook/model/defined.ts';
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
    hint: 'This machine has no route to that address.',
  },
];

/** Converts an error of a name lookup, a connection attempt or a socket into a step error. */
export function networkError(error: NodeJS.ErrnoException, phase: ErrorPhase): StepError {
  const { code = '', message } = error;
  const rules = [...OWN_RULES, ...NETWORK_RULES];
  const rule = ruleFor(rules, { code, message });
  const { kind = 'unknown', hint } = rule ?? {};
  return defined({ kind, phase, message, code: code || undefined, hint });
}

/** Returns the first rule that matches the code and the message of an error. */
export function ruleFor(
  rules: readonly ErrorRule[],
  { code, message }: { readonly code: string; readonly message: string },
): ErrorRule | undefined {
  return rules.find(
    (rule) => (rule.code?.test(code) ?? true) && (rule.text?.test(message) ?? true),
  );
}

/** The fields that errors of sockets, TLS, drivers and servers have in common. */
type ReportedError = {
  readonly code: string;
  readonly message: string;
  /** Returns another field; undefined unless it is a text. */
  text(field: string): string | undefined;
};

/** Reads an error. One for several addresses has the code of the first and the messages of all. */
export function readError(error: unknown): ReportedError {
  const fields = (typeof error === 'object' ? error : null) as {
    readonly [field: string]: unknown;
  } | null;
  const text = (field: string) => (typeof fields?.[field] === 'string' ? fields[field] : undefined);
  const causes = Array.isArray(fields?.errors) ? fields.errors.map(readError) : [];
  const messages = new Set(causes.map(({ message }) => message));
  return {
    code: text('code') || (causes[0]?.code ?? ''),
    message: text('message') || [...messages].join('; ') || String(error),
    text,
  };
}
