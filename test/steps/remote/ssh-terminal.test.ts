import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inTerminal } from '../../support/in-terminal.ts';
import {
  isRoot,
  LOGIN_SHELLS,
  type SshServer,
  sshd,
  sshHost,
  startSshServer,
} from '../../support/ssh-server.ts';

describe.skipIf(sshd === undefined || !isRoot)(
  '(as root, sh bin/test-servers.sh) an interactive script on a host that ssh reaches',
  () => {
    let server: SshServer;

    beforeAll(async () => {
      server = await startSshServer();
    });

    afterAll(() => server.stop());

    test.each(LOGIN_SHELLS)(
      'gets the terminal there, with %s as the login shell',
      async (shell) => {
        const script = `test -t 0; pwd; read -rp 'it’s "your" name: ' name; echo "$name."; exit 3`;
        const { env: clientEnv } = server;
        const session = inTerminal(script, { destination: `lab-${shell}`, clientEnv, cwd: '/usr' });
        await session.says('it’s "your" name: ');
        session.type('Ada\r');
        await session.says('Ada.');
        await session.says('ready for more');
        expect(session.text()).toMatch(/\/usr\r?\n/);
        expect(session.outcome()).toMatchObject({
          status: 'failed',
          error: { kind: 'exit', code: '3' },
        });
        session.type('x\r');
        await session.says('then typed x');
      },
    );

    test('is the one that Ctrl-C goes to', async () => {
      const script = 'trap "echo caught; exit 7" INT; echo waiting; while :; do sleep 0.1; done';
      const session = inTerminal(script, { destination: 'lab', clientEnv: server.env });
      await session.says('waiting');
      session.type('\x03');
      await session.says('ready for more');
      expect(session.text()).toMatch(/caught/);
      expect(session.text()).not.toMatch(/SIGINT to the program/);
      expect(session.outcome()).toMatchObject({ error: { code: '7' } });
    });

    test('gets no variables: they would stand on a command line', async () => {
      const outcome = await sshHost(server).run('true', { interactive: true, env: { A: 'b' } });
      expect(outcome).toMatchObject({ status: 'failed', error: { kind: 'config' } });
    });
  },
);
