import type { Template } from '#runbook/expression/template.ts';

/**
 * A part of a document. Texts are inline Markdown: `code`, **strong**, *emphasis*; the renderer
 * decides how these look.
 */
export type Block =
  | { readonly kind: 'heading'; readonly level: 1 | 2 | 3 | 4; readonly text: string }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'list'; readonly items: readonly string[] }
  | { readonly kind: 'quote'; readonly text: string }
  | { readonly kind: 'code'; readonly language: string; readonly text: string };

/** Returns a paragraph. */
export function text(content: string): Block {
  return { kind: 'text', text: content };
}

/** Returns a heading. */
export function heading(level: 1 | 2 | 3 | 4, content: string): Block {
  return { kind: 'heading', level, text: content };
}

/** Returns a list under its heading; nothing if there are no items. */
export function listed(title: string, items: readonly string[]): readonly Block[] {
  return items.length === 0 ? [] : [heading(2, title), { kind: 'list', items }];
}

/** Returns a text as an inline code span, whatever backticks it contains. */
export function inlineCode(content: string): string {
  const line = content.replaceAll(/\s+/g, ' ').trim();
  const longest = Math.max(0, ...[...line.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  if (longest === 0) return `\`${line}\``;
  const ticks = '`'.repeat(longest + 1);
  return `${ticks} ${line} ${ticks}`;
}

/**
 * Returns a template for people; each placeholder becomes the name of its value, e.g.
 * `‹result.row.used›`.
 */
export function prose({ text: content, placeholders }: Template): string {
  let result = '';
  let at = 0;
  for (const { expression, at: start, length } of placeholders) {
    result += `${content.slice(at, start)}‹${expression.text}›`;
    at = start + length;
  }
  return result + content.slice(at);
}
