import { expect, test, vi } from 'vitest';
import { createShellExecutor } from '#steps/shell/executor.ts';
import { isRunning, resultOf, runScript, scriptAction } from '../../support/run-script.ts';

/** A child and a grandchild that ignore SIGTERM; prints both process ids, then waits. */
const STUBBORN = `
  trap '' TERM
  bash -c 'trap "" TERM; echo $$; bash -c "trap \\"\\" TERM; echo \\$\\$; sleep 600; :"; :' &
  wait; wait; sleep 600
`;

function collectPids(): { pids: number[]; onOutput: (stream: string, chunk: Buffer) => void } {
  let text = '';
  const pids: number[] = [];
  return {
    pids,
    onOutput: (_, chunk) => {
      text += chunk;
      pids.splice(0, pids.length, ...(text.match(/\d+\n/g) ?? []).map(Number));
    },
  };
}

test('a timeout ends the whole group, grandchildren that ignore SIGTERM too', async () => {
  const { pids, onOutput } = collectPids();
  const outcome = await runScript(STUBBORN, {
    onOutput,
    timeoutMs: 1_000,
    executor: { graceMs: 200 },
  });
  expect(outcome).toMatchObject({
    status: 'failed',
    error: { kind: 'timeout', message: 'the script did not end within 1 s' },
  });
  expect(pids).toHaveLength(2);
  expect(pids.filter(isRunning)).toEqual([]);
});

test('the operator ends the whole group, and the executor waits until it is gone', async () => {
  const { pids, onOutput } = collectPids();
  const controller = new AbortController();
  const outcome = runScript(STUBBORN, {
    onOutput,
    signal: controller.signal,
    readOnly: false,
    executor: { graceMs: 200 },
  });
  await vi.waitFor(() => expect(pids).toHaveLength(2), 5_000);
  controller.abort();
  expect(await outcome).toMatchObject({ status: 'unknown', error: { kind: 'cancelled' } });
  expect(pids.filter(isRunning)).toEqual([]);
});

test('processes get the time to end in order', async () => {
  const script = `trap 'echo cleaned up; exit 0' TERM; echo ready; while :; do sleep 0.05; done`;
  const controller = new AbortController();
  const outcome = runScript(script, {
    signal: controller.signal,
    onOutput: () => controller.abort(),
  });
  expect(await resultOf(outcome)).toMatchObject({ stdout: 'ready\ncleaned up\n', exit_code: 0 });
  expect(await outcome).toMatchObject({ status: 'failed', error: { kind: 'cancelled' } });
});

test('a process in the background that keeps the output open is ended in time and named', async () => {
  const { pids, onOutput } = collectPids();
  const outcome = await runScript('sleep 600 & echo $!', { onOutput, timeoutMs: 500 });
  expect(outcome).toMatchObject({
    status: 'failed',
    error: { kind: 'timeout', hint: expect.stringMatching(/in the background/) },
    result: { exit_code: 0 },
  });
  expect(pids.filter(isRunning)).toEqual([]);
});

test('a process that left the group cannot hold up the end of the step, nor print after it', async () => {
  const { pids, onOutput } = collectPids();
  const chatty = 'echo $$; while sleep 0.02; do echo late; done';
  const outcome = await runScript(`setsid bash -c '${chatty}' &`, { onOutput, timeoutMs: 500 });
  expect(outcome).toMatchObject({ status: 'failed', error: { kind: 'timeout' } });
  await vi.waitFor(() => expect(pids.filter(isRunning)).toEqual([]), 5_000);
});

test('a service that a script started with its output elsewhere goes on', async () => {
  const { pids, onOutput } = collectPids();
  const outcome = await runScript('sleep 600 > /dev/null 2>&1 & echo $!', { onOutput });
  expect(outcome.status).toBe('succeeded');
  expect(pids.filter(isRunning)).toHaveLength(1);
  for (const pid of pids) process.kill(pid, 'SIGKILL');
});

test('closing the executor ends what still runs', async () => {
  const executor = createShellExecutor();
  const started = Promise.withResolvers<void>();
  const outcome = executor.execute(scriptAction('echo started; sleep 600'), {
    signal: new AbortController().signal,
    onOutput: () => started.resolve(),
  });
  await started.promise;
  await executor.close();
  await executor.close();
  expect(await outcome).toMatchObject({ status: 'failed', error: { kind: 'cancelled' } });
});

test('a receiver that fails ends the script, and its error is not lost', async () => {
  const { pids, onOutput } = collectPids();
  const outcome = runScript('echo $$; sleep 600', {
    onOutput: (stream, chunk) => {
      onOutput(stream, chunk);
      throw new Error('disk full');
    },
  });
  await expect(outcome).rejects.toThrow('disk full');
  expect(pids).toHaveLength(1);
  expect(pids.filter(isRunning)).toEqual([]);
});
