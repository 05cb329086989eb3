import { usageError } from '#errors.ts';
import { REPLAY_VERSION } from '#run/resume/replay.ts';
import { inputRefusal } from '#runbook/model/input-text.ts';
import type { Runbook } from '#runbook/model/runbook.ts';
import type { RunMode } from '#runbook/model/terms.ts';
import type { CreatedRun, NewTeamRun } from '#team/create-run.ts';
import type { TeamStore } from '#team/store.ts';
import { refuseForTeam } from '#team/work/allowed.ts';
import { didYouMean } from '#text/suggest.ts';
import { findRunbooks, readSource } from '../../library/find-runbook.ts';
import { loadRunbook, RunbookChecker } from '../../library/load-runbook.ts';
import { DEFAULT_LABEL, type ServerConfig } from './config.ts';

/** A run that is to be started on a worker. */
export type StartedRun = {
  readonly runbook: string;
  readonly environment: string;
  readonly inputs: Readonly<Record<string, string>>;
  readonly mode?: RunMode;
  /** The severity instead of the runbook's. */
  readonly severity?: string;
  readonly by: string;
} & Pick<NewTeamRun, 'source' | 'key' | 'fingerprint' | 'maxOpen'>;

/** A runbook that can be started. */
type StartableRunbook = {
  readonly name: string;
  readonly title: string;
  readonly severity: string;
};

/** Starts runs of the runbooks in the folders of a server. */
export class RunStarter {
  readonly #store: TeamStore;
  readonly #environments: ServerConfig['environments'];
  readonly #dirs: readonly string[];

  constructor(
    store: TeamStore,
    { environments }: Pick<ServerConfig, 'environments'>,
    dirs: readonly string[],
  ) {
    this.#store = store;
    this.#environments = environments;
    this.#dirs = dirs;
  }

  /** The labels that workers need for the configured environments. */
  get labels(): readonly string[] {
    return [...new Set([...(this.#environments?.values() ?? [])].map(({ label }) => label))];
  }

  /** Resolves with the valid runbooks of its folders, by name. */
  async runbooks(): Promise<readonly StartableRunbook[]> {
    const checker = new RunbookChecker(this.#dirs);
    const found: StartableRunbook[] = [];
    for (const { name, file } of findRunbooks(this.#dirs)) {
      const checked = await checker.head(readSource(file));
      if (!checked.ok) continue;
      const { title, severity } = checked.value;
      found.push({ name, title, severity });
    }
    return found;
  }

  /** Starts a run. Rejects with a usage error if its parts do not fit. */
  async start(run: StartedRun): Promise<CreatedRun> {
    const label = labelOf(run.environment, this.#environments);
    const holdMs = this.#environments?.get(run.environment)?.holdMs;
    // Only by name: a path could be any file of this machine.
    const found = findRunbooks(this.#dirs);
    const file = found.find(({ name }) => name === run.runbook)?.file;
    if (file === undefined)
      throw usageError(
        `the server has no runbook "${run.runbook}"`,
        didYouMean(
          run.runbook,
          found.map(({ name }) => name),
        ),
      );
    const text = readSource(file);
    const runbook = await loadRunbook(text, this.#dirs);
    const { inputs, source, key, fingerprint, maxOpen, mode = 'live' } = run;
    refuseForTeam(runbook, inputs);
    refuseInputs(runbook, inputs);
    const { name, title } = runbook;
    return await this.#store.createRun({
      runbook: { name, title, severity: run.severity ?? runbook.severity },
      ...{ text, environment: run.environment, label, mode, inputs, holdMs },
      ...{ startedBy: run.by, source, replay: REPLAY_VERSION, key, fingerprint, maxOpen },
    });
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
