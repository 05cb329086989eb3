import type { RecordedEvent } from '#events/log/event.ts';
import type { RunView } from '#events/view/run-view.ts';
import { compileRunbook, type RunbookMachine } from '#machine/compile-runbook.ts';
import { placedSteps } from '#machine/placed-step.ts';
import type { Runbook } from '#runbook/model/runbook.ts';
import type { Hash } from '#safety/actions/digest.ts';
import type { Answer, Case } from './cases/case.ts';
import type { PlacedSteps } from './cases/step-bodies.ts';
import type { Failure } from './failure.ts';
import type { Mocks } from './mocks/given.ts';
import { openRehearsed } from './open-child.ts';
import type { KnownRedactors } from './rehearsed-secrets.ts';

/** A runbook prepared once for all its cases. */
export type Stage = {
  readonly runbook: Runbook;
  readonly machine: RunbookMachine;
  readonly steps: PlacedSteps;
  readonly redactors: KnownRedactors;
};

/** The result of a rehearsal: every event, and whatever the case did not provide for. */
export type Rehearsed = {
  readonly case: Case;
  readonly events: readonly RecordedEvent[];
  readonly view: RunView;
  /** The reason why the run could not reach an end. */
  readonly stopped: Failure | undefined;
  readonly unusedResults: ReturnType<Mocks['unused']>;
  readonly unusedAnswers: readonly Answer[];
};

/** Prepares a runbook; `hash` is SHA-256 in hex. */
export function stageOf(runbook: Runbook, hash: Hash): Stage {
  return {
    runbook,
    machine: compileRunbook(runbook, hash, { openChild: openRehearsed }),
    steps: placedSteps(runbook),
    redactors: new Map(),
  };
}
