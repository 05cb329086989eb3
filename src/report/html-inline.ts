import { maskedHtml, type RuleOf } from './html-text.ts';

const TOKEN =
  /\\(?<escaped>.)|(?<ticks>`+)(?<code>.*?[^`])\k<ticks>(?!`)|(?<strong>\*\*)|(?<br><br>)|(?<bar>&#124;)/gu;

/**
 * Returns a line of the transcript's markdown as HTML: what is escaped, code, strong text and line
 * breaks. Everything else is text, whatever it looks like.
 */
export function inlineHtml(line: string, ruleOf: RuleOf): string {
  const out: string[] = [];
  let plain = '';
  let at = 0;
  let isStrong = false;
  const flush = () => {
    out.push(maskedHtml(plain, ruleOf));
    plain = '';
  };
  for (const match of line.matchAll(TOKEN)) {
    const { escaped, code, strong, br, bar } = match.groups ?? {};
    plain += line.slice(at, match.index);
    at = match.index + match[0].length;
    if (escaped !== undefined) plain += escaped;
    else if (bar !== undefined) plain += '|';
    else {
      flush();
      if (code !== undefined) out.push(`<code>${maskedHtml(unpadded(code), ruleOf)}</code>`);
      if (br !== undefined) out.push('<br>');
      if (strong !== undefined) {
        out.push(isStrong ? '</strong>' : '<strong>');
        isStrong = !isStrong;
      }
    }
  }
  plain += line.slice(at);
  flush();
  return `${out.join('')}${isStrong ? '</strong>' : ''}`;
}

/** A space on both sides keeps backticks apart from the ends of a code span. */
function unpadded(code: string): string {
  return code.startsWith(' ') && code.endsWith(' ') && code.trim() !== ''
    ? code.slice(1, -1)
    : code;
}
