import { spawn } from '@lydell/node-pty';

/** Only the top line of a run's screen says it, and in one style. */
export const RUN_IS_SHOWN = ' LIVE ';
/** Only the start page says it, in one style, with a list of runbooks under it. */
export const START_IS_SHOWN = 'searches names';
const PATIENCE_MS = 30_000;

/**
 * Returns the milliseconds until a text is on the screen, in a pseudo-terminal of 80×24, and the moment
 * of it on the system's clock (µs). The program is then ended so that it can keep what it has compiled
 * and a profile, as when an operator leaves it.
 */
export function firstFrame(args, shown, { env, cwd }) {
  const start = process.hrtime.bigint();
  const terminal = spawn(process.execPath, args, { env, cwd, cols: 80, rows: 24 });
  let seen = '';
  let frame;
  const patience = setTimeout(() => terminal.kill('SIGKILL'), PATIENCE_MS);
  terminal.onData((data) => {
    seen += data;
    if (frame !== undefined || !seen.includes(shown)) return;
    const now = process.hrtime.bigint();
    frame = { ms: Number(now - start) / 1e6, at: Number(now / 1000n) };
    terminal.kill('SIGTERM');
  });
  return new Promise((resolve, reject) => {
    terminal.onExit(() => {
      clearTimeout(patience);
      if (frame === undefined) reject(new Error(`no screen came up:\n${seen}`));
      else resolve(frame);
    });
  });
}
