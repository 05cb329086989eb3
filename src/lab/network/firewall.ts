import { execFile } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { connect } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Keeper } from '../servers/keeper.ts';
import { findProgram } from '../setup/find-program.ts';
import { type Endpoint, startEndpoint } from './endpoint.ts';
import { startInline } from './inline-program.ts';

const run = promisify(execFile);

/** A route to a server through a separate network, which can drop packets. */
type Firewall = {
  readonly host: string;
  readonly port: number;
  /** Drops every packet to this machine from now on: nobody gets an answer. */
  drop(): Promise<void>;
  pass(): Promise<void>;
  /** Removes the network. Idempotent. */
  close(): Promise<void>;
};

/** Returns the reason why no network can be created here; undefined if it can. */
export async function missingFirewall(): Promise<string | undefined> {
  if (process.getuid?.() !== 0) return 'only root can make a network of its own';
  for (const name of ['ip', 'unshare', 'nsenter'])
    if ((await findProgram(name)) === undefined) return `the program ${name} is not installed`;
  return undefined;
}

/** A relay that runs in the other network and forwards every connection to the server. */
const RELAY = `
const { connect, createServer } = require('node:net');
const [host, toHost, toPort] = process.argv.slice(1);
const server = createServer((near) => {
  const far = connect(Number(toPort), toHost);
  near.on('error', () => far.destroy()).pipe(far);
  far.on('error', () => near.destroy()).pipe(near);
});
server.listen(0, host, () => console.log(server.address().port));`;

/**
 * Creates a network between this machine and a port of it. The network lives as long as a process
 * in it, which the keeper holds: it is removed with the lab, however the lab ends.
 */
export async function startFirewall(keeper: Keeper, port: number): Promise<Firewall> {
  const log = (name: string) => join(keeper.folder, `program-${name}.log`);
  const network = await startInline(keeper, {
    prefix: ['unshare', '--net', '--'],
    script: `console.log('up'); setInterval(() => {}, 1 << 30);`,
    logFile: log('network'),
    stopSignal: 'SIGKILL',
  });
  const inside = ['nsenter', `--net=/proc/${network.pid}/ns/net`, '--'];
  const link = await connectNetworks(network.pid, inside);
  const exit = await startEndpoint((socket) => {
    const server = connect(port, '127.0.0.1').on('error', () => socket.destroy());
    socket.on('close', () => server.destroy()).pipe(server);
    server.pipe(socket);
  }, link.here);
  const relay = await startInline(keeper, {
    prefix: inside,
    script: RELAY,
    args: [link.there, link.here, String(exit.port)],
    logFile: log('relay'),
    stopSignal: 'SIGKILL',
  });
  const route = (change: string) => () =>
    command([...inside, 'ip', 'route', change, 'blackhole', `${link.here}/32`]);
  return {
    host: link.there,
    port: Number(relay.said),
    drop: route('add'),
    pass: route('del'),
    close: () => closeAll(relay, exit, network),
  };
}

async function closeAll(
  relay: { stop(): Promise<void> },
  exit: Endpoint,
  network: { stop(): Promise<void> },
): Promise<void> {
  await relay.stop();
  await exit.close();
  await network.stop();
}

type Link = { readonly here: string; readonly there: string };

/**
 * Creates a pair of devices, one on either side, with addresses of the benchmark block (RFC 2544).
 */
async function connectNetworks(pid: number, inside: readonly string[]): Promise<Link> {
  const number = randomInt(1, 0xffff);
  const net = `198.18.${number >> 8}.`;
  const first = number & 0xfc;
  const [here, there] = [`${net}${first + 1}`, `${net}${first + 2}`];
  const [near, far] = [`lab${number}`, `lab${number}p`];
  await command([
    ...['ip', 'link', 'add', near, 'type', 'veth'],
    ...['peer', 'name', far, 'netns', String(pid)],
  ]);
  await command(['ip', 'address', 'add', `${here}/30`, 'dev', near]);
  await command(['ip', 'link', 'set', near, 'up']);
  await command([...inside, 'ip', 'address', 'add', `${there}/30`, 'dev', far]);
  await command([...inside, 'ip', 'link', 'set', far, 'up']);
  return { here, there };
}

async function command([file = '', ...args]: readonly string[]): Promise<void> {
  await run(file, args, { env: { PATH: `${process.env.PATH}:/usr/sbin:/sbin` } });
}
