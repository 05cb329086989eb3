import { charactersOf, widthOf } from './width.ts';

/** Each sign that the program draws with, and its replacement of the same width. */
const ASCII: Readonly<Record<string, string>> = {
  ...{ '▸': '>', '▶': '>', '●': '*', '■': '#', '‖': '|', '▏': '_', '▲': '!' },
  ...{ '✓': '+', '✗': 'x', '⊘': '/', '✎': '@', '≈': '~', '↶': '<', '·': '.', '•': '*' },
  ...{ '─': '-', '│': '|', '┬': '+', '┴': '+', '┼': '+' },
  ...{ '╭': '+', '╮': '+', '╰': '+', '╯': '+' },
  ...{ '═': '=', '║': '|', '╔': '+', '╗': '+', '╚': '+', '╝': '+' },
  ...{ '→': '>', '←': '<', '↑': '^', '↓': 'v', '↵': '|', '⏎': '~' },
  ...{ '‹': '<', '›': '>', '…': '~', '–': '-', '—': '-', '×': 'x', '∅': '0' },
  ...{ '“': '"', '”': '"', '‘': "'", '’': "'", '\u00a0': ' ' },
};

const OTHER = /[\u0080-\u{10ffff}]+/gu;

/**
 * Returns a text in ASCII and of the same width, for terminals that draw nothing else. The Enter
 * key, which stands after a space, is `^M`. Other characters become question marks.
 */
export function asciiText(text: string): string {
  return text.replaceAll(' ⏎', '^M').replaceAll(OTHER, (part) =>
    charactersOf(part)
      .map((character) => ASCII[character] ?? '?'.repeat(widthOf(character)))
      .join(''),
  );
}

/** The variables that set a locale. */
type Locale = {
  readonly LC_ALL?: string | undefined;
  readonly LC_CTYPE?: string | undefined;
  readonly LANG?: string | undefined;
};

/** Returns whether the locale is set to one that is not UTF-8, such as `C`. */
export function isAsciiLocale(env: Locale): boolean {
  const locale = [env.LC_ALL, env.LC_CTYPE, env.LANG].find((value) => value);
  return locale !== undefined && !/utf-?8/i.test(locale);
}
