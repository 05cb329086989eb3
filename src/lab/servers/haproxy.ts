import { chown, mkdtemp, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { environmentError } from '#errors.ts';
import { freePort } from '../network/free-port.ts';
import { findProgram } from '../setup/find-program.ts';
import type { Keeper } from './keeper.ts';
import { HOST, logTail } from './started-server.ts';
import { findServerUser } from './system-user.ts';

const POLL_MS = 20;

/** The two servers of a proxy: it prefers the first as long as that answers. */
type Behind = 'first' | 'second';

/** An HAProxy in front of two servers. */
export type Haproxy = {
  readonly port: number;
  /** Takes a server out of service, or back. Sessions that it has stay. */
  setServed(server: Behind, isServed: boolean): Promise<void>;
};

/** Starts an HAProxy on a free port. */
export async function startHaproxy(
  keeper: Keeper,
  ports: Readonly<Record<Behind, number>>,
): Promise<Haproxy> {
  const program = await findProgram('haproxy');
  if (program === undefined)
    throw environmentError(
      'there is no HAProxy on this machine to start',
      'install it: `apt-get install haproxy`',
    );
  const user = await findServerUser();
  const home = await mkdtemp(join(keeper.folder, 'haproxy-'));
  const port = await freePort();
  const config = join(home, 'haproxy.cfg');
  const socket = join(home, 'admin.sock');
  await writeFile(config, settings(port, ports, socket), { mode: 0o600 });
  if (user !== undefined) for (const path of [home, config]) await chown(path, user.uid, user.gid);
  const logFile = join(home, 'proxy.log');
  const { exited } = await keeper.run({
    file: program,
    args: ['-db', '-f', config],
    env: { PATH: process.env.PATH ?? '' },
    logFile,
    stopSignal: 'SIGTERM',
    user,
  });
  const ended = exited.then(() => true);
  while (!(await order(socket, 'show info').catch(() => '')).includes('Name: HAProxy')) {
    if (await Promise.race([ended, sleep(POLL_MS, false)]))
      throw environmentError(`HAProxy did not start: ${await logTail(logFile)}`);
  }
  return {
    port,
    async setServed(server, isServed) {
      await order(socket, `set server shop/${server} state ${isServed ? 'ready' : 'maint'}`);
    },
  };
}

/** Its checks only look whether the port is open, so a standby is as good as a primary. */
function settings(
  port: number,
  { first, second }: Readonly<Record<Behind, number>>,
  socket: string,
) {
  const check = 'check inter 200ms fall 1 rise 1';
  return `global
  stats socket ${socket} mode 600 level admin
defaults
  mode tcp
  timeout connect 1s
  timeout client 10m
  timeout server 10m
listen shop
  bind ${HOST}:${port}
  server first ${HOST}:${first} ${check}
  server second ${HOST}:${second} ${check} backup
`;
}

async function order(path: string, command: string): Promise<string> {
  const socket = connect(path);
  socket.end(`${command}\n`);
  return await text(socket);
}
