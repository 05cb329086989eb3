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
  /**
   * Replaces the rules for arriving packets, in the words of nft: each is applied to those of the
   * relay's port, in order. No rule lets everything pass.
   */
  filter(rules: readonly string[], sets?: readonly string[]): Promise<void>;
  /** Unplugs the cable, or plugs it in again. */
  setLink(state: 'up' | 'down'): Promise<void>;
  /** Lets only so many kilobits a second pass to this machine; as many as there are if undefined. */
  slow(kilobits?: number): Promise<void>;
  /** Removes the network. Idempotent. */
  close(): Promise<void>;
};

/** Returns the reason why no network can be created here; undefined if it can. */
export async function missingFirewall(): Promise<string | undefined> {
  if (process.getuid?.() !== 0) return 'only root can make a network of its own';
  for (const name of ['ip', 'tc', 'unshare', 'nsenter'])
    if ((await findProgram(name)) === undefined) return `the program ${name} is not installed`;
  return undefined;
}

/** Returns the reason why packets cannot be filtered by rules here; undefined if they can. */
export async function missingFilter(): Promise<string | undefined> {
  const missing = await missingFirewall();
  if (missing !== undefined) return missing;
  if ((await findProgram('nft')) === undefined)
    return 'the program nft is not installed: `apt-get install nftables`';
  return command(['unshare', '--net', '--', 'nft', 'add', 'table', 'inet', 'lab']).then(
    () => undefined,
    () => 'this kernel filters no packets for nft',
  );
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
  const number = randomInt(1, 0xffff);
  // A lab may have several of them at a time.
  const log = (name: string) => join(keeper.folder, `program-${name}-${number}.log`);
  const network = await startInline(keeper, {
    prefix: ['unshare', '--net', '--'],
    script: `console.log('up'); setInterval(() => {}, 1 << 30);`,
    logFile: log('network'),
    stopSignal: 'SIGKILL',
  });
  const inside = ['nsenter', `--net=/proc/${network.pid}/ns/net`, '--'];
  const link = await connectNetworks(network.pid, inside, number);
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
  const only = `tcp dport ${relay.said}`;
  return {
    host: link.there,
    port: Number(relay.said),
    drop: route('add'),
    pass: route('del'),
    filter: (rules, sets = []) =>
      command([
        ...inside,
        'nft',
        ruleset(
          rules.map((rule) => `${only} ${rule}`),
          sets,
        ),
      ]),
    slow: (kilobits) =>
      kilobits === undefined
        ? command([...inside, 'tc', 'qdisc', 'delete', 'dev', link.far, 'root'])
        : command([
            ...inside,
            ...['tc', 'qdisc', 'replace', 'dev', link.far, 'root'],
            ...narrow(kilobits),
          ]),
    setLink: (state) => command([...inside, 'ip', 'link', 'set', link.far, state]),
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

/** Replaces every rule at once, so that no packet passes between two states. */
function ruleset(rules: readonly string[], sets: readonly string[]): string {
  const chain = ['type filter hook input priority 0', ...rules].join('; ');
  return `flush ruleset; table inet lab { ${sets.map((set) => `${set};`).join(' ')} chain arriving { ${chain}; }; }`;
}

/** A bucket of one packet, which is filled so fast, and a queue before it that forgets nothing for long. */
function narrow(kilobits: number): readonly string[] {
  return ['tbf', 'rate', `${kilobits}kbit`, 'burst', '1600', 'latency', '20s'];
}

/** Two addresses, and the device at the other one. */
type Link = { readonly here: string; readonly there: string; readonly far: string };

/**
 * Creates a pair of devices, one on either side, with addresses of the benchmark block (RFC 2544);
 * `number`, below 65536, makes them its own.
 */
async function connectNetworks(
  pid: number,
  inside: readonly string[],
  number: number,
): Promise<Link> {
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
  return { here, there, far };
}

async function command([file = '', ...args]: readonly string[]): Promise<void> {
  await run(file, args, { env: { PATH: `${process.env.PATH}:/usr/sbin:/sbin` } });
}
