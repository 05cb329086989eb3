import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

// npm run proof:release -- [TESTS…]   makes a release, installs its package, and runs the tests that start the command with its single file.
const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));

/** The folders and files whose tests start the command. */
const TESTS = [
  ...['test/cli', 'test/e2e', 'test/serve', 'test/docs/authoring.test.ts'],
  ...['test/rehearsal/command.test.ts', 'test/team/command.test.ts'],
];

const folder = await mkdtemp(join(tmpdir(), 'runbook-proof-'));
try {
  await node([at('bin/release.js'), folder]);
  const suffix = `-${process.platform}-${process.arch}`;
  const file = join(folder, (await readdir(folder)).find((name) => name.endsWith(suffix)) ?? '');
  const launcher = join(folder, 'launcher.mjs');
  await writeFile(
    launcher,
    `// Node says that this is new.\nprocess.emitWarning = () => {};\nconst file = ${JSON.stringify(file)};\nprocess.execve(file, [file, ...process.argv.slice(2)], process.env);\n`,
  );
  if (process.getuid?.() === 0) {
    const smoke = spawn('unshare', ['--mount', 'sh', at('bin/release/smoke.sh'), folder], {
      stdio: 'inherit',
    });
    const [failed] = await once(smoke, 'exit');
    if (failed !== 0) throw new Error('the package does not work where it is installed');
  } else process.stdout.write('only root can try the package in a copy of the system: skipped\n');
  const named = process.argv.slice(2);
  const args = [at('node_modules/vitest/vitest.mjs'), 'run', ...(named.length > 0 ? named : TESTS)];
  process.exitCode = await node(args, { RUNBOOK_LAUNCHER: launcher });
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function node(args, env = {}) {
  const child = spawn(process.execPath, args, {
    ...{ cwd: at(''), stdio: 'inherit', env: { ...process.env, ...env } },
  });
  const [code] = await once(child, 'exit');
  return code;
}
