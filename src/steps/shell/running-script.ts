import type { ChildProcess } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { counted } from '#text/count.ts';
import { begunBytes, characterStart } from '#text/utf8.ts';
import type { ExecuteContext, OutputStream } from '../executor.ts';
import { HeadTail } from '../head-tail.ts';
import { longestTimer } from '../timer-limit.ts';
import type { ScriptEnd } from './outcome.ts';
import { endProcessGroup } from './process-group.ts';

/** The limits of a script besides those of its action. */
export type ScriptLimits = {
  /** The milliseconds between SIGTERM and SIGKILL. */
  readonly graceMs: number;
  /** The bytes of each stream that the result keeps. */
  readonly keptBytes: number;
  /** The bytes of standard output kept for parsing; undefined for none. */
  readonly parsedBytes?: number | undefined;
};

/**
 * The time to drain a pipe after the script's processes have ended; longer only if an escaped
 * process holds it.
 */
const DRAIN_MS = 250;

/** The remote side of a script that runs behind a local client. */
export interface FarScript {
  /** Returns the script's own part of the client's output. */
  read(stream: OutputStream, chunk: Buffer): Buffer;
  /** Returns the held-back part of the script's output when a stream has ended. */
  rest(stream: OutputStream): Buffer;
  /** Asks the remote side to end the script's processes. */
  end(): void;
  /** Undefined while the script runs, and if its end was not reported. */
  readonly exitCode: number | undefined;
}

/**
 * The time, beyond the grace period, that the remote side has to report that the processes have
 * ended.
 */
const FAR_MS = 3_000;

/**
 * A script whose bash leads a process group, from its start to the end of that group; or a remote
 * script, with the client that reaches it.
 */
export class RunningScript {
  readonly #child: ChildProcess;
  readonly #pid: number;
  readonly #graceMs: number;
  readonly #far: FarScript | undefined;
  readonly #stdout: HeadTail;
  readonly #parsed: HeadTail | undefined;
  readonly #stderr: HeadTail;
  readonly #stopRequested = Promise.withResolvers<void>();
  readonly #closed = Promise.withResolvers<void>();
  #stopping: Promise<void> | undefined;
  #stopped: ScriptEnd['stopped'];
  #heldOpen = false;
  #gone = true;
  #receiverError: { readonly error: unknown } | undefined;

