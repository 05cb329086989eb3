import { readdirSync, readFileSync } from 'node:fs';
import { spawn } from '@lydell/node-pty';

/** Only the top line of a run's screen says it, and in one style. */
export const RUN_IS_SHOWN = ' LIVE ';
/** Only the start page says it, in one style, with a list of runbooks under it. */
export const START_IS_SHOWN = 'searches names';
const PATIENCE_MS = 30_000;

/**
 * Returns the milliseconds until a text is on the screen, in a pseudo-terminal of 80×24, by the clock (`ms`)
 * and in processor time of all threads (`cpu`), and the moment of it on the system's clock (`at`, µs). The program is then ended so that it can keep what it has compiled
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
    const cpu = processorMs(terminal.pid);
    frame = { ms: Number(now - start) / 1e6, cpu, at: Number(now / 1000n) };
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

/** Returns the processor time of the threads of a process, as Linux tells it. */
function processorMs(pid) {
  const threads = readdirSync(`/proc/${pid}/task`);
  return threads.reduce((sum, thread) => sum + threadMs(`/proc/${pid}/task/${thread}`), 0);
}

function threadMs(folder) {
  try {
    return Number(readFileSync(`${folder}/schedstat`, 'utf8').split(' ', 1)) / 1e6;
  } catch {
    // It has ended meanwhile.
    return 0;
  }
}
