import { RunbookError } from '#errors.ts';
import type { RecordedEvent } from '#events/log/event.ts';
import type { RunView } from '#events/view/run-view.ts';
import { compileRunbook, type RunbookMachine } from '#machine/compile-runbook.ts';
import { type OpenChild, openUnchecked } from '#machine/context/child-runbook.ts';
import { placedSteps } from '#machine/placed-step.ts';
import { resolveTargets, targetFacts } from '#run/values/targets.ts';
import type { InputType, Runbook } from '#runbook/model/runbook.ts';
import type { Value } from '#runbook/model/value.ts';
import type { Hash } from '#safety/actions/digest.ts';
import type { Answer, Case } from './cases/case.ts';
import type { Failure } from './failure.ts';
import type { Mocks } from './mocks/given.ts';
import type { PlacedSteps } from './mocks/mocked.ts';
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

const STAND_INS: Readonly<Record<InputType, Value>> = {
  text: 'stand-in',
  number: 1,
  boolean: true,
  duration: '10m',
  url: 'postgres://app@db/shop',
  list: ['stand-in'],
};

/**
 * Opens a runbook that runs as a step; values that only its environment could provide are replaced.
 */
const openRehearsed: OpenChild = (runbook, given) => {
  const standIns = runbook.inputs.flatMap(({ name, type, required, default: other }) =>
    required && other === null ? [[name, STAND_INS[type]] as const] : [],
  );
  const opened = openUnchecked(runbook, { ...Object.fromEntries(standIns), ...given });
  return opened.ok
    ? { ...opened, targets: { ...opened.targets, ...factsOf(runbook, opened.inputs) } }
    : opened;
};

/** Returns what the addresses of a child's targets say; nothing if one of them is not an address. */
function factsOf(runbook: Runbook, inputs: Readonly<Record<string, Value>>) {
  try {
    return targetFacts(resolveTargets(runbook, inputs));
  } catch (error) {
    if (!(error instanceof RunbookError)) throw error;
    return {};
  }
}
