import { words } from '#text/words.ts';
import type { Token } from './tokens.ts';

/** Variables that limit or tune a query without changing its meaning or the functions it calls. */
const VARIABLES = words(`autocommit group_concat_max_len information_schema_stats_expiry
  innodb_lock_wait_timeout interactive_timeout join_buffer_size lock_wait_timeout max_execution_time
  max_heap_table_size max_join_size max_statement_time net_read_timeout net_write_timeout
  optimizer_search_depth optimizer_switch read_buffer_size sort_buffer_size sql_big_selects
  sql_safe_updates sql_select_limit time_zone tmp_table_size transaction_isolation
  transaction_read_only tx_isolation tx_read_only wait_timeout`).join('|');

const ASSIGNMENT = `(?:(?:SESSION |LOCAL )?|@@(?:(?:SESSION|LOCAL)\\.)?)(?:${VARIABLES}) :?= (?:- )?(?:0|'|ON|OFF|TRUE|FALSE|DEFAULT)`;
const ASSIGNMENTS = new RegExp(`^${ASSIGNMENT}(?: , ${ASSIGNMENT})*$`, 'i');

/** Statements whose effect ends with the session and leaves the meaning of later ones unchanged. */
const OF_THE_SESSION = [
  /^USE \w+$/,
  /^BEGIN(?: WORK)?$/,
  /^START TRANSACTION(?: (?:READ ONLY|READ WRITE|WITH CONSISTENT SNAPSHOT|,))*$/,
  /^(?:COMMIT|ROLLBACK)(?: (?:WORK|AND|NO|CHAIN|RELEASE))*$/,
  /^ROLLBACK (?:WORK )?TO (?:SAVEPOINT )?\w+$/,
  /^(?:RELEASE )?SAVEPOINT \w+$/,
  /^SET (?:SESSION |LOCAL )?TRANSACTION (?:READ ONLY|READ WRITE|ISOLATION LEVEL (?:READ COMMITTED|READ UNCOMMITTED|REPEATABLE READ|SERIALIZABLE))$/,
  /^SET NAMES (?:UTF8|UTF8MB3|UTF8MB4)$/,
];

/**
 * Tells whether the effect of a statement ends with its session and leaves later statements
 * unchanged.
 */
export function isOfTheSession(tokens: readonly Token[]): boolean {
  const line = lineOf(tokens);
  if (OF_THE_SESSION.some((pattern) => pattern.test(line))) return true;
  return line.startsWith('SET ') && ASSIGNMENTS.test(line.slice('SET '.length));
}

/**
 * Tells whether `a = 1, b = 2` sets only variables that leave the meaning of a statement unchanged.
 */
export function assignsKnown(tokens: readonly Token[]): boolean {
  return ASSIGNMENTS.test(lineOf(tokens));
}

/** Returns tokens as a line: words and symbols unchanged, numbers as `0`, texts as a quote. */
function lineOf(tokens: readonly Token[]): string {
  return tokens
    .map(({ kind, text }) => {
      if (kind === 'number') return '0';
      if (kind === 'text') return "'";
      return kind === 'name' ? 'name' : text;
    })
    .join(' ');
}
