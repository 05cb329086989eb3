import type { Category } from './category.ts';

/** The meaning of an error code: its condition name, its category and other possible ones. */
export type CodeMeaning = {
  readonly name: string;
  readonly category: Category;
  readonly also?: readonly Category[];
};

/**
 * The SQLSTATEs of PostgreSQL with a specific meaning. Class 08 is not among them: clients and
 * poolers use it for every failure, so only the text distinguishes them.
 */
export const SQLSTATES: Readonly<Record<string, CodeMeaning>> = {
  '28P01': { name: 'invalid_password', category: 'auth-failure' },
  '28000': {
    name: 'invalid_authorization_specification',
    category: 'auth-failure',
    also: ['tls-failure'],
  },
  '3D000': { name: 'invalid_catalog_name', category: 'auth-failure' },
  '53300': { name: 'too_many_connections', category: 'too-many-connections' },
  '53100': { name: 'disk_full', category: 'disk-full' },
  '57P01': { name: 'admin_shutdown', category: 'stale-connection' },
  '57P02': { name: 'crash_shutdown', category: 'stale-connection', also: ['server-not-ready'] },
  '57P03': { name: 'cannot_connect_now', category: 'server-not-ready' },
  '57P05': { name: 'idle_session_timeout', category: 'stale-connection' },
  '25P03': { name: 'idle_in_transaction_session_timeout', category: 'connection-leak' },
  '25P04': { name: 'transaction_timeout', category: 'connection-leak', also: ['query-timeout'] },
  '57014': { name: 'query_canceled', category: 'query-timeout' },
  '55P03': { name: 'lock_not_available', category: 'lock-contention' },
  '40P01': { name: 'deadlock_detected', category: 'lock-contention' },
  '25006': { name: 'read_only_sql_transaction', category: 'failover-read-only' },
  '42P01': { name: 'undefined_table', category: 'migration' },
  '42703': { name: 'undefined_column', category: 'migration' },
  '42P07': { name: 'duplicate_table', category: 'migration' },
  '42701': { name: 'duplicate_column', category: 'migration' },
  '26000': { name: 'invalid_sql_statement_name', category: 'pgbouncer' },
  '42P05': { name: 'duplicate_prepared_statement', category: 'pgbouncer' },
  '70100': { name: '', category: 'query-timeout', also: ['stale-connection'] },
  '42S02': { name: '', category: 'migration' },
  '42S22': { name: '', category: 'migration' },
};

const SPELLED =
  /(?:sqlstate|sql state|code|fatal|error|exception|panic)"?[\s:=[(",]{0,3}([0-9a-z]{5})\b|0x80004005\): ([0-9a-z]{5}):|\b(3d000|\d\d[ps]\d\d)\b/g;

const KNOWN = new Set(Object.keys(SQLSTATES).map((code) => code.toLowerCase()));

/** Returns the known SQLSTATEs in a folded text, in any notation of clients and logs. */
export function sqlStatesIn(text: string): readonly string[] {
  const spelled = Array.from(text.matchAll(SPELLED), (match) => match.slice(1).find(Boolean) ?? '');
  return [...new Set(spelled)].filter((code) => KNOWN.has(code)).map((code) => code.toUpperCase());
}
