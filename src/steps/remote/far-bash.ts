import { type ChildProcess, spawn } from 'node:child_process';
import type { OutputStream } from '../executor.ts';
import type { FarScript } from '../shell/running-script.ts';
import { endLeftovers } from './bootstrap.ts';
import type { Client } from './client.ts';
import { Reports } from './reports.ts';

/** The means to reach a remote bash again. */
type FarSurroundings = {
  readonly client: Client;
  readonly env: Readonly<Record<string, string>>;
  readonly graceMs: number;
};

/** A remote bash, driven through the standard streams of the client that reaches it. */
export class FarBash implements FarScript {
  readonly reports: Reports;
  readonly #child: ChildProcess;
  readonly #surroundings: FarSurroundings;

  /** Starts reading reports. `script.text` is sent once the bootstrap is ready. */
  constructor(
    child: ChildProcess,
    script: { readonly mark: string; readonly text: string },
    surroundings: FarSurroundings,
  ) {
    this.#child = child;
    this.#surroundings = surroundings;
    this.reports = new Reports(script.mark, {
      ready: () => child.stdin?.write(script.text),
      // Some clients keep running as long as input may come.
      end: () => child.stdin?.end(),
    });
  }

  read(stream: OutputStream, chunk: Buffer): Buffer {
    return this.reports.read(stream, chunk);
  }

  rest(stream: OutputStream): Buffer {
    return this.reports.rest(stream);
  }

  /**
   * Ends the script's processes. Before the script was sent nothing runs there, so only the client
   * is killed.
   */
  end(): void {
    const { hasBegun, exit } = this.reports;
    if (exit !== undefined) this.#endLeftovers(exit.group);
    else if (hasBegun) this.#child.stdin?.end();
    else this.#child.kill();
  }

  get exitCode(): number | undefined {
    return this.reports.exit?.code;
  }

  /** Ends leftovers through a new connection, since the bash of this one has ended. */
  #endLeftovers(group: number): void {
    const { client, env, graceMs } = this.#surroundings;
    const { program, words } = client.call(endLeftovers(group, graceMs), false);
    spawn(program, words, { env, stdio: 'ignore' }).on('error', () => {});
  }
}
