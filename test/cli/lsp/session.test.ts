import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { LAUNCHER } from '../../support/built-command.ts';
import { Editor } from '../../support/editor.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

test('a session ends with 0 after shutdown and exit', async () => {
  const editor = await Editor.start(temporaryFolder());
  expect(await editor.quit()).toBe(0);
});

test('an exit without a shutdown ends with 1', async () => {
  const editor = await Editor.start(temporaryFolder());
  await editor.connection.sendNotification('exit');
  expect(await editor.exited).toBe(1);
});

test('the server ends when its editor is gone', async () => {
  const editor = await Editor.start(temporaryFolder());
  editor.process.stdin?.destroy();
  expect(await editor.exited).toBe(1);
});

test('the server ends when its editor was killed', async () => {
  // The shell is the editor; what it started inherits no end of its pipe.
  const script = `exec 3> >(exec "$0" "$1" lsp >/dev/null); echo $!; read -r _`;
  const shell = spawn('bash', ['-c', script, process.execPath, LAUNCHER], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const [pid] = (await once(shell.stdout, 'data')) as [Buffer];
  const server = Number(String(pid));
  expect(isAlive(server)).toBe(true);
  shell.kill('SIGKILL');
  await expect.poll(() => isAlive(server), { timeout: 60_000 }).toBe(false);
});

test('no other command loads the server: its packages are in a chunk that is loaded on demand', () => {
  const meta = JSON.parse(readFileSync('dist/meta.json', 'utf8')) as {
    outputs: Record<string, { inputs: object; imports: readonly { path: string; kind: string }[] }>;
  };
  const own = Object.entries(meta.outputs)
    .filter(([, { inputs }]) => Object.keys(inputs).some((path) => path.includes('/vscode-')))
    .map(([path]) => path);
  const loads = Object.values(meta.outputs)
    .flatMap(({ imports }) => imports)
    .filter(({ path }) => own.includes(path));
  expect(loads.map(({ kind }) => kind)).toEqual(['dynamic-import']);
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
