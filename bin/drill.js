import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';
import { buildAll } from './build.js';

await buildAll();

// A Ctrl-C reaches both; what it means is the drill's to say.
process.on('SIGINT', () => {});

const launcher = fileURLToPath(new URL('./runbook.js', import.meta.url));
const drill = spawn(process.execPath, [launcher, 'drill', ...process.argv.slice(2)], {
  stdio: 'inherit',
});
const [code, signal] = await once(drill, 'exit');
process.exitCode = code ?? 128 + constants.signals[signal];
