import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { quoteShell } from '#safety/actions/quote-shell.ts';
import { resultOf } from '../../support/run-script.ts';
import {
  LOGIN_SHELLS,
  type SshServer,
  sshd,
  sshHost,
  startSshServer,
} from '../../support/ssh-server.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

/** Whatever a shell on the way could take for something else. */
const HOSTILE = [
  `it's "quoted"`,
  'two\nlines\r\n',
  '$(touch pwned) `touch pwned` ${HOME} $HOME',
  '* ? [a-z] ~ {a,b}',
  '-rf',
  '--',
  '!! !$ ^a^b',
  '\\ \\\\ \\n \t',
  'é € 😀 ‮',
  '; exit 9 & | > /dev/null < x # end',
  '',
  '%s %n',
  '@(x)',
];

describe.skipIf(sshd === undefined)(
  '(sh bin/test-servers.sh) a script on a host that ssh reaches',
  () => {
    let server: SshServer;

    beforeAll(async () => {
      server = await startSshServer();
    });

    afterAll(() => server.stop());

    test.each(LOGIN_SHELLS)(
      'gets every value as it is, with %s as the login shell',
      async (shell) => {
        const script = `cd ${quoteShell(temporaryFolder())}; printf '%s\\0' ${HOSTILE.map(quoteShell).join(' ')}; ls -A`;
        const env = Object.fromEntries(HOSTILE.map((value, i) => [`VALUE_${i}`, value]));
        const { run } = sshHost(server, `lab-${shell}`);
        const given = await resultOf(run(script));
        expect(given).toMatchObject({ stdout: `${HOSTILE.join('\0')}\0`, exit_code: 0 });
        const names = Object.keys(env).map((name) => `"$${name}"`);
        const exported = await resultOf(run(`printf '%s\\0' ${names.join(' ')}`, { env }));
        expect(exported).toMatchObject({ stdout: `${HOSTILE.join('\0')}\0`, exit_code: 0 });
      },
    );

    test('may be 100 KB long', async () => {
      const text = 'é€x\'"$`\\'.repeat(9_000);
      const { stdout } = await resultOf(
        sshHost(server).run(`printf %s ${quoteShell(text)} | wc -c`),
      );
      expect(Number(stdout)).toBe(Buffer.byteLength(text));
    });

    test('that comes too late does not begin, by the time since its bash began', async () => {
      const folder = temporaryFolder();
      const run = (file: string, ms: number) =>
        sshHost(server).run(`touch ${quoteShell(join(folder, file))}`, {
          ...{ readOnly: false, mayStart: async () => Date.now() + ms },
        });
      expect(await run('late', 500)).toEqual({
        status: 'failed',
        error: {
          kind: 'cancelled',
          begun: false,
          message: 'never started: another worker may have the run by now',
        },
      });
      expect(await run('in-time', 60_000)).toMatchObject({ status: 'succeeded' });
      expect(readdirSync(folder)).toEqual(['in-time']);
    });

    test('that is too long for bash is refused before anything is sent', async () => {
      const before = server.logins();
      const outcome = await sshHost(server).run(`: ${'x'.repeat(131_072)}`, { readOnly: false });
      expect(outcome).toMatchObject({ status: 'failed', error: { kind: 'config' } });
      expect(server.logins()).toBe(before);
    });

    test('reads megabytes of any bytes from its input, beside its variables', async () => {
      const stdin = '\0\x01\n\r{é😀'.repeat(300_000);
      const digest = createHash('md5').update(stdin).digest('hex');
      const outcome = sshHost(server).run('md5sum; echo "$SAID"', { stdin, env: { SAID: 'so' } });
      expect((await resultOf(outcome)).stdout).toBe(`${digest}  -\nso\n`);
    });

    test('that does not read its input ends well', async () => {
      const outcome = await sshHost(server).run('echo done', { stdin: 'x'.repeat(2_000_000) });
      expect(outcome).toMatchObject({ status: 'succeeded', result: { stdout: 'done\n' } });
    });

    test('has no input when the action gives none', async () => {
      const { stdout } = await resultOf(sshHost(server).run('cat; readlink /proc/self/fd/0'));
      expect(stdout).toBe('/dev/null\n');
    });

    test('prints megabytes, both streams apart and as they are', async () => {
      const bytes = { stdout: 0, stderr: 0 };
      const hash = createHash('md5');
      const outcome = await sshHost(server).run(
        'head -c 3000000 /dev/zero; for i in {1..20000}; do echo "{brace} $i" >&2; done',
        {
          onOutput: (stream, chunk) => {
            bytes[stream] += chunk.length;
            if (stream === 'stderr') hash.update(chunk);
          },
        },
      );
      const said = Array.from({ length: 20_000 }, (_, i) => `{brace} ${i + 1}\n`).join('');
      expect(outcome.status).toBe('succeeded');
      expect(bytes).toEqual({ stdout: 3_000_000, stderr: said.length });
      expect(hash.digest('hex')).toBe(createHash('md5').update(said).digest('hex'));
    });

    test('shows its variables and its input on no command line, here or there', async () => {
      const canary = 'canary-b7f3';
      const looked = join(temporaryFolder(), 'looked');
      let seen: readonly string[] = [];
      const script = `echo started; read -r line; until test -e ${looked}; do sleep 0.05; done; echo "$line \${#SECRET}"`;
      const outcome = await sshHost(server).run(script, {
        env: { SECRET: canary },
        stdin: `${canary}-input\n`,
        onOutput: (_, chunk) => {
          if (!chunk.includes('started')) return;
          seen = execFileSync('ps', ['-eww', '-o', 'args'], { encoding: 'utf8' }).split('\n');
          writeFileSync(looked, '');
        },
      });
      expect(outcome).toMatchObject({ result: { stdout: `started\n${canary}-input 11\n` } });
      expect(seen.filter((line) => line.includes('echo started')).length).toBeGreaterThan(0);
      expect(seen.filter((line) => line.includes(canary))).toEqual([]);
    });

    test('runs in the folder that is asked for, and says when there is none', async () => {
      const folder = temporaryFolder();
      const { run } = sshHost(server);
      expect(await resultOf(run('pwd', { cwd: folder }))).toMatchObject({ stdout: `${folder}\n` });
      expect(await run('touch here', { cwd: '/no/such folder', readOnly: false })).toEqual({
        status: 'failed',
        error: {
          ...{ kind: 'not_found', begun: false },
          message: 'there is no folder /no/such folder in ssh lab',
        },
      });
    });

    test.each([
      ['exit 255', { kind: 'exit', code: '255' }],
      ['exit 3', { kind: 'exit', code: '3' }],
      ['echo broken >&2; exit 4', { kind: 'exit', message: 'exit 4: broken' }],
      ['no-such-command', { kind: 'not_found', code: '127' }],
      ['/etc/passwd', { kind: 'no_permission', code: '126' }],
      ['echo "$NO_SUCH_VARIABLE"', { kind: 'exit', code: '1' }],
      ['false | true', { kind: 'exit', code: '1' }],
      ['echo a\nif then', { kind: 'syntax', message: expect.stringMatching(/^line 2: /) }],
      ['kill -9 $$', { kind: 'signal', code: 'SIGKILL' }],
      [`sh -c 'kill -TERM $$'; :`, { kind: 'signal', code: 'SIGTERM' }],
    ])('tells how it ended: %s', async (script, error) => {
      expect(await sshHost(server).run(script)).toMatchObject({ status: 'failed', error });
    });

    test('may end with any code that the runbook allows', async () => {
      const outcome = await sshHost(server).run('exit 255', { okExit: [255] });
      expect(outcome).toMatchObject({ status: 'succeeded', result: { exit_code: 255 } });
    });

    test('has its output parsed', async () => {
      const { run } = sshHost(server);
      expect(await run('echo \'{"a": [1]}\'', { parse: 'json' })).toMatchObject({
        status: 'succeeded',
        result: { json: { a: [1] } },
      });
    });

    test('is not disturbed by what the login shell prints first', async () => {
      const outcome = sshHost(server, 'lab-noisy').run('echo mine; echo my error >&2');
      expect(await resultOf(outcome)).toMatchObject({ stdout: 'mine\n', stderr: 'my error\n' });
    });

    test('shares one connection with the others, which is let go at the end', async () => {
      const before = server.logins();
      const { executor, run } = sshHost(server);
      await Promise.all([run('echo 1'), run('echo 2'), run('echo 3')]);
      expect(await run('echo 4')).toMatchObject({ status: 'succeeded' });
      expect(server.logins() - before).toBe(1);
      expect(mastersOf(server)).toHaveLength(1);
      await executor.close();
      await vi.waitFor(() => expect(mastersOf(server)).toEqual([]), 5_000);
    });

    test('finds a new connection when the old one was lost', async () => {
      const before = server.logins();
      const { run } = sshHost(server);
      await run('true');
      for (const pid of mastersOf(server)) process.kill(pid, 'SIGKILL');
      await vi.waitFor(() => expect(mastersOf(server)).toEqual([]), 5_000);
      expect(await run('echo again')).toMatchObject({ status: 'succeeded' });
      expect(server.logins() - before).toBe(2);
    });
  },
);

/** The clients in the background that hold a connection to the server. */
function mastersOf(server: SshServer): readonly number[] {
  return execFileSync('ps', ['-eww', '-o', 'pid,args'], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes(`-F ${server.folder}/config`) || line.includes('[mux]'))
    .filter((line) => line.includes('ControlMaster=yes') || line.includes('[mux]'))
    .filter((line) => belongsTo(Number.parseInt(line, 10), server))
    .map((line) => Number.parseInt(line, 10));
}

function belongsTo(pid: number, { folder }: SshServer): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1').includes(folder);
  } catch {
    return false;
  }
}