  constructor(
    child: ChildProcess,
    pid: number,
    { graceMs, keptBytes, parsedBytes }: ScriptLimits,
    far?: FarScript,
  ) {
    this.#child = child;
    this.#pid = pid;
    this.#graceMs = graceMs;
    this.#far = far;
    this.#stdout = halves(keptBytes);
    this.#stderr = halves(keptBytes);
    this.#parsed = parsedBytes === undefined ? undefined : halves(parsedBytes);
    child.once('close', () => this.#closed.resolve());
  }

  /**
   * Resolves when the script has ended, or its group has been ended by the timeout or the signal.
   * Rejects with any error thrown by `onOutput`, after ending the group.
   */
  async end(timeoutMs: number, { signal, onOutput }: ExecuteContext): Promise<ScriptEnd> {
    this.#follow('stdout', this.#stdout, onOutput);
    this.#follow('stderr', this.#stderr, onOutput);
    const timer = setTimeout(() => this.stop('timeout'), longestTimer(timeoutMs));
    const cancel = () => void this.stop('cancelled');
    signal.addEventListener('abort', cancel);
    if (signal.aborted) cancel();
    await Promise.race([this.#closed.promise, this.#stopRequested.promise]);
    clearTimeout(timer);
    signal.removeEventListener('abort', cancel);
    await this.#stopping;
    if (this.#receiverError !== undefined) throw this.#receiverError.error;
    return {
      result: {
        stdout: keptText(this.#stdout),
        stderr: keptText(this.#stderr),
        exit_code: this.#exitCode,
        signal: this.#far === undefined ? this.#child.signalCode : null,
      },
      stopped: this.#stopped,
      whole: this.#parsed?.droppedBytes === 0 ? keptText(this.#parsed) : undefined,
      heldOpen: this.#heldOpen,
      gone: this.#gone,
    };
  }

  /** Ends the whole group. Resolves when it has ended or cannot be ended. Idempotent. */
  stop(why: NonNullable<ScriptEnd['stopped']>): Promise<void> {
    if (this.#stopping === undefined) {
      this.#stopped = why;
      this.#heldOpen = this.#exitCode !== null;
      this.#stopping = this.#endGroup();
      this.#stopRequested.resolve();
    }
    return this.#stopping;
  }

  get #exitCode(): number | null {
    return this.#far === undefined ? this.#child.exitCode : (this.#far.exitCode ?? null);
  }

  async #endGroup(): Promise<void> {
    const isGone = await this.#endFar();
    const clientIsGone = await endProcessGroup(this.#pid, this.#graceMs);
    this.#gone = isGone && clientIsGone;
    await Promise.race([this.#closed.promise, delay(DRAIN_MS, undefined, { ref: false })]);
    this.#child.stdout?.destroy();
    this.#child.stderr?.destroy();
    this.#child.unref();
  }

  /**
   * Ends the remote processes. Resolves with false if the remote side did not confirm it in time.
   */
  async #endFar(): Promise<boolean> {
    if (this.#far === undefined) return true;
    this.#far.end();
    const patience = delay(this.#graceMs + FAR_MS, 'silent', { ref: false });
    const isClosed = (await Promise.race([this.#closed.promise, patience])) !== 'silent';
    return isClosed && this.#far.exitCode !== undefined;
  }

  /**
   * Passes chunks on one at a time: a receiver that writes synchronously slows the script down
   * through the pipe, and nothing queues up in between. It yields after each chunk, so that key
   * presses do not wait for megabytes of output.
   */
  #follow(stream: OutputStream, kept: HeadTail, onOutput: ExecuteContext['onOutput']): void {
    const take = (chunk: Buffer) => {
      if (chunk.length === 0) return;
      kept.push(chunk);
      if (stream === 'stdout') this.#parsed?.push(chunk);
      if (this.#receiverError !== undefined) return;
      try {
        onOutput(stream, chunk);
      } catch (error) {
        this.#receiverError = { error };
        void this.stop('cancelled');
      }
    };
    const far = this.#far;
    const pipe = this.#child[stream];
    pipe?.on('data', (chunk: Buffer) => {
      take(far === undefined ? chunk : far.read(stream, chunk));
      pipe.pause();
      setImmediate(() => pipe.resume());
    });
    if (far !== undefined) pipe?.once('end', () => take(far.rest(stream)));
  }
}

function halves(bytes: number): HeadTail {
  const half = Math.floor(bytes / 2);
  return new HeadTail({ head: half, tail: half });
}

const LINE_END = 0x0a;

/** Returns what was kept of an output. If bytes were dropped, a line in between says how many. */
export function keptText(output: HeadTail): string {
  const { droppedBytes, head, tail } = output;
  if (droppedBytes === 0) return Buffer.concat([head, tail]).toString();
  const first = head.subarray(0, endOfHead(head));
  const last = tail.subarray(startOfTail(tail));
  const left = droppedBytes + head.length - first.length + tail.length - last.length;
  const lineEnd = first.at(-1) === LINE_END ? '' : '\n';
  return `${first}${lineEnd}… ${counted(left, 'byte')} left out …\n${last}`;
}

/**
 * Returns the offset to cut the head at: after its last line, so that no word (such as a secret) is
 * cut in two and no longer recognized; within a very long line, between two characters.
 */
function endOfHead(bytes: Buffer): number {
  const line = bytes.lastIndexOf(LINE_END) + 1;
  return bytes.length - line <= bytes.length / 4 ? line : bytes.length - begunBytes(bytes);
}

function startOfTail(bytes: Buffer): number {
  const line = bytes.indexOf(LINE_END) + 1;
  return line > 0 && line <= bytes.length / 4 ? line : characterStart(bytes);
}
