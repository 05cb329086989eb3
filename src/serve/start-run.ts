import { messageOf, usageError } from '#errors.ts';
import { REPLAY_VERSION } from '#run/resume/replay.ts';
import { inputRefusal } from '#runbook/model/input-text.ts';
import type { Runbook } from '#runbook/model/runbook.ts';
import type { RunMode } from '#runbook/model/terms.ts';
import type { CreatedRun, NewTeamRun } from '#team/create-run.ts';
import type { TeamStore } from '#team/store.ts';
import { refuseForTeam } from '#team/work/allowed.ts';
import { didYouMean } from '#text/suggest.ts';
import type { DescribedRunbook } from '#web/served-team.ts';
import { DEFAULT_LABEL, type ServerConfig } from './config.ts';
import type { FolderRunbooks } from './runbooks.ts';

/** A run that is to be started on a worker. */
export type StartedRun = {
  readonly runbook: string;
  readonly environment: string;
  readonly inputs: Readonly<Record<string, string>>;
  readonly mode?: RunMode;
  /** The severity instead of the runbook's. */
  readonly severity?: string;
  /** The title instead of the runbook's. */
  readonly title?: string | undefined;
  readonly by: string;
} & Pick<NewTeamRun, 'source' | 'key' | 'fingerprint' | 'maxOpen' | 'alert'>;

/** Starts runs of the runbooks in the folders of a server. */
export class RunStarter {
  readonly #store: TeamStore;
  readonly #environments: ServerConfig['environments'];
  readonly #runbooks: FolderRunbooks;

  constructor(
    store: TeamStore,
    { environments }: Pick<ServerConfig, 'environments'>,
    runbooks: FolderRunbooks,
  ) {
    this.#store = store;
    this.#environments = environments;
    this.#runbooks = runbooks;
  }

  /** The labels that workers need for the configured environments. */
  get labels(): readonly string[] {
    return [...new Set([...(this.#environments?.values() ?? [])].map(({ label }) => label))];
  }

  /** Starts a run. Rejects with a usage error if its parts do not fit. */
  async start(run: StartedRun): Promise<CreatedRun> {
    const label = labelOf(run.environment, this.#environments);
    const holdMs = this.#environments?.get(run.environment)?.holdMs;
    // Only by name: a path could be any file of this machine.
    const found = this.#runbooks.found();
    const text = found.get(run.runbook)?.();
    if (text === undefined)
      throw usageError(
        `the server has no runbook "${run.runbook}"`,
        didYouMean(run.runbook, [...found.keys()]),
      );
    const runbook = await this.#runbooks.load(text);
    const { inputs, source, key, fingerprint, maxOpen, alert, mode = 'live' } = run;
    refuseForTeam(runbook, inputs);
    refuseInputs(runbook, inputs);
    const { name } = runbook;
    return await this.#store.createRun({
      runbook: {
        name,
        title: run.title ?? runbook.title,
        severity: run.severity ?? runbook.severity,
      },
      ...{ text, environment: run.environment, label, mode, inputs, holdMs },
      ...{ startedBy: run.by, source, replay: REPLAY_VERSION, key, fingerprint, maxOpen, alert },
    });
  }
}

/** Resolves with a runbook of the folders as whoever starts it has to know it; undefined if there is no valid one. */
export async function describedRunbook(
  runbooks: FolderRunbooks,
  name: string,
): Promise<DescribedRunbook | undefined> {
  const text = runbooks.found().get(name)?.();
  if (text === undefined) return undefined;
  const runbook = await runbooks.load(text).catch(() => undefined);
  if (runbook === undefined) return undefined;
  const { title, severity, summary, impact, inputs, steps } = runbook;
  return {
    ...{ name, title, severity, summary, impact },
    inputs: inputs.filter(({ secret }) => !secret),
    secrets: inputs.flatMap((input) => (input.secret ? [input.name] : [])),
    steps: steps.map(({ title: step, does }) => {
      return { title: step, effect: 'effect' in does ? does.effect : undefined };
    }),
    refusal: refusalOf(() => refuseForTeam(runbook, {})),
  };
}

function refusalOf(check: () => void): string | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}

function labelOf(name: string, environments: ServerConfig['environments']): string {
  if (environments === undefined) return DEFAULT_LABEL;
  const label = environments.get(name)?.label;
  if (label === undefined) throw usageError(`there is no environment "${name}"`);
  return label;
}

function refuseInputs({ inputs }: Runbook, given: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(given)) {
    const definition = inputs.find((input) => input.name === name);
    if (definition === undefined) throw usageError(`the runbook has no input "${name}"`);
    const refusal = inputRefusal(definition, text);
    if (refusal !== undefined) throw usageError(refusal);
  }
}
