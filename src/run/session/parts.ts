import type { EventOf, Reason } from '#events/log/event.ts';
import type { Intent } from '#events/log/intent.ts';
import type { ReportError } from '#events/log/listeners.ts';
import type { Call } from '#machine/effect.ts';
import type { Runbook } from '#runbook/model/runbook.ts';
import type { Value } from '#runbook/model/value.ts';
import type { ResolvedTarget } from '#steps/open-executors.ts';
import type { ChangeBoard } from '../changes/port.ts';
import type { Journal } from '../journal/port.ts';
import type { SecretValues } from '../values/secrets.ts';
import type { LoadParsers } from './adhoc-commands.ts';
import type { ExecutionSurroundings } from './execution.ts';
import type { Values } from './machine-events.ts';
import type { Schedule } from './timers.ts';

/** The dependencies of a session. */
export type SessionParts = {
  readonly runbook: Runbook;
  readonly journal: Journal;
  readonly secrets: SecretValues;
  readonly values: Values;
  readonly surroundings: ExecutionSurroundings;
  readonly clock: () => Date;
  /** Monotonic milliseconds. */
  readonly monotonic: () => number;
  readonly random: () => number;
  /** Receives errors of listeners, and internal errors that the run survives. */
  readonly reportError: ReportError;
  /** The changes that the runs of the store are at; without it, no gate names another run. */
  readonly board?: ChangeBoard | undefined;
  /** The name of this machine. */
  readonly host: string;
  /** Schedules the end of a pause. @default with a timer of Node */
  readonly schedule?: Schedule | undefined;
  /** False if nobody can answer at first: the run pauses instead of asking. */
  readonly attended: boolean;
  readonly readOutput: (file: string) => Promise<string>;
  /** Returns why typed inputs are invalid, or undefined if they are valid. */
  readonly refusalOf: (intent: Intent, step: string) => string | undefined;
  /** Called once edited inputs are recorded: targets may have new addresses. */
  readonly onEdited: (inputs: Readonly<Record<string, Value>>, step: string) => void;
  /** Called when another runbook starts as a step, before that is recorded. */
  readonly onCalled: (call: Call) => void;
  /** Returns the current address of a target, by its name in the run. */
  readonly targetNamed: (name: string) => ResolvedTarget | undefined;
  /** Without it, no ad-hoc command is proven to be a read. */
  readonly loadParsers: LoadParsers | undefined;
};

/** The end of a session. */
export type SessionEnd =
  | { readonly status: 'finished'; readonly outcome: EventOf<'run.finished'>['outcome'] }
  | { readonly status: 'paused'; readonly unanswered: boolean };

/** A pending request to leave or abort the run once nothing runs. */
export type Leaving = {
  readonly intent: Extract<Intent, { type: 'leave' | 'abort' }>;
  /** The person who requested it. */
  readonly by: string;
  readonly why: Reason;
};
