import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Place } from '#safety/actions/place.ts';
import { quoteShell } from '#safety/actions/quote-shell.ts';
import type { Client } from '#steps/remote/client.ts';
import { createDockerClient } from '#steps/remote/docker.ts';
import { createRemoteExecutor } from '#steps/remote/executor.ts';
import { createKubernetesClient } from '#steps/remote/kubernetes.ts';
import { scriptAction } from '../../support/run-script.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

/**
 * A program that stands in for docker or kubectl: it answers a question with the file of its words, and
 * runs the command of an `exec` here.
 */
const STAND_IN = `#!/bin/bash
printf '%s ' "$@" >> "$STATE/said"; echo >> "$STATE/said"
if [ "$1" != exec ]; then
  for word; do case $word in pod/*|deployment/*|pods|inspect) at="$STATE/\${word/\\//-}" ;; esac; done
  [ -f "$at" ] || { echo "Error from server (Forbidden): pods is forbidden: no" >&2; exit 1; }
  exec cat "$at"
fi
while [ "$1" != -- ]; do shift; done
shift
[ "\${0##*/}" = kubectl ] || shift
exec "$@"
`;

function stage(program: 'docker' | 'kubectl', client: Client) {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'bin'));
  const file = join(folder, 'bin', program);
  writeFileSync(file, STAND_IN.replace('\n', `\nSTATE=${quoteShell(folder)}\n`));
  chmodSync(file, 0o755);
  const env = { ...process.env, PATH: `${join(folder, 'bin')}:${process.env.PATH}` };
  const executor = createRemoteExecutor({ client, env });
  onTestFinished(() => executor.close());
  const around = { signal: new AbortController().signal, onOutput: () => {} };
  const ran = join(folder, 'ran');
  return {
    says: (words: string, answer: unknown) =>
      writeFileSync(
        join(folder, words),
        typeof answer === 'string' ? answer : JSON.stringify(answer),
      ),
    said: () => readFileSync(join(folder, 'said'), 'utf8').trim().split('\n'),
    hasRun: () => existsSync(ran),
    look: () =>
      executor.execute(
        {
          kind: 'connect',
          target: 'app',
          script: { cwd: undefined, interactive: false },
          timeoutMs: 60_000,
        },
        around,
      ),
    change: (expectedServer: string) =>
      executor.execute(scriptAction(`touch ${quoteShell(ran)}`, { readOnly: false }), {
        ...around,
        expectedServer,
      }),
  };
}

type Stage = ReturnType<typeof stage>;

async function found(at: Stage): Promise<{ readonly server: string; readonly shown: string }> {
  const outcome = await at.look();
  if (outcome.status !== 'succeeded') throw new Error(outcome.error.message);
  return outcome.result as { readonly server: string; readonly shown: string };
}

const OTHER = { status: 'failed', error: { kind: 'other_server' } };

const pod = (name: string, uid: string) => ({
  metadata: { name, uid },
  status: { phase: 'Running' },
});

const kubectl = (workload: Extract<Place, { kind: 'kubernetes' }>['workload']) =>
  stage('kubectl', createKubernetesClient({ namespace: 'shop', workload }));

test('a change in a container is sent to the ID that was confirmed, not to the name', async () => {
  const at = stage('docker', createDockerClient('orders'));
  const id = 'a1b2'.repeat(16);
  at.says('inspect', `${id}\n`);
  const { server, shown } = await found(at);
  expect(shown).toMatch(/, container a1b2a1b2a1b2…$/);
  expect(await at.change(server)).toMatchObject({ status: 'succeeded' });
  expect(at.said().at(-1)).toContain(`exec -i -- ${id} bash`);
});

test('a container that has the name of the confirmed one gets no change', async () => {
  const at = stage('docker', createDockerClient('orders'));
  at.says('inspect', `${'a1b2'.repeat(16)}\n`);
  const { server } = await found(at);
  at.says('inspect', `${'c3d4'.repeat(16)}\n`);
  expect(await at.change(server)).toMatchObject(OTHER);
  expect(at.hasRun()).toBe(false);
  expect((await found(at)).server).not.toBe(server);
});

test('a pod that has the name of the confirmed one gets no change', async () => {
  const at = kubectl({ kind: 'pod', name: 'db-0' });
  at.says('pod-db-0', pod('db-0', 'uid-1'));
  const { server, shown } = await found(at);
  expect(shown).toMatch(/, pod db-0 \(uid-1\)$/);
  at.says('pod-db-0', pod('db-0', 'uid-2'));
  expect(await at.change(server)).toMatchObject(OTHER);
  expect(at.hasRun()).toBe(false);
});

test('a change on a deployment runs in the pod that the gate showed', async () => {
  const at = kubectl({ kind: 'deployment', name: 'orders' });
  at.says('deployment-orders', { spec: { selector: { matchLabels: { app: 'orders' } } } });
  const ended = { ...pod('orders-a', 'uid-0'), status: { phase: 'Succeeded' } };
  at.says('pods', { items: [ended, pod('orders-c', 'uid-2'), pod('orders-b', 'uid-1')] });
  const { server, shown } = await found(at);
  expect(shown).toMatch(/, pod orders-b \(uid-1\)$/);
  expect(await at.change(server)).toMatchObject({ status: 'succeeded' });
  expect(at.said().at(-1)).toContain('exec -i --namespace=shop pod/orders-b --');
  at.says('pods', { items: [pod('orders-c', 'uid-2')] });
  expect(await at.change(server)).toMatchObject(OTHER);
});

test('a pod that may not be read says so, and is told by its processes', async () => {
  const at = kubectl({ kind: 'pod', name: 'db-0' });
  const { server, shown } = await found(at);
  expect(shown).toMatch(/, a pod whose UID may not be read$/);
  expect(await at.change(server)).toMatchObject({ status: 'succeeded' });
});

test('what no look of this run has found is not taken for confirmed', async () => {
  const at = stage('docker', createDockerClient('orders'));
  at.says('inspect', `${'a1b2'.repeat(16)}\n`);
  expect(await at.change('0123456789abcdef')).toMatchObject(OTHER);
  expect(at.hasRun()).toBe(false);
});
