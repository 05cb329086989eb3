import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { environmentError, messageOf } from '#errors.ts';
import type { MadeFault } from '../fault.ts';
import { programFile } from '../programs/file.ts';
import { ownProgram } from '../programs/own-process.ts';
import type { Keeper } from '../servers/keeper.ts';
import { textOfLine } from './log-line.ts';

/** The shop's running web application. */
export type Application = {
  /** Answers 200 while the shop is served, else 503 with the driver's error. */
  readonly healthUrl: string;
  /** The log: a line whenever the outcome of its requests changes. */
  readonly logFile: string;
  /** The file that always has the URL it connects with. */
  readonly urlFile: string;
  /** Requests the health page. */
  health(): Promise<Health>;
  /** Requests the health page after a request to the database that begins now, for 4 s at most. */
  healthAnew(): Promise<Health>;
  /** Returns the last line of the log, without its time. */
  lastWords(): Promise<string>;
  /** Makes it connect with the fault's current URL. */
  configure(): Promise<void>;
  /** Stops it. Idempotent. */
  stop(): Promise<void>;
};

/** The response of the health page; status 0 if there is none. */
export type Health = { readonly status: number; readonly text: string };

const POLL_MS = 50;
const CONFIGURE_MS = 500;
const ANSWER_WITHIN_MS = 8_000;

/**
 * Starts the shop's web application where the fault has an effect. Resolves after its first
 * request.
 */
export async function startApplication(
  keeper: Keeper,
  fault: Pick<MadeFault, 'appUrl' | 'surroundings'>,
  door: string,
): Promise<Application> {
  const urlFile = join(keeper.folder, 'database-url');
  const logFile = join(keeper.folder, 'shop-front.log');
  let written = '';
  const configure = async () => {
    const url = fault.appUrl();
    if (url === written) return;
    // A file written in place could be read half-written.
    await writeFile(`${urlFile}.new`, url, { mode: 0o600 });
    await rename(`${urlFile}.new`, urlFile);
    written = url;
  };
  await configure();
  const program = fileURLToPath(programFile('application'));
  const [file = '', ...args] = [
    ...(fault.surroundings ?? []),
    ...ownProgram(program, urlFile, door),
  ];
  const env = { PATH: process.env.PATH ?? '' };
  const kept = await keeper.run({ file, args, env, logFile, stopSignal: 'SIGTERM' });
  const linesOf = async () =>
    (await readFile(logFile, 'utf8')).trimEnd().split('\n').map(textOfLine);
  const ended = kept.exited.then(() => true);
  for (;;) {
    const lines = await linesOf();
    if (lines.length > 1) break;
    if (await Promise.race([ended, sleep(POLL_MS, false)]))
      throw environmentError(`the application of the drill ended: ${lines.join('\n')}`);
  }
  const [origin = ''] = await linesOf();
  const healthUrl = `${origin}/health`;
  const timer = setInterval(() => void configure().catch(() => {}), CONFIGURE_MS).unref();
  return {
    healthUrl,
    logFile,
    urlFile,
    health: () => askHealth(healthUrl),
    healthAnew: () => askHealth(`${healthUrl}?anew`),
    lastWords: async () => (await linesOf()).at(-1) ?? '',
    configure,
    async stop() {
      clearInterval(timer);
      await kept.stop();
    },
  };
}

async function askHealth(url: string): Promise<Health> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
    return { status: answer.status, text: (await answer.text()).trim() };
  } catch (error) {
    return { status: 0, text: messageOf(error) };
  }
}
