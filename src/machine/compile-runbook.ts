import { assertEvent } from 'xstate';
import type { Runbook } from '#runbook/model/runbook.ts';
import type { RunMode } from '#runbook/model/terms.ts';
import type { Hash } from '#safety/actions/digest.ts';
import { type Outside, openUnchecked, stepNames } from './context/child-runbook.ts';
import { undoOf } from './context/rendering.ts';
import type { StepFacts } from './context.ts';
import type { DecidedEvent } from './effect.ts';
import type { MachineEvent } from './event.ts';
import { type Acting, firstFinalOf, isActing, type Placed, placedSteps } from './placed-step.ts';
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

function abortedBy({ event }: { event: MachineEvent }) {
  assertEvent(event, 'ABORT');
  return { outcome: 'aborted' as const, summary: event.reason };
}

/** Ends the run at once. */
const ABORTS = {
  target: '#run.aborted',
  actions: {
    type: 'record' as const,
    params: (given: { event: MachineEvent }): DecidedEvent => ({
      type: 'run.finished',
      ...abortedBy(given),
    }),
  },
};

/** An abort leads to `finally`, if the runbook has it; a second one ends the run at once. */
function abortOf(runbook: Runbook) {
  const final = firstFinalOf(runbook);
  if (final === undefined) return ABORTS;
  const end = { type: 'endRun' as const, params: abortedBy };
  return { target: `#run.${final}`, actions: ['goOn' as const, end] };
}

/**
 * Compiles a runbook; `hash` is SHA-256 in hex. Without `openChild`, inputs of runbooks that run as
 * steps are not checked; without `isSecret`, nothing is secret.
 */
export function compileRunbook(
  runbook: Runbook,
  hash: Hash,
  options: CompileOptions = {},
): RunbookMachine {
  return compile(runbook, hash, options, () => true);
}

/**
 * Compiles a runbook without those that run as its steps: {@link opened} adds the states of one when
 * it starts. Behaves like the machine of {@link compileRunbook}.
 */
export function compileAsOpened(
  runbook: Runbook,
  hash: Hash,
  options: CompileOptions = {},
): RunbookMachine {
  const compileWith = (open: ReadonlySet<string>): RunbookMachine => {
    const machine = compile(runbook, hash, options, (frame) => open.has(frame));
    machinesWith.set(machine, (step) => compileWith(new Set([...open, step])));
    return machine;
  };
  return compileWith(new Set(['']));
}

/** Machines that lack runbooks that run as steps: returns each with that of one more step. */
const machinesWith = new WeakMap<object, (step: string) => RunbookMachine>();

/** Returns a machine of {@link compileAsOpened} with the states of the runbook that a step runs. */
export function opened(machine: object, step: string): RunbookMachine {
  const more = machinesWith.get(machine)?.(step);
  if (more === undefined) throw new Error(`the machine was compiled without ${step}`);
  return more;
}

/** Compiles the steps whose runbook, by the ID of the step that runs it, is open. */
function compile(
  runbook: Runbook,
  hash: Hash,
  { mode = 'live', openChild = openUnchecked, isSecret = () => false }: CompileOptions,
  isOpen: (frame: string) => boolean,
): RunbookMachine {
  const isDryRun = mode === 'dry-run';
  const placed = [...placedSteps(runbook).values()];
  const vocabulary = vocabularyOf(runbook, hash, { openChild, isSecret });
  const states: Record<string, StateConfig> = {};
  const on: Record<string, object> = {};
  for (const step of placed) {
    on[`JUMP.${step.id}`] = jumpsTo(step, isOpen);
    if (step.slot !== undefined || !isOpen(step.frame)) continue;
    const state = stateOf(step, { placed, isDryRun, isOpen: isOpen(step.id) });
    states[step.id] = step.isClosing ? { ...state, on: { ABORT: ABORTS } } : state;
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
      unsettled: {},
      stopping: false,
      visit: { attempt: 1 },
    }),
    on: {
      ...on,
      ABORT: abortOf(runbook),
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
function jumpsTo(step: Placed, isOpen: (frame: string) => boolean): readonly object[] {
  const chain = [...step.frame.matchAll(/\/|(?<=.)$/g)].map(({ index }) =>
    step.frame.slice(0, index),
  );
  const outer = chain.map((id, index) => ({ id, frame: chain[index - 1] }));
  const own = step.slot === undefined ? step.id : (step.parent ?? step.id);
  return [{ id: own, frame: step.frame }, ...outer.toReversed()]
    .filter(({ frame = '' }) => isOpen(frame))
    .map(({ id, frame }) => ({ target: `#run.${id}`, actions: 'goOn', ...onlyIn(frame) }));
}

function onlyIn(frame: string | undefined) {
  return frame === undefined ? {} : { guard: { type: 'isInside', params: { frame } } };
}

/** The surroundings of the states of a step. */
type Around = {
  readonly placed: readonly Placed[];
  readonly isDryRun: boolean;
  /** The states of the runbook that the step runs exist. */
  readonly isOpen: boolean;
};

function stateOf(step: Placed, around: Around): StateConfig {
  const { does } = step;
  const { isDryRun } = around;
  if (does.kind === 'finish') return finishingState({ ...step, does });
  const body = bodyOf(step, around);
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

function bodyOf(step: Placed, { placed, isDryRun, isOpen }: Around): Body {
  const { does } = step;
  if (isActing(step)) return actingBody(step, isDryRun);
  switch (does.kind) {
    case 'runbook':
      return callingBody({ ...step, does }, isOpen);
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
