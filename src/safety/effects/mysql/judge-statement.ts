import type { Span } from '#runbook/yaml/source.ts';
import { words } from '#text/words.ts';
import { known, type Reason, unsure } from '../report.ts';
import { type Around, effectOfFunction, isHarmlessFunction, isHarmlessInSys } from './functions.ts';
import { effectOfStatement } from './statements.ts';
import type { Token } from './tokens.ts';

/** The session of a statement: `held` and used afterwards, or its `own`, which ends with it. */
export type Session = 'held' | 'own';

/** Returns the reasons against a read in the tokens of one statement. */
export function judgeMysqlStatement(tokens: readonly Token[], session: Session): readonly Reason[] {
  const first = tokens.find(({ text }) => text !== '(');
  if (first?.kind !== 'word') return [unsure('this is not known to only read', spanOf(tokens))];
  const verb = first.text;
  const calls = judgeCalls(tokens);
  switch (verb) {
    case 'SELECT':
    case 'WITH':
    case 'VALUES':
    case 'TABLE':
      return [...judgeReading(tokens), ...calls];
    case 'SHOW':
    case 'CHECKSUM':
      return [...judgeReading(afterWhere(tokens)), ...calls];
    case 'HELP':
      // The client treats it as its own command.
      return session === 'own' ? [unsure('help is not known to only read', first.span)] : calls;
    case 'EXPLAIN':
    case 'DESCRIBE':
    case 'DESC':
      return [...judgeExplain(tokens, session), ...calls];
    case 'ANALYZE':
      return [...judgeAnalyze(tokens, session), ...calls];
    case 'CALL':
      return judgeProcedure(tokens);
    default:
  }
  if (verb === 'SET' && tokens[1]?.text === 'STATEMENT') return judgeFor(tokens, session);
  if (verb === 'BEGIN' && tokens[1]?.text === 'NOT')
    return [unsure('a block runs its statements', first.span), ...judgeReading(tokens), ...calls];
  if (session === 'own' && isOfTheSession(tokens)) return calls;
  const effect = effectOfStatement(verb, tokens);
  if (effect === undefined) return [unsure('this is not known to only read', first.span)];
  const inner = calls.filter(({ certain }) => certain);
  return [known(effect.effect, effect.text, first.span), ...inner];
}

/** Returns the span of the first token of a statement. */
function spanOf([first]: readonly Token[]): Span {
  return first?.span ?? { start: 0, end: 0 };
}

/** Parts of a query that do more than read, by their words. */
const PARTS: readonly { readonly words: string; readonly text: string }[] = [
  { words: 'INTO', text: 'SELECT … INTO writes a file or a variable' },
  { words: ':=', text: ':= sets a variable of the session' },
  { words: 'FOR UPDATE', text: 'FOR UPDATE locks rows' },
  { words: 'FOR SHARE', text: 'FOR SHARE locks rows' },
  { words: 'LOCK IN', text: 'LOCK IN SHARE MODE locks rows' },
  { words: 'NEXT VALUE', text: 'NEXT VALUE FOR moves a sequence' },
  { words: '. NEXTVAL', text: '.nextval moves a sequence' },
  { words: 'PROCEDURE', text: 'PROCEDURE analyses with a procedure' },
];

const WRITING: ReadonlySet<string> = new Set(['INSERT', 'UPDATE', 'DELETE', 'REPLACE']);

/** Writing verbs that are names of functions, too. */
const CALLED: ReadonlySet<string> = new Set(['INSERT', 'REPLACE']);

function judgeReading(tokens: readonly Token[]): readonly Reason[] {
  return tokens.flatMap((token, index) => {
    const pair = `${token.text} ${tokens[index + 1]?.text.toUpperCase() ?? ''}`;
    const part = PARTS.find(({ words }) => words === token.text || words === pair);
    if (part !== undefined && token.kind !== 'text' && token.kind !== 'name')
      return [known('change', part.text, token.span)];
    const isCall = tokens[index + 1]?.text === '(' && CALLED.has(token.text);
    const isName = /^(?:\.|FOR)$/.test(tokens[index - 1]?.text ?? '') || isCall;
    const effect = WRITING.has(token.text) ? effectOfStatement(token.text, []) : undefined;
    if (effect === undefined || token.kind !== 'word' || isName) return [];
    return [known(effect.effect, effect.text, token.span)];
  });
}

/** Judges MariaDB's SET STATEMENT, which sets variables for one statement. */
function judgeFor(tokens: readonly Token[], session: Session): readonly Reason[] {
  const at = tokens.findIndex(({ kind, text }) => kind === 'word' && text === 'FOR');
  const span = spanOf(tokens);
  if (at === -1) return [unsure('this is not known to only read', span)];
  const doubt = assignsKnown(tokens.slice(2, at))
    ? []
    : [unsure('what this sets is not known to leave the statement a read', span)];
  return [...doubt, ...judgeMysqlStatement(tokens.slice(at + 1), session)];
}

function afterWhere(tokens: readonly Token[]): readonly Token[] {
  const at = tokens.findIndex(({ kind, text }) => kind === 'word' && text === 'WHERE');
  return at === -1 ? [] : tokens.slice(at);
}

const QUERIES: ReadonlySet<string> = new Set([
  ...['SELECT', 'WITH', 'TABLE', 'VALUES', 'INSERT', 'UPDATE', 'DELETE', 'REPLACE'],
]);

