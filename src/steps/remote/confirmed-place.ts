import type { StepError } from '#runbook/model/step-error.ts';
import type { ConnectAction } from '#safety/actions/action.ts';
import type { ShellAction } from '#safety/kinds/shell.ts';
import { serverIdentity } from '../database/server-identity.ts';
import type { ExecuteContext, StepOutcome } from '../executor.ts';
import type { Asking, Client } from './client.ts';
import { lookScript, shortened } from './look.ts';
import { OTHER_PLACE } from './outcome.ts';

/** Runs a script through a client; it starts only if the far side prints what is expected. */
export type RunThere = (
  client: Client,
  script: ShellAction,
  context: ExecuteContext,
  expected?: string,
) => Promise<StepOutcome>;

/** The place of scripts, with who was found there: a change runs on no other. */
export class ConfirmedPlace {
  readonly #client: Client;
  /** The findings so far, by identity: the reports of the client and of the far side. */
  readonly #known = new Map<string, { readonly said: string; readonly printed: string }>();

  constructor(client: Client) {
    this.#client = client;
  }

  /**
   * Looks who answers, and where the folder of a script leads. `result.server` is the identity of
   * both; `shown` and `folder` are for people.
   */
  async look(
    action: ConnectAction | ShellAction,
    run: RunThere,
    how: Asking,
  ): Promise<StepOutcome> {
    const answering = await this.#client.identify(how);
    if ('error' in answering) return { status: 'failed', error: answering.error };
    const { cwd } = action.kind === 'shell' ? action : (action.script ?? { cwd: undefined });
    const script = scriptOf(this.#client, action.target, cwd, how.timeoutMs);
    const pinned = { ...this.#client, call: answering.call };
    const outcome = await run(pinned, script, { signal: how.signal, onOutput: () => {} });
    if (outcome.status !== 'succeeded') return outcome;
    const printed = String(outcome.result.stdout).replace(/\n+$/, '');
    const end = printed.indexOf('\n');
    const who = printed.slice(0, end).split(', boot')[0] ?? '';
    const server = serverIdentity(`${answering.said}\n${printed}`);
    this.#known.set(server, { said: answering.said, printed });
    const shown = `${shortened(who)}, ${answering.shown}`;
    const folder = cwd === undefined ? {} : { folder: printed.slice(end + 1) };
    return { status: 'succeeded', result: { server, shown, ...folder } };
  }

  /** Resolves with a client that reaches only whom a change was confirmed for, if they answer now. */
  async stillThere(
    server: string,
    how: Asking,
  ): Promise<{ readonly client: Client; readonly printed: string } | { error: StepError }> {
    const answering = await this.#client.identify(how);
    if ('error' in answering) return answering;
    const confirmed = this.#known.get(server);
    if (confirmed === undefined || confirmed.said !== answering.said) return { error: OTHER_PLACE };
    const client = { ...this.#client, call: answering.call };
    return { client, printed: confirmed.printed };
  }
}

/** Returns the script of a look: a read in the folder of the script it is for. */
function scriptOf(
  client: Client,
  target: string,
  cwd: string | undefined,
  timeoutMs: number,
): ShellAction {
  const nothing = { env: {}, stdin: undefined, okExit: [0], parse: 'text' } as const;
  const how = { interactive: false, readOnly: true, timeoutMs } as const;
  return { kind: 'shell', target, script: lookScript(client), cwd, ...nothing, ...how };
}
