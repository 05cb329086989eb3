import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { isRunning } from '../../support/run-script.ts';
import { isRoot, type SshServer, sshd, sshHost, startSshServer } from '../../support/ssh-server.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

/** A child and a grandchild that ignore SIGTERM; prints three process ids, then waits. */
const STUBBORN = `
  trap '' TERM; echo $$
  bash -c 'trap "" TERM; echo $$; bash -c "trap \\"\\" TERM; echo \\$\\$; sleep 600; :"; :' &
  wait; wait; sleep 600
`;

function collectPids() {
  let text = '';
  const pids: number[] = [];
  return {
    pids,
    onOutput: (_: unknown, chunk: Buffer) => {
      text += chunk;
      pids.splice(0, pids.length, ...(text.match(/\d+\n/g) ?? []).map(Number));
    },
  };
}

function gone(pids: readonly number[]): Promise<void> {
  return vi.waitFor(() => expect(pids.filter(isRunning)).toEqual([]), 10_000);
}

describe.skipIf(sshd === undefined)(
  '(sh bin/test-servers.sh) a script on a host that ssh reaches',
  () => {
    let server: SshServer;

    beforeAll(async () => {
      server = await startSshServer();
    });

    afterAll(() => server.stop());

    test('is ended there with all it has started when its time is over', async () => {
      const { pids, onOutput } = collectPids();
      const outcome = await sshHost(server, 'lab', 200).run(STUBBORN, {
        onOutput,
        timeoutMs: 5_000,
      });
      expect(outcome).toMatchObject({
        status: 'failed',
        error: { kind: 'timeout', message: 'the script did not end within 5 s' },
      });
      expect(pids).toHaveLength(3);
      expect(pids.filter(isRunning)).toEqual([]);
    });

    test('is ended there with what outlives it', async () => {
      const { pids, onOutput } = collectPids();
      const script = `bash -c 'trap "" TERM; echo $$; sleep 600; :' & sleep 600`;
      await sshHost(server, 'lab', 500).run(script, { onOutput, timeoutMs: 5_000 });
      expect(pids).toHaveLength(1);
      expect(pids.filter(isRunning)).toEqual([]);
    });

    test('is ended there by the operator, and what it did is not known', async () => {
      const { pids, onOutput } = collectPids();
      const controller = new AbortController();
      const outcome = sshHost(server, 'lab', 200).run(STUBBORN, {
        onOutput,
        signal: controller.signal,
        readOnly: false,
      });
      await vi.waitFor(() => expect(pids).toHaveLength(3), 10_000);
      controller.abort();
      expect(await outcome).toMatchObject({ status: 'unknown', error: { kind: 'cancelled' } });
      expect(pids.filter(isRunning)).toEqual([]);
    });

    test('gets the time to end in order', async () => {
      const script = `trap 'echo cleaned up; exit 0' TERM; echo ready; while :; do sleep 0.05; done`;
      const controller = new AbortController();
      const outcome = await sshHost(server).run(script, {
        signal: controller.signal,
        onOutput: () => controller.abort(),
      });
      expect(outcome).toMatchObject({
        error: { kind: 'cancelled' },
        result: { stdout: 'ready\ncleaned up\n', exit_code: 0 },
      });
    });

    test('is ended while it leaves a large input unread', async () => {
      const { pids, onOutput } = collectPids();
      const outcome = await sshHost(server).run('echo $$; sleep 600', {
        onOutput,
        stdin: 'x'.repeat(1_000_000),
        timeoutMs: 5_000,
      });
      expect(outcome).toMatchObject({ status: 'failed', error: { kind: 'timeout' } });
      expect(pids.filter(isRunning)).toEqual([]);
    });

    test('that left a process in the background with its output open is ended with it, and told so', async () => {
      const { pids, onOutput } = collectPids();
      const outcome = await sshHost(server).run('sleep 600 & echo $!', {
        onOutput,
        timeoutMs: 5_000,
      });
      expect(outcome).toMatchObject({
        status: 'failed',
        error: { kind: 'timeout', hint: expect.stringMatching(/in the background/) },
        result: { exit_code: 0 },
      });
      expect(pids).toHaveLength(1);
      await gone(pids);
    });

    test('may leave a service there', async () => {
      const { pids, onOutput } = collectPids();
      const { executor, run } = sshHost(server);
      const outcome = await run('sleep 600 > /dev/null 2>&1 & echo $!', { onOutput });
      expect(outcome.status).toBe('succeeded');
      await executor.close();
      expect(pids.filter(isRunning)).toHaveLength(1);
      for (const pid of pids) process.kill(pid, 'SIGKILL');
    });

    test('ends when its executor is closed', async () => {
      const { pids, onOutput } = collectPids();
      const { executor, run } = sshHost(server);
      const outcome = run('echo $$; sleep 600', { onOutput });
      await vi.waitFor(() => expect(pids).toHaveLength(1), 10_000);
      await executor.close();
      expect(await outcome).toMatchObject({ status: 'failed', error: { kind: 'cancelled' } });
      expect(pids.filter(isRunning)).toEqual([]);
    });

    test.skipIf(!isRoot).each([
      [true, 'failed'],
      [false, 'unknown'],
    ])(
      '(as root) whose connection is lost is ended there; only read: %s, so it has %s',
      async (readOnly, status) => {
        const { pids, onOutput } = collectPids();
        const before = sessionsOf(server);
        const outcome = sshHost(server, 'lab', 200).run('echo $$; sleep 600', {
          onOutput,
          readOnly,
        });
        await vi.waitFor(() => expect(pids).toHaveLength(1), 10_000);
        for (const pid of sessionsOf(server))
          if (!before.includes(pid)) process.kill(pid, 'SIGKILL');
        expect(await outcome).toMatchObject({
          status,
          error: {
            kind: 'reset',
            phase: 'query',
            message: 'the connection to ssh lab was lost while the script ran',
          },
        });
        await gone(pids);
      },
    );

    test('is ended there when this program is killed', async () => {
      const program = `
      import { createRemoteExecutor } from './src/steps/remote/executor.ts';
      import { createSshClient } from './src/steps/remote/ssh.ts';
      const executor = createRemoteExecutor({ client: createSshClient({ destination: 'lab', env: process.env }) });
      await executor.execute(
        { kind: 'shell', target: 'web', script: 'echo $$; sleep 600', env: {}, okExit: [0], parse: 'text', timeoutMs: 60_000 },
        { signal: new AbortController().signal, onOutput: (_, chunk) => {
          process.stdout.write(chunk, () => process.kill(process.pid, 'SIGKILL'));
        } },
      );`;
      const args = ['--input-type=module-typescript', '--eval', program];
      const pid = Number(printedBy(args, { ...server.env, TMPDIR: temporaryFolder() }));
      expect(pid).toBeGreaterThan(0);
      await gone([pid]);
    });
  },
);

function printedBy(args: readonly string[], env: SshServer['env']): string {
  try {
    return execFileSync(process.execPath, args, { encoding: 'utf8', env: { ...env } });
  } catch (error) {
    return (error as { stdout: string }).stdout;
  }
}

/** The processes of sshd that serve one connection each. */
function sessionsOf({ pid }: SshServer): readonly number[] {
  const children = execFileSync('ps', ['-eww', '-o', 'pid,ppid'], { encoding: 'utf8' })
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number));
  return children.flatMap(([child = 0, parent]) => (parent === pid ? [child] : []));
}