/** Judges EXPLAIN, which only plans a statement, unless ANALYZE executes it. */
function judgeExplain(tokens: readonly Token[], session: Session): readonly Reason[] {
  const at = tokens.findIndex(({ kind, text }) => kind === 'word' && QUERIES.has(text));
  const options = at === -1 ? tokens : tokens.slice(0, at);
  const analyze = options.find(({ text }) => text === 'ANALYZE');
  const into = options.find(({ text }) => text === 'INTO');
  if (into !== undefined) return [known('change', 'EXPLAIN … INTO sets a variable', into.span)];
  if (analyze === undefined) return [];
  return at === -1
    ? [unsure('EXPLAIN ANALYZE carries the statement out', analyze.span)]
    : judgeMysqlStatement(tokens.slice(at), session);
}

const TABLES: ReadonlySet<string | undefined> = new Set([
  ...['TABLE', 'TABLES', 'LOCAL', 'NO_WRITE_TO_BINLOG'],
]);

/** Judges ANALYZE: MariaDB's form executes a statement; ANALYZE TABLE writes statistics. */
function judgeAnalyze(tokens: readonly Token[], session: Session): readonly Reason[] {
  const at = tokens.findIndex(({ kind, text }) => kind === 'word' && QUERIES.has(text));
  return at === -1 || TABLES.has(tokens[1]?.text)
    ? [known('change', 'ANALYZE writes statistics', spanOf(tokens))]
    : judgeMysqlStatement(tokens.slice(at), session);
}

/**
 * Judges CALL. The effect of procedures is unknown, except for those that managed services provide
 * for KILL.
 */
function judgeProcedure(tokens: readonly Token[]): readonly Reason[] {
  const span = spanOf(tokens);
  const name = tokens
    .slice(1, 4)
    .map(({ text }) => text.toLowerCase())
    .join('');
  if (name === 'mysql.rds_kill_query' || name === 'mysql.az_kill_query')
    return [known('change', 'this cancels a statement of another session', span)];
  if (/^mysql\.(?:rds|az)_kill/.test(name))
    return [known('destructive', 'this ends a session', span)];
  return [unsure('CALL runs a procedure', span)];
}

/**
 * Returns the reasons in a statement's calls against a read: each function must be known to be
 * harmless.
 */
function judgeCalls(tokens: readonly Token[]): readonly Reason[] {
  return tokens.flatMap((token, index) => {
    const next = tokens[index + 1];
    if (next?.text !== '(' || next.kind !== 'symbol' || token.kind === 'symbol') return [];
    const reason = judgeCall(token, index, tokens);
    return reason === undefined ? [] : [reason];
  });
}

function judgeCall(token: Token, index: number, tokens: readonly Token[]): Reason | undefined {
  const shown = token.kind === 'word' ? token.text.toLowerCase() : token.text;
  const before = tokens[index - 1];
  if (before?.text === '.') {
    const schema = tokens[index - 2]?.text.toUpperCase();
    return schema === 'SYS' && isHarmlessInSys(token.text.toUpperCase())
      ? undefined
      : unsure(`${shown}() is not known to only read`, token.span);
  }
  if (token.kind === 'word') {
    const effect = effectOfFunction(token.text);
    if (effect !== undefined) return known(effect.effect, `${shown}() ${effect.text}`, token.span);
    if (isHarmlessFunction(token.text, around(index, tokens))) return undefined;
  }
  return isColumnList(index, tokens)
    ? undefined
    : unsure(`${shown}() is not known to only read`, token.span);
}

function around(index: number, tokens: readonly Token[]): Around {
  const [before, own, open, after] = [-1, 0, 1, 2].map((by) => tokens[index + by]);
  return {
    before: before?.kind === 'text' || before?.kind === 'name' ? before.kind : (before?.text ?? ''),
    after: after?.kind === 'word' ? after.text : '',
    isAdjoining: own?.span.end === open?.span.start,
  };
}

/**
 * Returns whether a name starts a column list: `WITH name (a, b) AS (`, `AS name (a, b)` or
 * `) name (a, b)`.
 */
function isColumnList(index: number, tokens: readonly Token[]): boolean {
  // Nothing is called after a closing parenthesis: a name there is an alias.
  const before = tokens[index - 1];
  if (before?.text === 'AS' || (before?.kind === 'symbol' && before.text === ')')) return true;
  if (!/^(?:WITH|RECURSIVE|,)$/.test(tokens[index - 1]?.text ?? '')) return false;
  let close = index + 2;
  while (isColumn(tokens[close])) close += 1;
  return [')', 'AS', '('].every((text, at) => tokens[close + at]?.text === text);
}

function isColumn(token: Token | undefined): boolean {
  return token !== undefined && (/^(?:word|name)$/.test(token.kind) || token.text === ',');
}

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
 * Returns whether the effect of a statement ends with its session and leaves later statements
 * unchanged.
 */
function isOfTheSession(tokens: readonly Token[]): boolean {
  const line = lineOf(tokens);
  if (OF_THE_SESSION.some((pattern) => pattern.test(line))) return true;
  return line.startsWith('SET ') && ASSIGNMENTS.test(line.slice('SET '.length));
}

/**
 * Returns whether `a = 1, b = 2` sets only variables that leave the meaning of a statement unchanged.
 */
function assignsKnown(tokens: readonly Token[]): boolean {
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
