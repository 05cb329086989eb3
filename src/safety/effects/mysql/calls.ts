import { known, type Reason, unsure } from '../report.ts';
import { type Around, effectOfFunction, isHarmlessFunction, isHarmlessInSys } from './functions.ts';
import type { Token } from './tokens.ts';

/**
 * Returns the reasons in a statement's calls against a read: each function must be known to be
 * harmless.
 */
export function judgeCalls(tokens: readonly Token[]): readonly Reason[] {
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
 * Tells whether a name starts a column list: `WITH name (a, b) AS (`, `AS name (a, b)` or
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
