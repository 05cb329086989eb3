import type { Source } from '#runbook/yaml/source.ts';
import type { Secret } from '#safety/redaction/redactor.ts';
import type { LoadParsers } from './session/adhoc-commands.ts';
import type { ReportError } from './session/listeners.ts';
import type { Schedule } from './session/timers.ts';
import type { RunStore } from './store/port.ts';
import type { ChildTexts } from './values/child-inputs.ts';

/** The environment of a config file that a run was started in. */
export type RunEnvironment = {
  readonly name: string;
  /** Values of its own that must not be seen, besides those of secret inputs. */
  readonly secrets: readonly Secret[];
};

/** Who and what is at work, for the record. */
export type Surroundings = {
  readonly operator: string;
  readonly host: string;
  readonly pid: number;
  /** Name and version, e.g. `runbook 0.1.0`. */
  readonly program: string;
  readonly terminal: { readonly columns: number; readonly rows: number } | undefined;
  /** The environment that scripts inherit from, by an allow-list. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: () => Date;
  /** Milliseconds on a clock that nobody sets. */
  readonly monotonic: () => number;
  readonly random: () => number;
  /** Receives errors of listeners, and bugs that a run survives; it must not throw. */
  readonly reportError: ReportError;
  /** Wakes a run up after a pause. @default with a timer of Node */
  readonly schedule?: Schedule | undefined;
};

/** What starting or resuming a run needs. */
export type RunOptions = {
  readonly store: RunStore;
  readonly surroundings: Surroundings;
  /** False when nobody can answer: reads run by themselves, and the run pauses where it would ask. */
  readonly attended: boolean;
  /** Input texts by name, from the command line and the environment. */
  readonly given: Readonly<Record<string, string>>;
  /** Input texts of the runbooks that run as steps, where the steps do not name them. */
  readonly children?: ChildTexts | undefined;
  readonly environment?: RunEnvironment | undefined;
  /** The parsers that what the operator types is judged with; without, nothing of it counts as a read. */
  readonly loadParsers?: LoadParsers | undefined;
};

/** What resuming a run needs besides. */
export type ResumeOptions = RunOptions & {
  /** Secret answers of ask steps, by step id: they are not in the journal. */
  readonly answers: Readonly<Record<string, string>>;
  /** Secret inputs that were typed during the run, by the names of `typedInputsOf`. */
  readonly typed?: Readonly<Record<string, string>> | undefined;
};

/** What a new run is made of besides. */
export type NewRunOptions = RunOptions & {
  readonly source: Source;
  /** The git commit that is checked out where the source lies. */
  readonly commit?: string | undefined;
  /** True when the source is not the one of that commit. */
  readonly changedSinceCommit?: boolean | undefined;
  /** Reads run without waiting for the operator from the start. */
  readonly auto: boolean;
  /** In a dry run reads run, and changes are shown and simulated. @default live */
  readonly mode?: 'live' | 'dry-run';
};
