import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startPoolExhausted } from '#lab/shop/pool-exhausted.ts';
import { OpenTerminal } from '../test/e2e/terminal.ts';
import { buildAll } from './build.js';
import { screenSvg } from './screen-svg.js';

// Makes docs/operate/screen.svg: the gate of a real run on a real exhausted server, in a real terminal.
const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));

await buildAll();
const fault = await startPoolExhausted();
const home = await mkdtemp(join(tmpdir(), 'runbook-picture-'));
const inputs = Object.entries(fault.inputs).filter(([name]) => name !== 'database_url');
const terminal = new OpenTerminal({
  file: process.execPath,
  args: [
    at('bin/runbook.js'),
    ...['run', fault.runbook],
    ...inputs.flatMap(([name, value]) => ['--input', `${name}=${value}`]),
  ],
  env: {
    PATH: process.env.PATH ?? '',
    HOME: home,
    RUNBOOK_OPERATOR: 'kim',
    DATABASE_URL: fault.inputs.database_url ?? '',
  },
  columns: 110,
  rows: 31,
});
try {
  await terminal.waitFor('── Next ──');
  terminal.type('a');
  await terminal.waitFor('Type shop to run it:');
  terminal.type('sho');
  await terminal.waitFor('run it: sho');
  await writeFile(at('docs/operate/screen.svg'), screenSvg(terminal.cells()));
} finally {
  await terminal.close();
  await fault.stop();
  await rm(home, { recursive: true });
}
