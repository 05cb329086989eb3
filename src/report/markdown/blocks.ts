import {
  type Block,
  type Item,
  isElement,
  isParagraph,
  type Table,
} from '#events/telling/block.ts';
import { type Moment, type Said, type Span, saidOf } from '#events/telling/say.ts';
import { harmless, harmlessLine } from '#text/harmless.ts';

// An underscore inside a word, as in `application_name`, is no markup and is not escaped.
const MARKUP = /[\\`*[\]<>~$&]|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu;

/** Returns blocks as Markdown. No text becomes markup, HTML or a control character. */
export function blocksMarkdown(blocks: readonly Block[]): string {
  return blocks
    .map((block, index) => `${gap(blocks[index - 1], block)}${markdown(block)}`)
    .join('');
}

/** The items of adjacent lists are one list. */
function gap(before: Block | undefined, block: Block): string {
  if (before === undefined) return '';
  return isElement(before, 'list') && isElement(block, 'list') ? '\n' : '\n\n';
}

function markdown(block: Block): string {
  if (isParagraph(block)) return saidMarkdown(saidOf(block));
  switch (block.kind) {
    case 'heading':
      return `${'#'.repeat(block.level)} ${saidMarkdown(block.said)}`;
    case 'quote':
      return `> ${saidMarkdown(block.said)}`;
    case 'list':
      return block.items.map(itemMarkdown).join('\n');
    case 'code':
      return fence(block.text, block.language);
    case 'table':
      return tableMarkdown(block);
    case 'fold': {
      const title = html(harmlessLine(block.title));
      return `<details><summary>${title}</summary>\n\n${blocksMarkdown(block.blocks)}\n\n</details>`;
    }
  }
}

function itemMarkdown({ at, said, below = [], isPoint }: Item): string {
  const box = isPoint === true ? '[ ] ' : '';
  const time = at === undefined ? '' : `${timeMarkdown(at)} · `;
  return [
    `- ${box}${time}${saidMarkdown(said)}`,
    ...below.map((it) => `  - ${saidMarkdown(it)}`),
  ].join('\n');
}

function tableMarkdown({ columns, numbers, rows }: Table): string {
  return [
    columns.map(cell),
    columns.map((column) => (numbers.includes(column) ? '---:' : '---')),
    ...rows.map((cells) =>
      cells.map((one) =>
        typeof one === 'string' ? cell(one) : saidMarkdown(one).replaceAll('|', '&#124;'),
      ),
    ),
  ]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
}

/** Returns a text as Markdown, on one line. */
export function saidMarkdown(said: Said): string {
  return said.map(spanMarkdown).join('').trim();
}

function spanMarkdown(span: Span): string {
  switch (span.kind) {
    case 'text':
      return words(span.text);
    case 'code':
      return codeSpan(span.text);
    case 'blank':
      return `_${span.text}_`;
    case 'strong':
      return `**${saidMarkdown(span.said)}**`;
    case 'time':
      return timeMarkdown(span);
  }
}

function timeMarkdown({ utc, local, since }: Moment): string {
  return `**${words(utc)}**${local === undefined ? '' : ` (${local})`} +${since}`;
}

/** Line breaks become `<br>`, so the text never leaves its item or heading. */
function words(value: string): string {
  return escaped(value)
    .replace(/^( *)(?=[#+=-])/, '$1\\')
    .replace(/^( *\d+)(?=[.)](?:\s|$))/, '$1\\')
    .replace(/#$/, '\\#')
    .replace(/\s*\n\s*/g, '<br>');
}

/** Returns a value for a table cell, on one line. */
function cell(value: string): string {
  return escaped(harmlessLine(value)).replaceAll('|', '&#124;');
}

function codeSpan(line: string): string {
  const ticks = '`'.repeat(longestRun(line) + 1);
  const space = /^[` ]|[` ]$/.test(line) ? ' ' : '';
  return `${ticks}${space}${line}${space}${ticks}`;
}

/** Returns text as a code block; its fence is longer than any in the text. */
export function fence(value: string, language: string): string {
  const lines = value.split('\t').map(harmless).join('\t').replace(/\n+$/, '');
  const ticks = '`'.repeat(Math.max(3, longestRun(lines) + 1));
  return `${ticks}${language}\n${lines}\n${ticks}`;
}

function escaped(value: string): string {
  return value.replace(MARKUP, '\\$&');
}

/** Markdown is not interpreted inside a summary, so only HTML must be escaped. */
function html(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function longestRun(value: string): number {
  return (value.match(/`+/g) ?? []).reduce((longest, run) => Math.max(longest, run.length), 0);
}
