import { RESET, styleStart } from '#text/theme.ts';

const ERROR = styleStart('strong', 'danger');
const WARNING = styleStart('strong', 'warning');
const STRONG = styleStart('strong');
const GUTTER = styleStart('gutter');

/** Returns rendered diagnostics with colors; the text itself is unchanged. */
export function colouredDiagnostics(text: string): string {
  let colour = ERROR;
  return text
    .split('\n')
    .map((line) => {
      const [, what, code, message = ''] = /^(error|warning)(\[[\w-]+\]): (.*)$/.exec(line) ?? [];
      if (what !== undefined) {
        colour = what === 'error' ? ERROR : WARNING;
        return `${colour}${what}${code}${RESET}: ${STRONG}${message}${RESET}`;
      }
      const [, gutter, indent = '', carets = ''] = /^( *(?:-->|\|))( ?\s*)(.*)$/.exec(line) ?? [];
      if (gutter === undefined) return line.replace(/^(\d+ \|)/, `${GUTTER}$1${RESET}`);
      if (gutter.endsWith('|') && carets !== '')
        return `${GUTTER}${gutter}${RESET}${indent}${colour}${carets}${RESET}`;
      return `${GUTTER}${gutter}${RESET}${indent}${carets}`;
    })
    .join('\n');
}
