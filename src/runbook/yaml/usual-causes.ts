import type { Span } from './source.ts';

/** The likely cause of a YAML error: its place, if that is elsewhere, and what to do. */
export type UsualCause = { readonly span?: Span; readonly hint: string };

/** The most common causes of messages of the YAML reader. */
const BY_REASON: readonly (readonly [RegExp, string])[] = [
  [/bad indentation of a mapping/, 'a text that holds ": " or begins with a sign has to be quoted'],
  [/bad indentation of a sequence/, 'begin each item of a list with "- ", all at the same depth'],
  [/flow collection|missed comma/, 'between { } and [ ] a text with signs has to be quoted'],
  [/deficient indentation|quoted scalar/, 'is a quote not closed, or a line not indented?'],
  [/document separator|implicit key/, 'write key: value, at the same depth as the keys around it'],
  [/tab characters/, 'indent with spaces'],
  [/maxDepth/, 'it is nested more than 32 levels deep'],
];

/** Returns the likely cause of a YAML error at an offset of the text, by the text around it. */
export function usualCause(text: string, at: number, reason: string): UsualCause | undefined {
  const start = text.lastIndexOf('\n', at - 1) + 1;
  const [line = ''] = text.slice(start).split('\n', 1);
  const found =
    quoteInside(line, start, at) ??
    barePlaceholder(line, start) ??
    (/bad indentation/.test(reason)
      ? (wrongDepth(text, line, start) ?? strayItem(text, line, start))
      : undefined);
  if (found !== undefined) return found;
  const hint = BY_REASON.find(([cause]) => cause.test(reason))?.[1];
  return hint === undefined ? undefined : { hint };
}

/** A quoted text at the start of a value; `'` is doubled inside, `"` escaped. */
const QUOTED = /(?:^|[:\-[{,])\s*('(?:[^']|'')*'|"(?:[^"\\]|\\.)*")(?=\s*[^\s,:}\]#])/g;

/** Finds a quote that was meant as a part of the text: it ends the text before its end. */
function quoteInside(line: string, start: number, at: number): UsualCause | undefined {
  for (const match of line.matchAll(QUOTED)) {
    const quote = start + match.index + match[0].length - 1;
    if (quote > at) continue;
    const isSingle = line[quote - start] === "'";
    return {
      span: { start: quote, end: quote + 1 },
      hint: isSingle
        ? 'this apostrophe ends the text: write it twice, or put the text into double quotes'
        : 'this quote ends the text: write \\" inside it, or put the text into single quotes',
    };
  }
  return undefined;
}

/**
 * Finds a value without quotes that begins with a placeholder between { } or [ ]. It looks at each
 * character once: a line can be the whole file.
 */
function barePlaceholder(line: string, start: number): UsualCause | undefined {
  let isInside = false;
  let before = '';
  for (const { 0: sign, index: at } of line.matchAll(/\$\{\{|\S/g)) {
    if (sign === '${{' && isInside && /[:,[]/.test(before)) return quotedFrom(line, at, start);
    if (sign === '{' || sign === '[') isInside = true;
    if (sign === '"' || sign === "'") isInside = false;
    before = sign;
  }
  return undefined;
}

function quotedFrom(line: string, at: number, start: number): UsualCause | undefined {
  const close = line.indexOf('}}', at);
  if (close === -1) return undefined;
  const placeholder = line.slice(at, close + 2);
  return {
    span: { start: start + at, end: start + close + 2 },
    hint: `between { } and [ ] a placeholder has to be quoted: "${placeholder}"`,
  };
}

const KEY = /^( *)((?:- +)*)(["']?[\w-]+["']?) *:(?: |$)/;

/** Finds a key that is not at the depth of the key above that it most likely belongs with. */
function wrongDepth(text: string, line: string, start: number): UsualCause | undefined {
  const own = keyAt(line);
  if (own === undefined) return undefined;
  const above = text
    .slice(0, start)
    .split('\n')
    .toReversed()
    .flatMap((one) => keyAt(one) ?? [])
    .find(({ depth }) => Math.abs(depth - own.depth) <= 1 && depth !== own.depth);
  if (above === undefined) return undefined;
  return {
    span: { start: start + own.depth, end: start + own.depth + own.name.length },
    hint: `indent "${own.name}" by ${above.depth} spaces, like "${above.name}" above`,
  };
}

/** Finds an item of a list among keys, or a key among items. */
function strayItem(text: string, line: string, start: number): UsualCause | undefined {
  const [own = ''] = /^ *(?:- |[\w-]+:(?= |$))/.exec(line) ?? [];
  const before = text.slice(0, start).split('\n').toReversed();
  const depth = own.search(/\S/);
  const above = before.find((one) => one.trim() !== '' && one.search(/\S/) === depth);
  if (own === '' || above === undefined) return undefined;
  const isItem = (one: string) => one.trimStart().startsWith('- ');
  if (isItem(line) === isItem(above)) return undefined;
  return {
    span: { start: start + depth, end: start + own.length },
    hint: isItem(line)
      ? 'an item of a list stands here among keys: write a key, or make all of them items'
      : 'a key stands here among the items of a list: begin it with "- ", or indent it under an item',
  };
}

function keyAt(line: string): { readonly depth: number; readonly name: string } | undefined {
  const [, spaces, dashes = '', name] = KEY.exec(line) ?? [];
  if (spaces === undefined || name === undefined) return undefined;
  return { depth: spaces.length + dashes.length, name };
}
