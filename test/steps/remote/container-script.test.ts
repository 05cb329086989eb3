import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { quoteShell } from '#safety/actions/quote-shell.ts';
import type { Client } from '#steps/remote/client.ts';
import { createDockerClient } from '#steps/remote/docker.ts';
import { createRemoteExecutor } from '#steps/remote/executor.ts';
import { createKubernetesClient } from '#steps/remote/kubernetes.ts';
import { isRunning, resultOf, type ScriptSetting, scriptAction } from '../../support/run-script.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

/**
 * A program that stands in for docker or kubectl: it writes down its arguments and its input, and runs
 * the command after `--` (docker's own name for the container comes first) with what it was given.
 */
const STAND_IN = `#!/bin/bash
printf '%s\\0' "$@" > "$RECORD/arguments"
[ -z "$SAYS" ] || { printf '%s\\n' "$SAYS" >&2; exit 1; }
echo 'Defaulted container "app" out of: app, proxy' >&2
while [ "$1" != -- ]; do shift; done
shift
[ "\${0##*/}" = kubectl ] || shift
tee "$RECORD/input" | "$@"
exit "\${PIPESTATUS[1]}"
`;

type StandIn = { readonly folder: string; readonly env: Record<string, string | undefined> };

function standIn(program: 'docker' | 'kubectl', says = ''): StandIn {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'bin'));
  const file = join(folder, 'bin', program);
  // What scripts get of the environment is a fixed list: the stand-in is told in its own text.
  const told = `RECORD=${quoteShell(folder)}\nSAYS=${quoteShell(says)}\n`;
  writeFileSync(file, STAND_IN.replace('\n', `\n${told}`));
  chmodSync(file, 0o755);
  return { folder, env: { ...process.env, PATH: `${join(folder, 'bin')}:${process.env.PATH}` } };
}

function run(client: Client, { env }: StandIn, script: string, setting: ScriptSetting = {}) {
  const { signal, onOutput, executor: _, ...parts } = setting;
  const executor = createRemoteExecutor({ client, env, graceMs: 300 });
  onTestFinished(() => executor.close());
  return executor.execute(scriptAction(script, parts), {
    signal: signal ?? new AbortController().signal,
    onOutput: onOutput ?? (() => {}),
  });
}

function argumentsOf({ folder }: StandIn): readonly string[] {
  return readFileSync(join(folder, 'arguments'), 'utf8').split('\0').slice(0, -1);
}

const DOCKER = { program: 'docker', client: createDockerClient('orders-db') } as const;
const KUBECTL = {
  program: 'kubectl',
  client: createKubernetesClient({
    context: 'prod',
    namespace: 'shop',
    workload: { kind: 'deployment', name: 'orders' },
    container: 'app',
  }),
} as const;

describe.each([DOCKER, KUBECTL])('a script behind $program', ({ program, client }) => {
  test('gets every value as it is, and none of them is an argument', async () => {
    const stand = standIn(program);
    const hostile = [`it's "x"`, 'a\nb', '$(id)`id`', '*', '-rf', 'é😀', ''];
    const outcome = run(
      client,
      stand,
      `printf '%s\\0' ${hostile.map(quoteShell).join(' ')} "$V"; cat`,
      {
        env: { V: 'canary-1' },
        stdin: '\0canary-2{\n'.repeat(20_000),
      },
    );
    const { stdout, stderr, exit_code } = await resultOf(outcome);
    expect(stdout).toContain(`${hostile.join('\0')}\0canary-1\0\0canary-2{\n`);
    expect({ stderr, exit_code }).toEqual({ stderr: '', exit_code: 0 });
    const given = argumentsOf(stand).join(' ');
    expect(given).not.toMatch(/canary|printf '%s/);
    expect(readFileSync(join(stand.folder, 'input'), 'utf8')).toContain('canary-1');
  });

  test('has no input of its own, runs in its folder, and its output is parsed', async () => {
    const outcome = await run(client, standIn(program), 'cat; pwd', {
      cwd: '/usr',
      parse: 'lines',
    });
    expect(outcome).toMatchObject({ status: 'succeeded', result: { lines: ['/usr'] } });
  });

  test.each([
    ['exit 3', { kind: 'exit', code: '3' }],
    ['no-such-command', { kind: 'not_found', code: '127' }],
    ['kill -9 $$', { kind: 'signal', code: 'SIGKILL' }],
  ])('tells how it ended: %s', async (script, error) => {
    expect(await run(client, standIn(program), script)).toMatchObject({ status: 'failed', error });
  });

  test('is ended with all it has started when its time is over', async () => {
    const pids: number[] = [];
    const outcome = await run(
      client,
      standIn(program),
      'sleep 600 & echo $!; trap "" TERM; wait; wait',
      {
        timeoutMs: 3_000,
        onOutput: (_, chunk) => void pids.push(Number(chunk)),
        readOnly: false,
      },
    );
    expect(outcome).toMatchObject({ status: 'unknown', error: { kind: 'timeout' } });
    expect(pids).toHaveLength(1);
    expect(pids.filter(isRunning)).toEqual([]);
  });

  test('was never sent to a client that cannot reach it', async () => {
    const stand = standIn(program, 'something else went wrong');
    const outcome = await run(client, stand, 'echo secret', { readOnly: false });
    expect(outcome).toEqual({
      status: 'failed',
      error: { kind: 'unknown', begun: false, message: 'something else went wrong' },
    });
  });

  test('needs the client', async () => {
    const stand = { folder: '', env: { PATH: temporaryFolder() } };
    expect(await run(client, stand, 'true')).toMatchObject({
      error: { kind: 'not_found', message: `${program} was not found on the PATH` },
    });
  });
});

test('docker is told the container, and that nothing after it is an option', async () => {
  const stand = standIn('docker');
  await run(DOCKER.client, stand, 'true');
  expect(argumentsOf(stand).slice(0, 5)).toEqual(['exec', '-i', '--', 'orders-db', 'bash']);
});

test('kubectl is told context, namespace, container and workload', async () => {
  const stand = standIn('kubectl');
  await run(KUBECTL.client, stand, 'true');
  expect(argumentsOf(stand).slice(0, 8)).toEqual([
    ...['exec', '-i', '--context=prod', '--namespace=shop', '--container=app'],
    ...['deployment/orders', '--', 'bash'],
  ]);
});

test('what a container does not have is said in its name', async () => {
  const says =
    'OCI runtime exec failed: exec failed: unable to start container process: exec: "bash": executable file not found in $PATH: unknown';
  expect(await run(DOCKER.client, standIn('docker', says), 'true')).toMatchObject({
    status: 'failed',
    error: { kind: 'not_found', message: 'there is no bash in docker orders-db' },
  });
});
