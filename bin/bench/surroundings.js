import { readdirSync, readFileSync, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, loadavg, release, tmpdir, totalmem, type } from 'node:os';
import { join } from 'node:path';

/** What in an environment would change what is measured: CI draws no screen, the others slow Node down. */
const DISTURBS = ['CI', 'NODE_EXTRA_CA_CERTS', 'NODE_OPTIONS', 'RUNBOOK_PATH', 'NO_COLOR'];

/** Makes an empty home for everything that is started; `remove` takes it away. */
export async function cleanSurroundings() {
  const home = await mkdtemp(join(tmpdir(), 'runbook-bench-'));
  const env = {
    ...process.env,
    HOME: home,
    XDG_CONFIG_HOME: join(home, 'config'),
    XDG_CACHE_HOME: join(home, 'cache'),
    XDG_STATE_HOME: join(home, 'state'),
    TERM: 'xterm-256color',
    // Nothing is there; the first step is only offered, never run.
    DATABASE_URL: 'postgres://app:secret@127.0.0.1:1/shop',
  };
  for (const name of DISTURBS) delete env[name];
  return { home, env, cwd: home, remove: () => rm(home, { recursive: true, force: true }) };
}

/** Takes away what is kept of runbooks that were checked before. */
export async function forgetChecked({ env }) {
  await rm(join(env.XDG_CACHE_HOME, 'runbook', 'checked'), { recursive: true, force: true });
}

/** Says what the figures were measured on. */
export function machine() {
  const processors = cpus();
  const memory = Math.round(totalmem() / 1024 ** 3);
  return [
    `${processors.length} × ${processors[0]?.model ?? 'unknown processor'}, ${memory} GiB`,
    `${system()}, Node ${process.versions.node}`,
  ];
}

/** Says how busy the machine is: the processes that ran or wanted to, over 1, 5 and 15 minutes. */
export function load() {
  return loadavg()
    .map((value) => value.toFixed(1))
    .join(' ');
}

function system() {
  try {
    const name = /^PRETTY_NAME="(.*)"$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1];
    return name ?? `${type()} ${release()}`;
  } catch {
    return `${type()} ${release()}`;
  }
}

/** Returns the folder of the newest run that was started in these surroundings. */
export function newestRun({ XDG_STATE_HOME }) {
  const runs = join(XDG_STATE_HOME, 'runbook', 'runs');
  const folders = readdirSync(runs).map((name) => join(runs, name));
  return folders.toSorted((a, b) => statSync(a).birthtimeMs - statSync(b).birthtimeMs).at(-1);
}
