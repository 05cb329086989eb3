import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { resultOf, runScript } from '../../support/run-script.ts';

function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'runbook-shell-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

test('a script that ends well gives its output and exit code', async () => {
  expect(await runScript('echo out; echo err >&2')).toEqual({
    status: 'succeeded',
    result: { stdout: 'out\n', stderr: 'err\n', exit_code: 0, signal: null },
  });
});

test('output is handed on as it arrives, each stream in order', async () => {
  const seen: string[] = [];
  await runScript('echo 1; sleep 0.2; echo 2 >&2; sleep 0.2; echo 3', {
    onOutput: (stream, chunk) => seen.push(`${stream}: ${chunk}`),
  });
  expect(seen).toEqual(['stdout: 1\n', 'stderr: 2\n', 'stdout: 3\n']);
});

test.each([
  ['exit', 'echo broken >&2; exit 3', { kind: 'exit', code: '3', message: 'exit 3: broken' }],
  ['a sentence', 'echo "It broke." >&2; exit 3', { kind: 'exit', message: 'exit 3: It broke' }],
  ['an ellipsis', 'echo "hm..." >&2; exit 3', { kind: 'exit', message: 'exit 3: hm...' }],
  ['no word', 'exit 4', { kind: 'exit', code: '4', message: 'the script ended with exit code 4' }],
  ['unknown command', 'no-such-command', { kind: 'not_found', code: '127' }],
  ['not executable', '/etc/passwd', { kind: 'no_permission', code: '126' }],
  [
    'syntax',
    'echo a\nif then',
    { kind: 'syntax', code: '2', message: expect.stringMatching(/^line 2: /) },
  ],
  ['a signal', 'kill -9 $$', { kind: 'signal', code: 'SIGKILL' }],
  ['a signal to a command', `sh -c 'kill -9 $$'; :`, { kind: 'signal', code: 'SIGKILL' }],
  ['no folder', 'true', { kind: 'not_found', message: expect.stringMatching(/no-such-folder/) }],
  ['too long', `: ${'x'.repeat(200_000)}`, { kind: 'config', code: 'E2BIG' }],
])('a failure is told apart: %s', async (name, script, error) => {
  const cwd = name === 'no folder' ? '/no-such-folder' : undefined;
  expect(await runScript(script, { cwd })).toMatchObject({ status: 'failed', error });
});

test('a script that comes too late does not begin, and one in time does', async () => {
  const folder = folderWith({});
  const run = (file: string, ms: number) =>
    runScript(`touch ${join(folder, file)}; exit 111`, { mayStart: async () => Date.now() + ms });
  expect(await run('late', -2_000)).toEqual({
    status: 'failed',
    error: {
      ...{ kind: 'cancelled', begun: false },
      message: 'never started: another worker may have the run by now',
    },
  });
  expect(await run('in-time', 10_000)).toMatchObject({ error: { kind: 'exit', code: '111' } });
  expect(readdirSync(folder)).toEqual(['in-time']);
  const refusing = runScript(`touch ${join(folder, 'refused')}`, {
    mayStart: () => Promise.reject(new Error('the lease has expired')),
  });
  await expect(refusing).rejects.toThrow('the lease has expired');
  expect(readdirSync(folder)).toEqual(['in-time']);
});

test('exit codes that the runbook allows are no failure', async () => {
  const outcome = await runScript('grep -q needle /dev/null', { okExit: [0, 1] });
  expect(outcome).toMatchObject({ status: 'succeeded', result: { exit_code: 1 } });
});

test.each([
  ['a failed command', 'false; echo went on'],
  ['a failed command in a pipe', 'false | cat; echo went on'],
  ['a variable that is not set', 'echo "$NO_SUCH_VARIABLE"; echo went on'],
])('%s ends the script', async (_, script) => {
  const outcome = await runScript(script);
  expect(outcome).toMatchObject({ status: 'failed', error: { kind: 'exit' } });
  expect(outcome.result?.stdout).toBe('');
});

test('a change that a signal ended halfway is unknown, one that says it failed has failed', async () => {
  expect(await runScript('kill -9 $$', { readOnly: false })).toMatchObject({ status: 'unknown' });
  expect(await runScript('exit 1', { readOnly: false })).toMatchObject({ status: 'failed' });
});

test('standard input is what the action gives, and nothing otherwise', async () => {
  expect(await resultOf(runScript('cat', { stdin: 'given\n' }))).toMatchObject({
    stdout: 'given\n',
  });
  const none = await resultOf(runScript('cat; readlink /proc/self/fd/0; test ! -t 0'));
  expect(none).toMatchObject({ stdout: '/dev/null\n', exit_code: 0 });
});

test('a script that does not read its input ends well', async () => {
  const outcome = await runScript('true', { stdin: 'x'.repeat(1_000_000) });
  expect(outcome.status).toBe('succeeded');
});

test('a script has no terminal to ask at', async () => {
  const { stdout } = await resultOf(runScript('(: < /dev/tty) 2>&1 || echo "no terminal"'));
  expect(stdout).toMatch(/no terminal/);
});

test('a script gets the tools’ environment, without secrets and without what changes bash', async () => {
  const folder = folderWith({ 'startup.sh': 'echo "read at startup"', '.bashrc': 'echo "bashrc"' });
  const { stdout } = await resultOf(
    runScript('env | cut -d= -f1', {
      stdin: 'input makes bash look for a remote shell daemon',
      env: { GIVEN: 'by the action' },
      executor: {
        env: {
          ...{ PATH: process.env.PATH, HOME: folder, LANG: 'C', LC_ALL: 'C', TZ: 'UTC' },
          ...{
            KUBECONFIG: '/k',
            PGHOST: 'db1',
            PGPASSWORD: 'hunter2',
            DATABASE_URL: 'postgres://',
          },
          ...{ BASH_ENV: join(folder, 'startup.sh'), TMOUT: '1', AWS_SECRET_ACCESS_KEY: 'x' },
          ...{ 'BASH_FUNC_ls%%': '() { echo hijacked; }', LD_PRELOAD: '/x.so' },
        },
      },
    }),
  );
  expect(new Set(stdout.trim().split('\n'))).toEqual(
    new Set(
      'GIVEN HOME KUBECONFIG LANG LC_ALL PATH PGHOST PWD SHLVL TZ _'.split(' ').filter(Boolean),
    ),
  );
});

test('variables of this program that steer zx have no effect', () => {
  const program = `
    import { createShellExecutor } from './src/steps/shell/executor.ts';
    const outcome = await createShellExecutor().execute(
      { kind: 'shell', target: 'local', script: 'false; echo went on', env: {}, okExit: [0], parse: 'text', timeoutMs: 9_000 },
      { signal: new AbortController().signal, onOutput: () => {} },
    );
    console.log(JSON.stringify(outcome.result));`;
  const steering = { ZX_PREFIX: 'echo hijacked;', ZX_POSTFIX: ';echo too', ZX_VERBOSE: 'true' };
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ['--input-type=module-typescript', '--eval', program],
    { env: { PATH: process.env.PATH, ...steering }, encoding: 'utf8' },
  );
  expect(stderr).toBe('');
  expect(JSON.parse(stdout)).toEqual({ stdout: '', stderr: '', exit_code: 1, signal: null });
});

test('a script that was ended before it began never runs', async () => {
  const outcome = await runScript('echo ran', { signal: AbortSignal.abort(), readOnly: false });
  expect(outcome).toMatchObject({ status: 'failed', error: { kind: 'cancelled', begun: false } });
  expect(outcome.result).toBeUndefined();
});
