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

/** Returns a connection URL with every part encoded. */
export function connectionUrl(scheme: string, port: number, login: Login): string {
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

/** Starts a server on a free port; tries others while its log says that the port is `taken`. */
export async function onFreePort(
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
export async function untilReady(
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
