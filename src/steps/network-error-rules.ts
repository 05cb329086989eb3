import type { ErrorRule } from './error-rule.ts';

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
