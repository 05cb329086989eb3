import type { EventOf } from '#events/log/event.ts';
import type { Intent } from '#events/log/intent.ts';
import type { RunbookMachine } from '#machine/compile-runbook.ts';
import type { Call } from '#machine/effect.ts';
import type { Runbook } from '#runbook/model/runbook.ts';
import type { Value } from '#runbook/model/value.ts';
import type { ResolvedTarget } from '#steps/open-executors.ts';
import type { Journal } from '../journal/port.ts';
import type { SecretValues } from '../values/secrets.ts';
import type { LoadParsers } from './adhoc-commands.ts';
import type { ExecutionSurroundings } from './execution.ts';
import type { ReportError } from './listeners.ts';
import type { Values } from './machine-events.ts';
import type { Schedule } from './timers.ts';

/** What a session is made of. */
export type SessionParts = {
  readonly runbook: Runbook;
  readonly machine: RunbookMachine;
  readonly journal: Journal;
  readonly secrets: SecretValues;
  readonly values: Values;
  readonly surroundings: ExecutionSurroundings;
  readonly clock: () => Date;
  /** Milliseconds on a clock that nobody sets. */
  readonly monotonic: () => number;
  readonly random: () => number;
  /** Receives errors of listeners, and bugs that the run survives. */
  readonly reportError: ReportError;
  /** Wakes the run up after a pause. @default with a timer of Node */
  readonly schedule?: Schedule | undefined;
  /** False when nobody can answer at first: the run pauses where it would ask. */
  readonly attended: boolean;
  readonly readOutput: (file: string) => Promise<string>;
  /** Returns why inputs cannot be changed to what was typed, or nothing where they can. */
  readonly refusalOf: (intent: Intent, step: string) => string | undefined;
  /** Called when inputs were edited, once that is recorded: targets may have new addresses. */
  readonly onEdited: (inputs: Readonly<Record<string, Value>>, step: string) => void;
  /** Called when another runbook begins as a step, before that is recorded. */
  readonly onCalled: (call: Call) => void;
  /** Where a target is now, by its name in the run. */
  readonly targetNamed: (name: string) => ResolvedTarget | undefined;
  /** Without it, no command of the operator's own is proven to only read. */
  readonly loadParsers: LoadParsers | undefined;
};

/** How a session ended. */
export type SessionEnd =
  | { readonly status: 'finished'; readonly outcome: EventOf<'run.finished'>['outcome'] }
  | { readonly status: 'paused'; readonly reason: string; readonly unanswered: boolean };

/** A wish to leave the run, or to end it, that waits for what runs. */
export type Leaving = {
  readonly intent: Extract<Intent, { type: 'leave' | 'abort' }>;
  /** Who wants it. */
  readonly by: string;
  readonly reason: string;
};
