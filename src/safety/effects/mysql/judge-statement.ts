import type { Span } from '#runbook/yaml/source.ts';
import { known, type Reason, unsure } from '../report.ts';
import { judgeCalls } from './calls.ts';
import { assignsKnown, isOfTheSession } from './session.ts';
import { effectOfStatement } from './statements.ts';
import type { Token } from './tokens.ts';

/** The session of a statement: `held` and used afterwards, or its `own`, which ends with it. */
export type Session = 'held' | 'own';

/** Returns the reasons against a read in the tokens of one statement. */
export function judgeStatement(tokens: readonly Token[], session: Session): readonly Reason[] {
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
  return [...doubt, ...judgeStatement(tokens.slice(at + 1), session)];
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
    : judgeStatement(tokens.slice(at), session);
}

const TABLES: ReadonlySet<string | undefined> = new Set([
  ...['TABLE', 'TABLES', 'LOCAL', 'NO_WRITE_TO_BINLOG'],
]);

/** Judges ANALYZE: MariaDB's form executes a statement; ANALYZE TABLE writes statistics. */
function judgeAnalyze(tokens: readonly Token[], session: Session): readonly Reason[] {
  const at = tokens.findIndex(({ kind, text }) => kind === 'word' && QUERIES.has(text));
  return at === -1 || TABLES.has(tokens[1]?.text)
    ? [known('change', 'ANALYZE writes statistics', spanOf(tokens))]
    : judgeStatement(tokens.slice(at), session);
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
