import { typeOfText } from '#runbook/expression/type-of-text.ts';
import { ANY, type Fields, type ValueType } from '#runbook/model/value-type.ts';

/** Returns the value that a text ends with, e.g. `result.rows[0]` of `1 + result.rows[0]`. */
export function lastValue(text: string): string {
  let at = text.length;
  while (at > 0) {
    const char = text[at - 1] ?? '';
    if (char === ')' || char === ']') at = opening(text, at - 1);
    else if (/[\w.]/.test(char)) at -= 1;
    else break;
  }
  return text.slice(at);
}

/** Returns the offset of the bracket that the one at `close` closes. */
function opening(text: string, close: number): number {
  let depth = 0;
  for (let at = close; at >= 0; at -= 1) {
    const char = text[at] ?? '';
    if (char === '"' || char === "'") at = Math.max(0, text.lastIndexOf(char, at - 1));
    else if (char === ')' || char === ']') depth += 1;
    else if (char === '(' || char === '[') depth -= 1;
    if (depth === 0) return at;
  }
  return 0;
}

const MACRO = /\.(?:all|exists|exists_one|filter|map)\(\s*([A-Za-z_]\w*)\s*,/g;

/** Returns the names in scope at the end of a text, with the items of macros that are still open. */
export function withMacros(text: string, names: Fields): Fields {
  let scope = names;
  for (const match of text.matchAll(MACRO)) {
    const [written, variable = ''] = match;
    if (isClosed(text.slice(match.index + written.length))) continue;
    const list = typeOfText(lastValue(text.slice(0, match.index)), scope);
    scope = { ...scope, [variable]: list?.kind === 'list' ? list.of : ANY };
  }
  return scope;
}

function isClosed(text: string): boolean {
  let depth = 0;
  for (const char of text) {
    if (char === '(') depth += 1;
    if (char === ')') depth -= 1;
    if (depth < 0) return true;
  }
  return false;
}

/** Returns the type of the value that a text ends with. */
export function typeOfLast(text: string, names: Fields): ValueType {
  return typeOfText(lastValue(text), names) ?? ANY;
}

/** Returns the texts that the value before an operator at the end of a text can be. */
export function valuesFor(lead: string, scope: Fields): readonly string[] {
  const left = /^(.*?)\s*(?:==|!=|\bin\s*\[[^\]]*)\s*$/s.exec(lead)?.[1];
  if (left === undefined) return [];
  const type = typeOfLast(left, scope);
  return type.kind === 'text' ? (type.values ?? []) : [];
}

/** Returns the offset of the quote that is open at the end of an expression. */
export function openText(text: string): number | undefined {
  let open: number | undefined;
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at];
    if (open === undefined && (char === '"' || char === "'")) open = at;
    else if (open !== undefined && char === '\\') at += 1;
    else if (open !== undefined && char === text[open]) open = undefined;
  }
  return open;
}
