import type { EventOf } from '#events/log/event.ts';
import type { ReportError } from '#events/log/listeners.ts';
import type { Execute } from '#machine/effect.ts';
import type { RunMode } from '#runbook/model/terms.ts';
import type { Source } from '#runbook/yaml/source.ts';
import type { Secret } from '#safety/redaction/redactor.ts';
import type { ResolvedTarget } from '#steps/open-executors.ts';
import type { LoadParsers } from './session/adhoc-commands.ts';
import type { Schedule } from './session/timers.ts';
import type { RunStore } from './store/port.ts';
import type { ChildTexts } from './values/child-inputs.ts';

/** The environment of a config file in which a run was started. */
export type RunEnvironment = {
  readonly name: string;
  /** Its own secrets, besides those of secret inputs. */
  readonly secrets: readonly Secret[];
};

/** A drill, while its servers run. */
export type Practice = {
  readonly folder: string;
  /** The hosts, with ports, of every URL that leads to its servers. */
  readonly hosts: readonly string[];
};

/** The operator, the machine and the program, for the record. */
export type Surroundings = {
  readonly operator: string;
  readonly host: string;
  readonly pid: number;
  /** Name and version, e.g. `runbook 0.1.0`. */
  readonly program: string;
  readonly terminal: { readonly columns: number; readonly rows: number } | undefined;
  /** The worker of a team that executes the run; undefined on the operator's own machine. */
  readonly worker?: EventOf<'run.started'>['worker'];
  /** The drill whose logins the operator has; undefined outside of drills. */
  readonly practice?: Practice | undefined;
  /** The environment that scripts inherit from, by an allow-list. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: () => Date;
  /** Monotonic milliseconds. */
  readonly monotonic: () => number;
  readonly random: () => number;
  /** Receives errors of listeners, and internal errors that a run survives; must not throw. */
  readonly reportError: ReportError;
  /** Schedules the end of a pause. @default with a timer of Node */
  readonly schedule?: Schedule | undefined;
};

/** The options of starting or resuming a run. */
export type RunOptions = {
  readonly store: Pick<RunStore, 'create'>;
  readonly surroundings: Surroundings;
  /** False if nobody can answer: reads run by themselves, and the run pauses instead of asking. */
  readonly attended: boolean;
  /** Input texts by name, from the command line and the environment. */
  readonly given: Readonly<Record<string, string>>;
  /** Input texts of the runbooks that run as steps, for inputs that the steps do not set. */
  readonly children?: ChildTexts | undefined;
  readonly environment?: RunEnvironment | undefined;
  /** The options that run another runbook on the same servers, as words for a shell. */
  readonly repeated?: string | undefined;
  /** The parsers that classify ad-hoc commands; without them, none counts as a read. */
  readonly loadParsers?: LoadParsers | undefined;
  /**
   * Called before an action that is not a read starts, after its record is durable; the action does
   * not start if it rejects. Called again once a connection was made, and before a script is sent.
   * Resolves with the moment, in milliseconds since 1970, after which a script must not start.
   */
  readonly mayStart?: ((execute: Execute) => Promise<number | undefined>) | undefined;
};

/** The additional options of resuming a run. */
export type ResumeOptions = RunOptions & {
  /** Secret answers of ask steps, by step ID: they are not in the journal. */
  readonly answers: Readonly<Record<string, string>>;
  /** Secret inputs typed during the run, by the names of `typedInputsOf`. */
  readonly typed?: Readonly<Record<string, string>> | undefined;
  /** The step at which the operator continues a run that this build cannot follow to its end. */
  readonly at?: string | undefined;
  /**
   * Ends the database sessions that earlier processes of the run left on its targets, before
   * anything is asked; resolves with them, for the record.
   */
  readonly endSessions?: (
    targets: readonly ResolvedTarget[],
  ) => Promise<EventOf<'run.resumed'>['cleared']>;
};

/** The additional options of starting a run. */
export type NewRunOptions = RunOptions & {
  readonly source: Source;
  /** The git commit checked out at the location of the source. */
  readonly commit?: string | undefined;
  /** True if the source differs from the one in that commit. */
  readonly changedSinceCommit?: boolean | undefined;
  /** Reads run without waiting for the operator from the start. */
  readonly auto: boolean;
  /** Every step waits for the operator. @default false */
  readonly stepwise?: boolean | undefined;
  /** In a dry run reads are executed, and changes are shown and simulated. @default live */
  readonly mode?: RunMode;
};
