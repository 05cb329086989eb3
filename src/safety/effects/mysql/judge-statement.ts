import { known, type Reason, unsure } from '../effect-report.ts';
import { effectOfFunction, isHarmlessFunction, isHarmlessInSys } from './functions.ts';
import { effectOfStatement, isOfTheSession } from './statements.ts';
import type { Token } from './tokens.ts';

/** Whether others go on with the session afterwards (`held`), or it ends with these statements. */
export type Session = 'held' | 'own';

/** Returns what speaks against the tokens of one statement being a read. */
export function judgeStatement(tokens: readonly Token[], session: Session): readonly Reason[] {
  const first = tokens.find(({ text }) => text !== '(');
  if (first === undefined) return [];
  const verb = first.kind === 'word' ? first.text : '';
  const calls = judgeCalls(tokens);
  switch (verb) {
    case 'SELECT':
    case 'WITH':
    case 'VALUES':
    case 'TABLE':
      return [...judgeReading(tokens), ...calls];
    case 'SHOW':
    case 'HELP':
      return calls;
    case 'EXPLAIN':
    case 'DESCRIBE':
    case 'DESC':
      return [...judgeExplain(tokens, session), ...calls];
    case 'ANALYZE':
      return [...judgeAnalyze(tokens, session), ...calls];
    case 'CHECKSUM':
      return calls;
    case 'CALL':
      return judgeProcedure(tokens);
    default:
  }
  if (session === 'own' && isOfTheSession(verb, tokens)) return calls;
  const effect = effectOfStatement(verb, tokens);
  if (effect === undefined) return [unsure('this is not known to only read', first.span)];
  const inner = calls.filter(({ certain }) => certain);
  return [known(effect.effect, effect.text, first.span), ...inner];
}

/** Parts of a query that do more than read, by the words they are made of. */
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

function judgeReading(tokens: readonly Token[]): readonly Reason[] {
  return tokens.flatMap((token, index) => {
    const pair = `${token.text} ${tokens[index + 1]?.text.toUpperCase() ?? ''}`;
    const part = PARTS.find(({ words }) => words === token.text || words === pair);
    if (part !== undefined && token.kind !== 'text' && token.kind !== 'name')
      return [known('change', part.text, token.span)];
    const isVerb = /^(?:INSERT|UPDATE|DELETE|REPLACE)$/.test(token.text) && token.kind === 'word';
    const isName = tokens[index - 1]?.text === '.' || tokens[index + 1]?.text === '(';
    if (!isVerb || isName || tokens[index - 1]?.text === 'FOR') return [];
    const effect = effectOfStatement(token.text, []);
    return effect === undefined ? [] : [known(effect.effect, effect.text, token.span)];
  });
}

function judgeCalls(tokens: readonly Token[]): readonly Reason[] {
  return tokens.flatMap((token, index) => {
    if (tokens[index + 1]?.text !== '(' || tokens[index + 1]?.kind !== 'symbol') return [];
    if (token.kind === 'symbol' || token.kind === 'number') return [];
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
    if (isHarmlessFunction(token.text)) return undefined;
  }
  return isColumnList(index, tokens)
    ? undefined
    : unsure(`${shown}() is not known to only read`, token.span);
}

/** `WITH name (a, b) AS (` and `AS name (a, b)` list columns. */
function isColumnList(index: number, tokens: readonly Token[]): boolean {
  if (tokens[index - 1]?.text === 'AS') return true;
  if (!/^(?:WITH|RECURSIVE|,)$/.test(tokens[index - 1]?.text ?? '')) return false;
  let close = index + 2;
  while (isColumn(tokens[close])) close += 1;
  return [')', 'AS', '('].every((text, at) => tokens[close + at]?.text === text);
}

function isColumn(token: Token | undefined): boolean {
  return token !== undefined && (/^(?:word|name)$/.test(token.kind) || token.text === ',');
}

const QUERIES = /^(?:SELECT|WITH|TABLE|VALUES|INSERT|UPDATE|DELETE|REPLACE)$/;

/** EXPLAIN plans a statement, EXPLAIN ANALYZE carries it out. */
function judgeExplain(tokens: readonly Token[], session: Session): readonly Reason[] {
  const at = tokens.findIndex(({ kind, text }) => kind === 'word' && QUERIES.test(text));
  const options = at === -1 ? tokens : tokens.slice(0, at);
  const analyze = options.find(({ text }) => text === 'ANALYZE');
  const into = options.find(({ text }) => text === 'INTO');
  if (into !== undefined) return [known('change', 'EXPLAIN … INTO sets a variable', into.span)];
  if (analyze === undefined) return [];
  return at === -1
    ? [unsure('EXPLAIN ANALYZE carries the statement out', analyze.span)]
    : judgeStatement(tokens.slice(at), session);
}

/** MariaDB's ANALYZE carries a statement out; ANALYZE TABLE writes statistics. */
function judgeAnalyze(tokens: readonly Token[], session: Session): readonly Reason[] {
  const [first, second] = tokens;
  const at = tokens.findIndex(({ kind, text }) => kind === 'word' && QUERIES.test(text));
  const span = first?.span ?? { start: 0, end: 0 };
  const isTable = /^(?:TABLE|TABLES|LOCAL|NO_WRITE_TO_BINLOG)$/.test(second?.text ?? '');
  return isTable || at === -1
    ? [known('change', 'ANALYZE writes statistics', span)]
    : judgeStatement(tokens.slice(at), session);
}

/** What procedures do cannot be seen, but for a few that managed services have for KILL. */
function judgeProcedure(tokens: readonly Token[]): readonly Reason[] {
  const span = tokens[0]?.span ?? { start: 0, end: 0 };
  const name = tokens
    .slice(1, 4)
    .map(({ text }) => text.toLowerCase())
    .join('');
  if (name.startsWith('mysql.rds_kill_query') || name.startsWith('mysql.az_kill_query'))
    return [known('change', 'this cancels a statement of another session', span)];
  if (/^mysql\.(?:rds|az)_kill/.test(name))
    return [known('destructive', 'this ends a session', span)];
  return [unsure('CALL runs a procedure', span)];
}
