import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { findProgram } from '#lab/setup/find-program.ts';
import { quoteShell } from '#safety/actions/quote-shell.ts';
import { createDockerClient } from '#steps/remote/docker.ts';
import { createRemoteExecutor } from '#steps/remote/executor.ts';
import { because } from '../../support/because.ts';
import { scriptAction } from '../../support/run-script.ts';
import { type DockerBox, IMAGE, missingDocker, openDocker } from '../../support/targets/docker.ts';

const missing = await missingDocker();

describe.skipIf(missing !== undefined)(`on a real Docker daemon${because(missing)}`, () => {
  let box: DockerBox;
  let env: Record<string, string | undefined>;

  beforeAll(async () => {
    box = await openDocker();
    const bin = join(box.folder, 'client');
    mkdirSync(bin);
    // The folder is seen in the box as well: by its name, the client would start itself there.
    const client = (await findProgram('docker')) ?? 'docker';
    const words = [...box.inside('/'), `DOCKER_HOST=${box.env.DOCKER_HOST}`, client];
    const script = `#!/bin/sh\nexec ${words.map(quoteShell).join(' ')} "$@"\n`;
    writeFileSync(join(bin, 'docker'), script);
    chmodSync(join(bin, 'docker'), 0o755);
    env = { ...process.env, PATH: `${bin}:${process.env.PATH}` };
  });
  afterAll(() => box?.close());

  const start = () =>
    box.docker(
      ...['run', '--detach', '--name', 'orders', '--hostname', 'orders'],
      ...['--entrypoint', '/bin/sleep', IMAGE, '1000'],
    );

  test('a new container of the same name and host name gets no change that was confirmed before', async () => {
    const id = (await start()).trim();
    const executor = createRemoteExecutor({ client: createDockerClient('orders'), env });
    onTestFinished(() => executor.close());
    const around = { signal: new AbortController().signal, onOutput: () => {} };
    const look = { kind: 'connect', target: 'app', timeoutMs: 60_000 } as const;
    const lookNow = async () => {
      const script = { cwd: '/var', interactive: false };
      const found = await executor.execute({ ...look, script }, around);
      if (found.status !== 'succeeded')
        throw new Error(`${found.error.kind}: ${found.error.message}`);
      return found.result as { readonly server: string; readonly shown: string };
    };
    const change = (expectedServer: string) =>
      executor.execute(
        scriptAction('echo changed > /tmp/mark; cat /tmp/mark', { cwd: '/var', readOnly: false }),
        { ...around, expectedServer },
      );
    const first = await lookNow();
    expect(first.shown).toBe(`orders, container ${id.slice(0, 12)}…`);
    expect(await change(first.server)).toMatchObject({ result: { stdout: 'changed\n' } });
    await box.docker('rm', '--force', 'orders');
    await start();
    expect(await change(first.server)).toMatchObject({ error: { kind: 'other_server' } });
    expect(await box.docker('exec', 'orders', 'bash', '-c', 'echo /tmp/*')).toBe('/tmp/*\n');
    const second = await lookNow();
    expect(await change(second.server)).toMatchObject({ result: { stdout: 'changed\n' } });
    await box.docker('restart', '--time', '0', 'orders');
    expect(await change(second.server)).toMatchObject({ error: { kind: 'other_server' } });
  });
});
