import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { environmentError } from '#errors.ts';
import { freePort } from '../network/free-port.ts';
import { type Keeper, type KeptProcess, startKeeper } from './keeper.ts';

/** The user, password and database of a connection. */
export type Login = {
  readonly user: string;
  readonly password: string;
  readonly database: string;
};

/** The address of every server of a lab. */
export const HOST = '127.0.0.1';

const PORT_ATTEMPTS = 5;
const POLL_MS = 20;

function connectionUrl(scheme: string, port: number, login: Login): string {
  const { user, password, database } = login;
  const account = `${encodeURIComponent(user)}:${encodeURIComponent(password)}`;
  return `${scheme}://${account}@${HOST}:${port}/${encodeURIComponent(database)}`;
}

/** Starts a server in a shared keeper, or in one of its own, which `letGo` closes. */
export async function inKeeper<Server>(
  shared: Keeper | undefined,
  start: (keeper: Keeper, letGo: () => Promise<void>) => Promise<Server>,
): Promise<Server> {
  const keeper = shared ?? (await startKeeper());
  const letGo = async () => {
    if (shared === undefined) await keeper.close();
  };
  try {
    return await start(keeper, letGo);
  } catch (error) {
    await letGo();
    throw error;
  }
}

/** A private server on this machine, which ends with the process that started it. */
export type StartedServer<Mode extends string, Further> = {
  /** E.g. `18.4`. */
  readonly version: string;
  readonly host: typeof HOST;
  readonly port: number;
  /** Returns a connection URL with every part encoded. */
  url(login: Login): string;
  readonly dataDir: string;
  readonly logFile: string;
  /** The process ID of the server, which changes with a restart. */
  readonly pid: number;
  /** Stops the server, by default `fast`. With its own keeper, its directory is removed too. */
  stop(mode?: Mode): Promise<void>;
  /** Restarts the server on the same port with the same data, by default `fast`. */
  restart(mode?: Mode, further?: Further): Promise<void>;
};

/** The parts the engines' servers are made of. */
type ServerParts<Mode extends string, Further> = {
  readonly scheme: string;
  readonly version: string;
  readonly dataDir: string;
  readonly logFile: string;
  readonly signals: Readonly<Record<Mode | 'fast', NodeJS.Signals>>;
  /** The text of its log if another process has its port. */
  readonly taken: string;
  start(port: number, further?: Further): Promise<KeptProcess>;
  letGo(): Promise<void>;
};

/** Starts a server on a free port. */
export async function startDatabaseServer<Mode extends string, Further>(
  parts: ServerParts<Mode, Further>,
): Promise<StartedServer<Mode, Further>> {
  const { scheme, version, dataDir, logFile, signals, start, letGo } = parts;
  const first = await onFreePort(start, logFile, parts.taken);
  const { port } = first;
  let { program } = first;
  return {
    ...{ version, host: HOST, port, dataDir, logFile },
    url: (login) => connectionUrl(scheme, port, login),
    get pid() {
      return program.pid;
    },
    async stop(mode) {
      await program.stop(signals[mode ?? 'fast']);
      await letGo();
    },
    async restart(mode, further) {
      await program.stop(signals[mode ?? 'fast']);
      program = await start(port, further);
    },
  };
}

/** Starts a server on a free port; tries others while its log says that the port is `taken`. */
async function onFreePort(
  start: (port: number) => Promise<KeptProcess>,
  logFile: string,
  taken: string,
): Promise<{ readonly program: KeptProcess; readonly port: number }> {
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort();
    try {
      return { program: await start(port), port };
    } catch (error) {
      const isTaken = (await logTail(logFile)).includes(taken);
      if (!isTaken || attempt === PORT_ATTEMPTS) throw error;
    }
  }
}

/** Waits until a server is ready. Throws an environment error if it ends before. */
export async function untilServerReady(
  name: string,
  program: KeptProcess,
  logFile: string,
  isReady: () => Promise<boolean>,
): Promise<KeptProcess> {
  let ended = false;
  void program.exited.then(() => {
    ended = true;
  });
  while (!(await isReady())) {
    if (ended) throw environmentError(`${name} did not start: ${await logTail(logFile)}`);
    await sleep(POLL_MS);
  }
  return program;
}

/** Returns the last lines of the log of a server, or of the program that created its data. */
export async function logTail(logFile: string): Promise<string> {
  const log = await readFile(logFile, 'utf8').catch(() => '');
  return log.trimEnd().split('\n').slice(-8).join('\n');
}
