import type { ShellAction } from '#safety/actions/action.ts';
import { quoteShell } from '#safety/actions/quote-shell.ts';
import { STRICT } from '../shell/strict-script.ts';

/**
 * Returns the command of an interactive script. Its input is the terminal, so the script is on the
 * command line itself, in Base64, which no login shell changes. It is not a secret.
 */
export function terminalWords({ script, cwd }: ShellAction): readonly string[] {
  const folder = cwd === undefined ? '' : `CDPATH= cd -- ${quoteShell(cwd)} >/dev/null || exit; `;
  const text = `${folder}exec "$BASH" --noprofile --norc -c ${quoteShell(`${STRICT}${script}`)}`;
  const data = Buffer.from(text).toString('base64');
  return ['bash', '--noprofile', '--norc', '-c', 'eval "$(printf %s "$0" | base64 -d)"', data];
}
