import type { RunRules } from '#events/log/run-event.ts';
import type { StepError } from '#runbook/model/step-error.ts';
import type { Json, Value } from '#runbook/model/value.ts';
import type { TargetFacts } from './context.ts';

type Result = Readonly<Record<string, Json>>;

/** The concurrent action that an event is about; empty for a single one. */
type About = {
  readonly step?: string | undefined;
  /** The item of a repeated step, from 1. */
  readonly item?: number | undefined;
};

/** The input events of a machine: decisions of the operator, and results of actions. */
export type MachineEvent =
  | { readonly type: 'CONTINUE' }
  | { readonly type: 'AUTO'; readonly on: boolean }
  | {
      readonly type: 'CONFIRM';
      readonly digest: string;
      readonly phrase?: string | undefined;
      /** The age of the pinned rows at that moment. */
      readonly previewAgeMs?: number | undefined;
      /** The run that is at work with the same change, if any: then it does not confirm. */
      readonly otherRun?: string | undefined;
    }
  | { readonly type: 'DECLINE'; readonly reason: string }
  | { readonly type: 'REFRESH' }
  /** Rows of the gate with this digest, from 1, that the change must spare; none: as the step chose them. */
  | {
      readonly type: 'LEAVE_OUT';
      readonly digest: string;
      readonly rows: readonly number[];
      /** The rows that are taken back, from 1, of those that are left out or not needed, in this order. */
      readonly back?: readonly number[] | undefined;
    }
  | {
      readonly type: 'ANSWER';
      readonly value: string;
      /** Set if the answer is the value of an input: the resulting inputs and targets. */
      readonly inputs?: Readonly<Record<string, Value>> | undefined;
      readonly targets?: Readonly<Record<string, TargetFacts>> | undefined;
    }
  | { readonly type: 'REPORT'; readonly done: boolean; readonly evidence: string }
  | { readonly type: 'RETRY' }
  | {
      readonly type: 'EDIT';
      readonly inputs: Readonly<Record<string, Value>>;
      readonly targets: Readonly<Record<string, TargetFacts>>;
    }
  | { readonly type: 'SKIP'; readonly reason: string }
  | { readonly type: 'MARK_DONE'; readonly evidence: string }
  | { readonly type: `JUMP.${string}` }
  | { readonly type: `UNDO.${string}` }
  | { readonly type: `CHOOSE.${number | 'next'}`; readonly reason: string }
  | { readonly type: 'RECHECK' }
  | { readonly type: 'STOP' }
  | { readonly type: 'ABORT'; readonly reason: string }
  | ({
      readonly type: 'SUCCEEDED';
      readonly result: Result;
      readonly at: string;
      readonly elapsedMs: number;
    } & About)
  | ({
      readonly type: 'FAILED';
      readonly error: StepError;
      readonly result?: Result | undefined;
      readonly elapsedMs: number;
      /** In [0, 1), for the jitter of a retry. */
      readonly random: number;
    } & About)
  | ({ readonly type: 'UNKNOWN'; readonly error: StepError } & About)
  | ({ readonly type: 'TIMER' } & About)
  /**
   * A later process resumes the run; `started` tells whether the current action had been started.
   */
  | ({ readonly type: 'INTERRUPTED'; readonly started: boolean } & RunRules)
  | { readonly type: 'CONNECTED'; readonly target: string; readonly facts: TargetFacts }
  /** The states of a runbook that starts as a step exist now; sent by `advance` itself. */
  | { readonly type: 'OPENED' };
