import { readFile, rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { environmentError } from '#errors.ts';
import { ownScript } from '../programs/own-process.ts';
import type { Keeper, KeptProcess } from '../servers/keeper.ts';

/** A short program, with its command line. */
type InlineProgram = {
  /** JavaScript that writes one line once it is up. */
  readonly script: string;
  readonly args?: readonly string[];
  /** A command prefix that starts Node, e.g. in another namespace. */
  readonly prefix?: readonly string[];
  readonly logFile: string;
  readonly stopSignal: NodeJS.Signals;
};

const POLL_MS = 20;

/**
 * Starts a short program and waits for its first line. Throws an environment error if it ends
 * before.
 */
export async function startInline(
  keeper: Keeper,
  program: InlineProgram,
): Promise<KeptProcess & { readonly said: string }> {
  const { script, args = [], prefix = [], logFile, stopSignal } = program;
  const [file = '', ...rest] = [...prefix, ...ownScript(script, ...args)];
  await rm(logFile, { force: true });
  const kept = await keeper.run({
    file,
    args: rest,
    env: { PATH: process.env.PATH ?? '' },
    logFile,
    stopSignal,
  });
  const ended = kept.exited.then(() => true);
  for (;;) {
    const said = await readFile(logFile, 'utf8').catch(() => '');
    const line = /^(.*)\n/.exec(said)?.[1];
    if (line !== undefined) return { ...kept, said: line };
    if (await Promise.race([ended, sleep(POLL_MS, false)]))
      throw environmentError(`a program of the lab ended: ${said.trim()}`);
  }
}
