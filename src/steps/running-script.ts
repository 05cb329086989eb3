import type { ChildProcess } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { BoundedOutput } from './bounded-output.ts';
import type { ExecuteContext, OutputStream } from './executor.ts';
import { endProcessGroup } from './process-group.ts';
import type { ScriptEnd } from './shell-outcome.ts';
import { longestTimer } from './timer-limit.ts';

/** What bounds a script besides its own action. */
export type ScriptLimits = {
  /** Between SIGTERM and SIGKILL. */
  readonly graceMs: number;
  /** Bytes of each stream that the result keeps. */
  readonly keptBytes: number;
};

/** When its processes are gone, a pipe is drained within this time, or one that escaped holds it. */
const DRAIN_MS = 250;

/** A script whose bash leads a process group, from its start to the end of that group. */
export class RunningScript {
  readonly #child: ChildProcess;
  readonly #pid: number;
  readonly #graceMs: number;
  readonly #stdout: BoundedOutput;
  readonly #stderr: BoundedOutput;
  readonly #stopRequested = Promise.withResolvers<void>();
  readonly #closed = Promise.withResolvers<void>();
  #stopping: Promise<void> | undefined;
  #stopped: ScriptEnd['stopped'];
  #heldOpen = false;
  #gone = true;
  #receiverError: { readonly error: unknown } | undefined;

  constructor(child: ChildProcess, pid: number, { graceMs, keptBytes }: ScriptLimits) {
    this.#child = child;
    this.#pid = pid;
    this.#graceMs = graceMs;
    this.#stdout = new BoundedOutput(keptBytes);
    this.#stderr = new BoundedOutput(keptBytes);
    child.once('close', () => this.#closed.resolve());
  }

  /**
   * Resolves when the script has ended by itself, or its group has been ended because of the time
   * or the signal. Rejects with what `onOutput` threw, after ending the group.
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
        stdout: this.#stdout.toString(),
        stderr: this.#stderr.toString(),
        exit_code: this.#child.exitCode,
        signal: this.#child.signalCode,
      },
      stopped: this.#stopped,
      heldOpen: this.#heldOpen,
      gone: this.#gone,
    };
  }

  /** Ends the whole group; resolves when it is gone or cannot be ended. Later calls do nothing more. */
  stop(why: NonNullable<ScriptEnd['stopped']>): Promise<void> {
    if (this.#stopping === undefined) {
      this.#stopped = why;
      this.#heldOpen = this.#child.exitCode !== null;
      this.#stopping = this.#endGroup();
      this.#stopRequested.resolve();
    }
    return this.#stopping;
  }

  async #endGroup(): Promise<void> {
    this.#gone = await endProcessGroup(this.#pid, this.#graceMs);
    await Promise.race([this.#closed.promise, delay(DRAIN_MS, undefined, { ref: false })]);
    this.#child.stdout?.destroy();
    this.#child.stderr?.destroy();
    this.#child.unref();
  }

  /**
   * Hands chunks on as they are read, one at a time: a receiver that writes them away synchronously
   * slows the script down to its own speed through the pipe, and nothing queues up in between.
   */
  #follow(stream: OutputStream, kept: BoundedOutput, onOutput: ExecuteContext['onOutput']): void {
    this.#child[stream]?.on('data', (chunk: Buffer) => {
      kept.push(chunk);
      if (this.#receiverError !== undefined) return;
      try {
        onOutput(stream, chunk);
      } catch (error) {
        this.#receiverError = { error };
        void this.stop('cancelled');
      }
    });
  }
}
