import { type ErrorRule, SILENT_HINT } from '../wire/network-error.ts';

/** Rules for SQLSTATEs, most of which are independent of the message's language. */
export const SQLSTATE_RULES: readonly ErrorRule[] = [
  { code: /^28/, text: /certificate/i, kind: 'tls', phase: 'auth' },
  {
    code: /^28000$/,
    text: /no pg_hba\.conf entry.*no encryption/,
    kind: 'auth',
    phase: 'auth',
    hint: 'The server has no rule for this login, or requires TLS for it: try sslmode=require.',
  },
  { code: /^28/, kind: 'auth', phase: 'auth' },
  { code: /^3D000$/, kind: 'no_database', phase: 'auth' },
  { code: /^55000$/, text: /accepting connections/, kind: 'no_database', phase: 'auth' },
  { code: /^53300$/, kind: 'too_many_connections', phase: 'auth' },
  { code: /^57P03$/, kind: 'starting_up', phase: 'auth' },
  { code: /^(?:57P0[125]|25P0[34])$/, kind: 'reset' },
  { code: /^57014$/, text: /timeout/, kind: 'timeout' },
  { code: /^57014$/, text: /^COPY/, kind: 'syntax' },
  { code: /^57014$/, kind: 'cancelled' },
  { code: /^(?:55P03|40P01|40001)$/, kind: 'lock' },
  { code: /^25006$/, kind: 'read_only' },
  { code: /^42501$/, kind: 'no_permission', phase: 'auth' },
  { code: /^(?:42P01|42703|42883|42704|3F000)$/, kind: 'not_found' },
  { code: /^42/, kind: 'syntax' },
];

/**
 * Rules for errors without a code, and for those of poolers: PgBouncer up to 1.18 gives every error
 * the code 08P01, so only the text distinguishes them.
 */
export const TEXT_RULES: readonly ErrorRule[] = [
  { text: /^timeout expired$/, kind: 'timeout', phase: 'tcp', hint: SILENT_HINT },
  { text: /connection timeout|^Query read timeout/, kind: 'timeout', phase: 'tcp' },
  {
    text: /query_wait_timeout/,
    kind: 'timeout',
    phase: 'auth',
    hint: 'The pooler had no server connection to give: its pool is used up or paused, or its server is down.',
  },
  {
    text: /statement pooling mode/,
    kind: 'config',
    phase: 'auth',
    hint: 'Connect to the server itself, or to a pool in transaction or session mode.',
  },
  {
    text: /does not support SSL/,
    kind: 'tls',
    phase: 'tls',
    hint: 'The URL asks for TLS and the server has none. Turn it on there: ssl = on with ssl_cert_file and ssl_key_file, then a reload; or at a pooler in between. Only the owner of the data can decide to connect without encryption.',
  },
  { text: /establishing an SSL connection|certificate/i, kind: 'tls', phase: 'tls' },
  {
    text: /password must be a (?:non-empty )?string/,
    kind: 'auth',
    phase: 'auth',
    hint: 'The server asks for a password and the URL has none.',
  },
  {
    text: /SASL|authentication failed|pg_hba\.conf|not permitted to log in|no such user|^not allowed/i,
    kind: 'auth',
    phase: 'auth',
  },
  {
    text: /no such database|database ".*" (?:does not exist|is disabled|is not currently accepting)/,
    kind: 'no_database',
    phase: 'auth',
  },
  { text: /permission denied/, kind: 'no_permission', phase: 'auth' },
  {
    text: /connection slots are reserved|too many (?:clients|connections)|no more connections allowed|connections exceeded/,
    kind: 'too_many_connections',
    phase: 'auth',
  },
  { text: /the database system is /, kind: 'starting_up', phase: 'auth' },
  {
    text: /server login has been failing|server_login_retry|cannot connect to server/,
    kind: 'unreachable',
    phase: 'auth',
    hint: 'The pooler has no working login to the server behind it: the server is down, or rejects it. Check its log.',
  },
  {
    text: /^Connection terminated|not queryable|server conn(?:ection)? crashed|closed the connection/,
    kind: 'reset',
    phase: 'tcp',
  },
];

/** The texts of refused logins by connection limit, with a hint on who can still log in. */
const LIMITS: readonly { readonly text: RegExp; readonly hint: (found: string) => string }[] = [
  {
    text: /sorry, too many clients already/,
    hint: () =>
      'Every slot is taken, the reserved ones too: no role can log in, not even a superuser. ' +
      'End a client where it runs, or on the database host send SIGTERM (never SIGKILL) to one idle backend.',
  },
  {
    text: /pg_use_reserved_connections/,
    hint: () =>
      'A role with the privileges of pg_use_reserved_connections can still log in, and so can a superuser: ' +
      "set such a login as the target's reserve.",
  },
  {
    text: /rds_reserved|rds_superuser/,
    hint: () =>
      "A role with rds_superuser or rds_reserved can still log in: set such a login as the target's reserve.",
  },
  {
    text: /SUPERUSER attribute|superuser connections/,
    hint: () => "Only a superuser can still log in: set such a login as the target's reserve.",
  },
  {
    text: /too many connections for role "(.*)"/,
    hint: (role) =>
      `Only the role ${role} is at its limit; other roles can still log in. ` +
      `See rolconnlimit in pg_roles; ALTER ROLE … CONNECTION LIMIT changes it at once.`,
  },
  {
    text: /too many connections for database "(.*)"/,
    hint: (database) =>
      `Only the database ${database} is at its limit; a superuser can log in, and any role to another database. ` +
      `See datconnlimit in pg_database; ALTER DATABASE … CONNECTION LIMIT changes it at once.`,
  },
  {
    text: /no more connections allowed|connections exceeded/,
    hint: () =>
      'The pooler is full, not the server: connect to the server itself, past the pooler.',
  },
];

/**
 * Returns a hint on the roles that can still log in, from the text of a login refused by a
 * connection limit; undefined for an unknown text.
 */
export function whoGetsIn(message: string): string | undefined {
  for (const { text, hint } of LIMITS) {
    const found = text.exec(message);
    if (found !== null) return hint(found[1] ?? '');
  }
  return undefined;
}
