import { spawn } from 'node:child_process';
import { connect } from 'node:net';
import type { StepError } from '#runbook/model/step-error.ts';
import { longestTimer } from '../timer-limit.ts';
import { clientError, startError } from './client-error.ts';
import { notReached } from './outcome.ts';
import { SSH_RULES } from './ssh-rules.ts';

/** Resolves with true if a background ssh listens on a socket. */
export function isMasterAlive(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(socket);
    probe.once('connect', () => {
      probe.destroy();
      resolve(true);
    });
    probe.once('error', () => resolve(false));
  });
}

/** The context of a connection that is being opened. */
export type Connecting = {
  readonly place: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly environment: Readonly<Record<string, string>>;
};

/** Opens a background connection. Resolves once it is open, or with an error. */
export function openMaster(
  words: readonly string[],
  { place, timeoutMs, signal, environment }: Connecting,
): Promise<StepError | undefined> {
  const child = spawn('ssh', words, {
    env: environment,
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
  });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said = `${said}${chunk}`.slice(-16_384);
  });
  const { promise, resolve } = Promise.withResolvers<StepError | undefined>();
  const give = (why: 'timeout' | 'cancelled') => {
    child.kill();
    resolve(notReached(why, place, timeoutMs));
  };
  const timer = setTimeout(() => give('timeout'), longestTimer(timeoutMs));
  const cancel = () => give('cancelled');
  signal.addEventListener('abort', cancel);
  if (signal.aborted) cancel();
  child.once('error', (error) => resolve(startError('ssh', error)));
  // The background process may keep the pipe open, so its end is not awaited.
  child.once('exit', (code) =>
    setImmediate(() => resolve(code === 0 ? undefined : clientError(said, SSH_RULES, place))),
  );
  return promise.finally(() => {
    clearTimeout(timer);
    signal.removeEventListener('abort', cancel);
    child.stderr.destroy();
  });
}

/**
 * Closes a background connection. One that does not answer within two seconds is left to expire.
 */
export function endMaster(
  words: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<void> {
  const child = spawn('ssh', words, { env, stdio: 'ignore', timeout: 2_000 });
  return new Promise((resolve) => {
    child.once('error', () => resolve());
    child.once('close', () => resolve());
  });
}
