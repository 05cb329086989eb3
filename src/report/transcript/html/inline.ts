import { maskedHtml, type RuleOf } from './text.ts';

const TOKEN =
  /\\(?<escaped>.)|(?<ticks>`+)(?<code>.*?[^`])\k<ticks>(?!`)|(?<strong>\*\*)|(?<br><br>)|(?<bar>&#124;)/gu;

type Part = { readonly kind: 'text' | 'code' | 'strong' | 'br'; readonly text: string };

/**
 * Converts a line of the transcript's Markdown to HTML: escapes, code, strong text and line breaks.
 * All else stays text.
 */
export function inlineHtml(line: string, ruleOf: RuleOf): string {
  let isStrong = false;
  const shown = partsOf(line).map(({ kind, text }) => {
    if (kind === 'text') return maskedHtml(text, ruleOf);
    if (kind === 'code') return `<code>${maskedHtml(text, ruleOf)}</code>`;
    if (kind === 'br') return '<br>';
    isStrong = !isStrong;
    return isStrong ? '<strong>' : '</strong>';
  });
  return `${shown.join('')}${isStrong ? '</strong>' : ''}`;
}

/** Text stays in one part regardless of escapes: masks are searched in the whole. */
function partsOf(line: string): readonly Part[] {
  const parts: Part[] = [];
  const add = (part: Part) => {
    const last = parts.at(-1);
    if (part.kind === 'text' && last?.kind === 'text')
      parts.splice(-1, 1, { kind: 'text', text: last.text + part.text });
    else if (part.kind !== 'text' || part.text !== '') parts.push(part);
  };
  let at = 0;
  for (const match of line.matchAll(TOKEN)) {
    add({ kind: 'text', text: line.slice(at, match.index) });
    add(partOf(match.groups ?? {}));
    at = match.index + match[0].length;
  }
  add({ kind: 'text', text: line.slice(at) });
  return parts;
}

function partOf({ escaped, code, strong, br }: Readonly<Record<string, string | undefined>>): Part {
  if (escaped !== undefined) return { kind: 'text', text: escaped };
  if (code !== undefined) return { kind: 'code', text: unpadded(code) };
  if (strong !== undefined) return { kind: 'strong', text: strong };
  return br === undefined ? { kind: 'text', text: '|' } : { kind: 'br', text: br };
}

/** A space on both sides separates backticks from the ends of a code span. */
function unpadded(code: string): string {
  return code.startsWith(' ') && code.endsWith(' ') && code.trim() !== ''
    ? code.slice(1, -1)
    : code;
}
