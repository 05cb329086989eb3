import { assertEvent } from 'xstate';
import type { Runbook } from '#runbook/model/runbook.ts';
import type { RunMode } from '#runbook/model/terms.ts';
import type { Hash } from '#safety/actions/digest.ts';
import { type Outside, openUnchecked, stepNames } from './context/child-runbook.ts';
import { undoOf } from './context/rendering.ts';
import type { StepFacts } from './context.ts';
import type { DecidedEvent } from './effect.ts';
import type { MachineEvent } from './event.ts';
import { type Acting, isActing, type Placed, placedSteps } from './placed-step.ts';
import { actingBody } from './states/acting.ts';
import { askingBody } from './states/asking.ts';
import type { Body } from './states/body.ts';
import { callingBody } from './states/calling.ts';
import { enteringStates } from './states/entering.ts';
import { finishingState } from './states/finishing.ts';
import { failedState, succeededState } from './states/leaving.ts';
import { parallelBody } from './states/parallel.ts';
import { repeatedStates } from './states/repeating.ts';
import { undoStates } from './states/undo.ts';
import { waitBody } from './states/waiting.ts';
import { type StateConfig, type Vocabulary, vocabularyOf } from './vocabulary.ts';

/** A runbook as an XState machine: one state per step, with a gate before every change. */
export type RunbookMachine = ReturnType<Vocabulary['createMachine']>;

/** The options of compiling a machine. */
export type CompileOptions = Partial<Outside> & {
  /** In a dry run the states that execute a change do not exist. @default live */
  readonly mode?: RunMode;
};

const ABORTED = {
  type: 'record' as const,
  params: ({ event }: { event: MachineEvent }): DecidedEvent => {
    assertEvent(event, 'ABORT');
    return { type: 'run.finished', outcome: 'aborted', summary: event.reason };
  },
};

/**
 * Compiles a runbook; `hash` is SHA-256 in hex. Without `openChild`, inputs of runbooks that run as
 * steps are not checked; without `isSecret`, nothing is secret.
 */
export function compileRunbook(
  runbook: Runbook,
  hash: Hash,
  { mode = 'live', openChild = openUnchecked, isSecret = () => false }: CompileOptions = {},
): RunbookMachine {
  const isDryRun = mode === 'dry-run';
  const placed = [...placedSteps(runbook).values()];
  const vocabulary = vocabularyOf(runbook, hash, { openChild, isSecret });
  const states: Record<string, StateConfig> = {};
  const on: Record<string, object> = {};
  for (const step of placed) {
    on[`JUMP.${step.id}`] = jumpsTo(step);
    if (step.slot !== undefined) continue;
    states[step.id] = stateOf(step, placed, isDryRun);
    if (undoOf(step.does) === undefined || isDryRun) continue;
    on[`UNDO.${step.id}`] = {
      guard: { type: 'canUndo', params: { step: step.id } },
      target: `#run.${step.id}.undoing`,
      actions: ['goOn', { type: 'beginUndo', params: { step: step.id } }],
    };
  }
  const names = stepNames(runbook);
  const waiting: StepFacts = { status: 'waiting' };
  const steps = Object.fromEntries(names.map((id) => [id, waiting]));
  // All present from the start: an object that grows by a key with each step is slow to copy.
  const visits = Object.fromEntries(names.map((id) => [id, 0]));
  return vocabulary.createMachine({
    id: 'run',
    initial: placed[0]?.id ?? 'finished',
    context: ({ input }) => ({
      ...input,
      steps,
      visits,
      frames: {},
      slots: {},
      undoable: {},
      stopping: false,
      visit: { attempt: 1 },
    }),
    on: {
      ...on,
      ABORT: { target: '.aborted', actions: ABORTED },
      AUTO: { actions: 'setAuto' },
      CONNECTED: { actions: 'connect' },
    },
    states: {
      ...states,
      finished: { type: 'final' },
      aborted: { type: 'final' },
    },
  });
}

/**
 * A jump into a runbook that runs as a step is only possible while it runs; a single branch cannot
 * run without those beside it.
 */
function jumpsTo(step: Placed): readonly object[] {
  const to = (id: string) => ({ target: `#run.${id}`, actions: 'goOn' });
  const chain = [...step.frame.matchAll(/\/|(?<=.)$/g)].map(({ index }) =>
    step.frame.slice(0, index),
  );
  const outer = chain.map((id, index) => ({ ...to(id), ...onlyIn(chain[index - 1]) }));
  const own = step.slot === undefined ? step.id : (step.parent ?? step.id);
  return [{ ...to(own), ...onlyIn(step.frame) }, ...outer.toReversed()];
}

function onlyIn(frame: string | undefined) {
  return frame === undefined ? {} : { guard: { type: 'isInside', params: { frame } } };
}

function stateOf(step: Placed, placed: readonly Placed[], isDryRun: boolean): StateConfig {
  const { does } = step;
  if (does.kind === 'finish') return finishingState({ ...step, does });
  const body = bodyOf(step, placed, isDryRun);
  const again = step.forEach === undefined ? body.first : 'listing';
  const undo =
    isActing(step) && undoOf(does) !== undefined && !isDryRun ? undoStates(step, again) : {};
  if (step.forEach !== undefined)
    return {
      initial: 'entered',
      states: { ...repeatedStates(step, body, lanesOf(step, isDryRun)), ...undo },
    };
  return {
    initial: 'entered',
    states: {
      ...enteringStates(step, body.first, body.byItself, body.action),
      ...body.states,
      succeeded: succeededState(step),
      failed: failedState(step, body.again ?? body.first),
      ...(isDryRun ? { simulated: succeededState(step, 'simulated') } : {}),
      ...undo,
    },
  };
}

function bodyOf(step: Placed, placed: readonly Placed[], isDryRun: boolean): Body {
  const { does } = step;
  if (isActing(step)) return actingBody(step, isDryRun);
  switch (does.kind) {
    case 'runbook':
      return callingBody({ ...step, does });
    case 'parallel':
      return parallelBody(step, branchesOf(step, placed));
    case 'wait':
      return waitBody(step, isDryRun);
    default:
      return askingBody(step, isDryRun);
  }
}

function branchesOf(step: Placed, placed: readonly Placed[]): readonly Acting[] {
  return placed.filter(({ parent }) => parent === step.id).filter(isActing);
}

/** Reads may take several items concurrently; every lane has the states of one. */
function lanesOf(step: Placed, isDryRun: boolean) {
  const count = step.forEach?.concurrency ?? 1;
  if (!isActing(step) || step.does.effect !== 'read') return [];
  return Array.from({ length: count }, (_, index) => {
    const lane: Acting = { ...step, slot: `${step.id}#${index + 1}` };
    return { step: lane, body: actingBody(lane, isDryRun) };
  });
}
