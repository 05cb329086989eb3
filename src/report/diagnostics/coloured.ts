const RESET = '\u001b[0m';
const RED = '\u001b[1;31m';
const YELLOW = '\u001b[1;33m';
const BOLD = '\u001b[1m';
const BLUE = '\u001b[34m';

/** Returns rendered diagnostics with colours; the text between them stays the same. */
export function colouredDiagnostics(text: string): string {
  let colour = RED;
  return text
    .split('\n')
    .map((line) => {
      const [, what, code, message = ''] = /^(error|warning)(\[[\w-]+\]): (.*)$/.exec(line) ?? [];
      if (what !== undefined) {
        colour = what === 'error' ? RED : YELLOW;
        return `${colour}${what}${code}${RESET}: ${BOLD}${message}${RESET}`;
      }
      const [, gutter, indent = '', carets = ''] = /^( *(?:-->|\|))( ?\s*)(.*)$/.exec(line) ?? [];
      if (gutter === undefined) return line.replace(/^(\d+ \|)/, `${BLUE}$1${RESET}`);
      if (gutter.endsWith('|') && carets !== '')
        return `${BLUE}${gutter}${RESET}${indent}${colour}${carets}${RESET}`;
      return `${BLUE}${gutter}${RESET}${indent}${carets}`;
    })
    .join('\n');
}
