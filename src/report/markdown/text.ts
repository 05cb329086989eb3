import { harmless, harmlessLine } from '#text/harmless.ts';

// An underscore inside a word, as in `application_name`, is no markup and is not escaped.
const MARKUP = /[\\`*[\]<>~$&]|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu;
const BLOCK_MARKUP = /^(?:[#+=-]|\d+(?=[.)](?:\s|$)))/;
const CODE_SPAN = /`([^`\n]+)`/;

/**
 * Escapes text for Markdown. Words in backticks stay code; line breaks become `<br>`, so the text
 * never leaves its paragraph, list item or heading.
 */
export function text(value: string): string {
  const parts = harmless(value).trim().split(CODE_SPAN);
  const shown = parts.map((part, index) => (index % 2 === 1 ? code(part) : escaped(part))).join('');
  return shown
    .replace(BLOCK_MARKUP, (start) => (/\d/.test(start) ? `${start}\\` : `\\${start}`))
    .replace(/#$/, '\\#')
    .replace(/\s*\n\s*/g, '<br>');
}

/** Escapes text for a table cell, on one line. */
export function cell(value: string): string {
  return escaped(harmlessLine(value)).replaceAll('|', '&#124;');
}

/** Returns text as a code span on one line, unchanged except for control characters. */
export function code(value: string): string {
  const line = harmlessLine(value);
  if (line.trim() === '') return `(${line === '' ? 'empty' : 'blank'})`;
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

/** Returns a block that is folded until clicked; `title` is plain text. */
export function folded(title: string, body: string): string {
  return `<details><summary>${html(harmlessLine(title))}</summary>\n\n${body}\n\n</details>`;
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
