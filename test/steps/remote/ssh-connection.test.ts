import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { createRemoteExecutor } from '#steps/remote/executor.ts';
import { createSshClient } from '#steps/remote/ssh.ts';
import { endpoint, fullBacklog } from '../../support/fake-endpoints.ts';
import { scriptAction } from '../../support/run-script.ts';
import { type SshServer, sshd, sshHost, startSshServer } from '../../support/ssh-server.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

describe.skipIf(sshd === undefined)(
  '(sh bin/test-servers.sh) a host that ssh does not reach',
  () => {
    let server: SshServer;

    beforeAll(async () => {
      server = await startSshServer();
    });

    afterAll(() => server.stop());

    test.each([
      ['unknown', { kind: 'dns', phase: 'dns', message: expect.stringMatching(/no-such-host/) }],
      ['closed', { kind: 'refused', phase: 'tcp' }],
      ['stranger', { kind: 'auth', phase: 'auth', hint: expect.stringMatching(/ssh-add/) }],
      ['new-key', { kind: 'auth', phase: 'auth', hint: expect.stringMatching(/known_hosts/) }],
    ])('says why: %s', async (host, error) => {
      const outcome = await sshHost(server, host).run('true', { readOnly: false });
      expect(outcome).toMatchObject({ status: 'failed', error });
    });

    test('says so when it closes the connection', async () => {
      const port = await endpoint((socket) => socket.destroy());
      const outcome = await sshHost(server, `ssh://127.0.0.1:${port}`).run('true');
      expect(outcome).toMatchObject({ error: { kind: 'reset', phase: 'tcp' } });
    });

    test.each([
      ['accepts and is silent', () => endpoint(() => {})],
      ['has a full queue', fullBacklog],
    ])('is not waited for longer than the step has time: it %s', async (_, listen) => {
      const { run } = sshHost(server, `ssh://127.0.0.1:${await listen()}`);
      const outcome = await run('true', { timeoutMs: 1_000, readOnly: false });
      expect(outcome).toMatchObject({ status: 'failed', error: { kind: 'timeout', phase: 'tcp' } });
    });

    test('is given up when the operator ends the step', async () => {
      const port = await endpoint(() => {});
      const { run } = sshHost(server, `ssh://127.0.0.1:${port}`);
      const outcome = await run('true', { signal: AbortSignal.timeout(300), readOnly: false });
      expect(outcome).toMatchObject({ status: 'failed', error: { kind: 'cancelled' } });
    });

    test('a machine without ssh is said to have none', async () => {
      const env = { PATH: temporaryFolder() };
      const client = createSshClient({ destination: 'lab', env });
      const executor = createRemoteExecutor({ client, env });
      const outcome = await executor.execute(scriptAction('true'), {
        signal: new AbortController().signal,
        onOutput: () => {},
      });
      await executor.close();
      expect(outcome).toMatchObject({
        status: 'failed',
        error: { kind: 'not_found', message: 'ssh was not found on the PATH' },
      });
    });

    test('the connection’s socket is in a folder of this user alone, and goes with it', async () => {
      const folder = temporaryFolder();
      vi.stubEnv('TMPDIR', folder);
      const { executor, run } = sshHost(server);
      await run('true');
      const [name = ''] = readdirSync(folder);
      expect(statSync(join(folder, name)).mode & 0o777).toBe(0o700);
      expect(readdirSync(join(folder, name))).toEqual(['s']);
      await executor.close();
      expect(existsSync(join(folder, name))).toBe(false);
      vi.unstubAllEnvs();
    });
  },
);
