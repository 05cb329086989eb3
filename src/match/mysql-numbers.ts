import type { CodeMeaning } from './sqlstates.ts';

/** The error numbers of MySQL and MariaDB with a specific meaning, and their symbols. */
export const MYSQL_NUMBERS: Readonly<Record<string, CodeMeaning>> = {
  1040: { name: 'er_con_count_error', category: 'too-many-connections' },
  1203: { name: 'er_too_many_user_connections', category: 'too-many-connections' },
  1226: { name: 'er_user_limit_reached', category: 'too-many-connections' },
  1044: { name: 'er_dbaccess_denied_error', category: 'auth-failure' },
  1045: { name: 'er_access_denied_error', category: 'auth-failure', also: ['tls-failure'] },
  1049: { name: 'er_bad_db_error', category: 'auth-failure' },
  1129: { name: 'er_host_is_blocked', category: 'auth-failure' },
  1130: { name: 'er_host_not_privileged', category: 'auth-failure' },
  1251: { name: 'er_not_supported_auth_mode', category: 'auth-failure' },
  1524: { name: 'er_plugin_is_not_loaded', category: 'auth-failure' },
  1698: { name: 'er_access_denied_no_password_error', category: 'auth-failure' },
  1820: { name: 'er_must_change_password', category: 'auth-failure' },
  1862: { name: 'er_must_change_password_login', category: 'auth-failure' },
  2059: { name: 'cr_auth_plugin_cannot_load', category: 'auth-failure' },
  2061: { name: 'cr_auth_plugin_err', category: 'auth-failure', also: ['tls-failure'] },
  3118: { name: 'er_account_has_been_locked', category: 'auth-failure' },
  4151: { name: '', category: 'auth-failure' },
  2005: { name: 'cr_unknown_host', category: 'dns-failure' },
  2026: { name: 'cr_ssl_connection_error', category: 'tls-failure' },
  3159: { name: 'er_secure_transport_required', category: 'tls-failure' },
  1053: { name: 'er_server_shutdown', category: 'server-not-ready' },
  3032: { name: 'er_server_offline_mode', category: 'server-not-ready' },
  1205: { name: 'er_lock_wait_timeout', category: 'lock-contention' },
  1213: { name: 'er_lock_deadlock', category: 'lock-contention' },
  1223: { name: 'er_cant_update_with_readlock', category: 'lock-contention' },
  3572: { name: 'er_lock_nowait', category: 'lock-contention' },
  1317: { name: 'er_query_interrupted', category: 'query-timeout' },
  1969: { name: 'er_statement_timeout', category: 'query-timeout' },
  3024: { name: 'er_query_timeout', category: 'query-timeout' },
  1836: { name: 'er_read_only_mode', category: 'failover-read-only' },
  1021: { name: 'er_disk_full', category: 'disk-full' },
  1114: { name: 'er_record_file_full', category: 'disk-full' },
  1146: { name: 'er_no_such_table', category: 'migration' },
  1054: { name: 'er_bad_field_error', category: 'migration' },
  1050: { name: 'er_table_exists_error', category: 'migration' },
  1060: { name: 'er_dup_fieldname', category: 'migration' },
  1927: { name: 'er_connection_killed', category: 'stale-connection' },
  4031: { name: 'er_client_interaction_timeout', category: 'stale-connection' },
};

/** Error numbers that only mean that a connection failed or was lost; the text has the reason. */
export const MYSQL_HINTS: Readonly<Record<string, CodeMeaning>> = {
  2002: {
    name: 'cr_connection_error',
    category: 'connection-refused',
    also: ['connection-timeout'],
  },
  2003: {
    name: 'cr_conn_host_error',
    category: 'connection-refused',
    also: ['connection-timeout'],
  },
  2006: { name: 'cr_server_gone_error', category: 'stale-connection' },
  2013: {
    name: 'cr_server_lost',
    category: 'stale-connection',
    also: ['query-timeout', 'connection-timeout'],
  },
  2055: { name: 'cr_server_lost_extended', category: 'stale-connection' },
};

/**
 * Numbers of a server's own log, `[MY-010119]`, that mean that it cannot start or crashed. Those of
 * messages to clients are there too, with zeros before them: `[MY-001045]`.
 */
export const MYSQL_LOG_NUMBERS: Readonly<Record<string, CodeMeaning>> = {
  'my-010020': { name: '', category: 'connection-refused' },
  'my-010119': { name: '', category: 'connection-refused' },
  'my-010257': { name: '', category: 'connection-refused' },
  'my-010262': { name: '', category: 'connection-refused' },
  'my-010268': { name: '', category: 'connection-refused' },
  'my-010334': { name: '', category: 'connection-refused' },
  'my-012574': { name: '', category: 'connection-refused' },
  'my-012592': { name: '', category: 'connection-refused' },
  'my-013183': { name: '', category: 'server-not-ready', also: ['stale-connection'] },
  'my-010055': { name: '', category: 'dns-failure' },
  'my-010914': { name: '', category: 'stale-connection' },
};

const LOGGED = /\[(my-\d{6})\]/g;

/** Returns the known numbers of a MySQL server's own log in a folded text. */
export function mysqlLogNumbersIn(text: string): readonly string[] {
  const found = Array.from(text.matchAll(LOGGED), ([, number = '']) => number);
  return [...new Set(found)].filter((number) => number in MYSQL_LOG_NUMBERS);
}

const SPELLED =
  /\[my-00(\d{4})\]|(?:error(?: code| number| no\.?| nr\.?)?|errno|code|hy000)[\s:="/(#]{1,3}(\d{4})\b|[[(](\d{4})[,\])]|\b(\d{4}) \([0-9a-z]{5}\)|(?:\bno|general error|>>|error): (\d{4})\b|#(\d{4}) - /g;

/** Returns the known error numbers in a folded text, in any notation of clients and logs. */
export function mysqlNumbersIn(text: string): readonly string[] {
  const spelled = Array.from(text.matchAll(SPELLED), (match) => match.slice(1).find(Boolean) ?? '');
  return [...new Set(spelled)].filter((code) => code in MYSQL_NUMBERS || code in MYSQL_HINTS);
}
