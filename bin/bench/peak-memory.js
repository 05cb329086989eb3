import { spawn } from 'node:child_process';
import { once } from 'node:events';

const HOOK = `data:text/javascript,${encodeURIComponent(`
  import { writeSync } from 'node:fs';
  process.on('exit', () => writeSync(3, String(process.resourceUsage().maxRSS)));
`)}`;

/** Returns the peak resident memory (MiB) of a Node process of its own; throws when it does not succeed. */
export async function peakMemory(args, { env, cwd }) {
  const child = spawn(process.execPath, ['--import', HOOK, ...args], {
    env,
    cwd,
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  let kibibytes = '';
  child.stdio[3].on('data', (chunk) => {
    kibibytes += chunk;
  });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}`);
  return Number(kibibytes) / 1024;
}
