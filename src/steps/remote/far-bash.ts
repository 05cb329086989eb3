import { type ChildProcess, spawn } from 'node:child_process';
import type { OutputStream } from '../executor.ts';
import type { FarScript } from '../shell/running-script.ts';
import { endLeftovers } from './bootstrap.ts';
import type { Client } from './client.ts';
import { Reports } from './reports.ts';

/** What a far bash needs to be reached once more. */
export type FarSurroundings = {
  readonly client: Client;
  readonly env: Readonly<Record<string, string>>;
  readonly graceMs: number;
};

/** The bash on the other side, spoken with through the standard streams of the client that reaches it. */
export class FarBash implements FarScript {
  readonly reports: Reports;
  readonly #child: ChildProcess;
  readonly #surroundings: FarSurroundings;

  /** `script` is what the bootstrap is sent as soon as it is ready. */
  constructor(
    child: ChildProcess,
    script: { readonly mark: string; readonly text: string },
    surroundings: FarSurroundings,
  ) {
    this.#child = child;
    this.#surroundings = surroundings;
    this.reports = new Reports(script.mark, {
      ready: () => child.stdin?.write(script.text),
      // Some clients go on as long as there may be input.
      end: () => child.stdin?.end(),
    });
  }

  read(stream: OutputStream, chunk: Buffer): Buffer {
    return this.reports.read(stream, chunk);
  }

  rest(stream: OutputStream): Buffer {
    return this.reports.rest(stream);
  }

  /** Nothing has to be ended there before it was sent: then only the client is let go. */
  end(): void {
    const { hasBegun, exit } = this.reports;
    if (exit !== undefined) this.#endLeftovers(exit.group);
    else if (hasBegun) this.#child.stdin?.end();
    else this.#child.kill();
  }

  get exitCode(): number | undefined {
    return this.reports.exit?.code;
  }

  /** Its own connection would do nothing more: the bash that was spoken with has ended. */
  #endLeftovers(group: number): void {
    const { client, env, graceMs } = this.#surroundings;
    const { program, words } = client.call(endLeftovers(group, graceMs), false);
    spawn(program, words, { env, stdio: 'ignore' }).on('error', () => {});
  }
}
