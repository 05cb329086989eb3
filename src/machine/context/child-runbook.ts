import type { Scope } from '#runbook/expression/cel.ts';
import type { Rendered } from '#runbook/expression/template.ts';
import type { Runbook, RunbookStep } from '#runbook/model/runbook.ts';
import type { Json, Value } from '#runbook/model/value.ts';
import { renderValue } from '#safety/actions/render-value.ts';
import type { ChildEnd, ChildFrame, MachineContext, StepFacts, TargetFacts } from '../context.ts';
import type { Call } from '../effect.ts';
import { type Placed, placedSteps } from '../placed-step.ts';
import { allTargets, frameOf, isSamePlace } from './frames.ts';
import { outputsOf, scopeOf } from './scope.ts';

/** A step that runs another runbook. */
export type Calling = Placed & { readonly does: RunbookStep };

/**
 * Gives a runbook that runs as a step its inputs, checked like the operator's, and the known facts
 * of its targets; or returns why the values are invalid. Pure: a replay calls it again.
 */
export type OpenChild = (
  runbook: Runbook,
  given: Readonly<Record<string, Value>>,
) =>
  | {
      readonly ok: true;
      readonly inputs: Readonly<Record<string, Value>>;
      readonly targets: Readonly<Record<string, TargetFacts>>;
    }
  | { readonly ok: false; readonly reason: string };

/** The dependencies of a machine on the run. */
export type Outside = {
  readonly openChild: OpenChild;
  /** Returns whether a text would be masked, in whole or in part. */
  readonly isSecret: (text: string) => boolean;
};

/** Does not check the values, and knows no targets: for machines that execute nothing. */
export const openUnchecked: OpenChild = (runbook, given) => {
  const unknown = { engine: null, host: null, port: null, database: null, user: null };
  return {
    ok: true,
    inputs: Object.fromEntries(
      runbook.inputs.map(({ name, default: other }) => [name, given[name] ?? other]),
    ),
    targets: Object.fromEntries(
      runbook.targets.map(({ name }) => [name, { ...unknown, name, description: name }]),
    ),
  };
};

/** Returns the context with the runbook of a step started, or with the error that prevents it. */
export function callChild(context: MachineContext, step: Placed, open: OpenChild): MachineContext {
  const { does } = step;
  if (does.kind !== 'runbook') throw new Error(`the machine calls no runbook: ${step.id}`);
  const { error: _, ...caller } = context.visit;
  const fail = (message: string): MachineContext => ({
    ...context,
    visit: { ...caller, error: { kind: 'config', message } },
  });
  const calling = { ...step, does };
  const given = givenBy(calling, scopeOf(context, step));
  if (!given.ok) return fail(given.reason);
  const { runbook } = does;
  const opened = open(runbook, given.value);
  if (!opened.ok) return fail(opened.reason);
  const frame: ChildFrame = {
    inputs: opened.inputs,
    targets: withWhatIsKnown(opened.targets, context),
    ...untouched(calling),
    findings: [],
    caller,
  };
  return { ...context, visit: caller, frames: { ...context.frames, [step.id]: frame } };
}

function untouched(step: Calling): Pick<ChildFrame, 'steps' | 'visits'> {
  const names = stepNames(step.does.runbook);
  const waiting: StepFacts = { status: 'waiting' };
  return {
    steps: Object.fromEntries(names.map((name) => [name, waiting])),
    visits: Object.fromEntries(names.map((name) => [name, 0])),
  };
}

/** Returns the IDs of a runbook's own steps, branches of `parallel` steps included. */
export function stepNames(runbook: Runbook): readonly string[] {
  return [...placedSteps(runbook).values()].filter(({ frame }) => frame === '').map(({ id }) => id);
}

/** A target at a connected address has the facts of that connection. */
function withWhatIsKnown(
  targets: Readonly<Record<string, TargetFacts>>,
  context: MachineContext,
): Readonly<Record<string, TargetFacts>> {
  const known = Object.values(allTargets(context));
  return Object.fromEntries(
    Object.entries(targets).map(([name, facts]) => {
      const same = known.find((other) => isSamePlace(facts, other));
      return [name, same === undefined ? facts : { ...same, name }];
    }),
  );
}

function givenBy({ does }: Calling, scope: Scope): Rendered<Readonly<Record<string, Value>>> {
  const value: Record<string, Value> = {};
  for (const [name, one] of Object.entries(does.with)) {
    const rendered = renderValue(one, scope);
    if (!rendered.ok) return { ok: false, reason: `the input "${name}": ${rendered.reason}` };
    value[name] = rendered.value;
  }
  return { ok: true, value };
}

/** Returns the facts about a started runbook for the session. */
export function callOf(context: MachineContext, step: Calling): Call {
  const { inputs, targets } = frameOf(context, step.id);
  return {
    step: step.id,
    item: context.visit.item,
    runbook: step.does.runbook,
    inputs,
    targets,
  };
}

/** The end of a runbook that ran as a step, for the one that ran it. */
type ChildResult = ChildEnd & {
  readonly findings: readonly string[];
  readonly outputs?: Readonly<Record<string, Json>>;
};

/** Returns the outcome, the findings and the outputs of a step's runbook. */
export function endOfChild(context: MachineContext, { id, does }: Calling): ChildResult {
  const { end, findings = [] } = context.frames[id] ?? {};
  const { runbook } = does;
  return {
    ...(end ?? { outcome: 'unresolved' as const, summary: '' }),
    findings,
    ...(runbook.outputs === undefined ? {} : { outputs: outputsOf(context, id, runbook) }),
  };
}

/** Returns the context back in the step that ran a runbook, with its outcome as the result. */
export function returnFromChild(context: MachineContext, step: Placed): MachineContext {
  const { [step.id]: frame, ...frames } = context.frames;
  const { does } = step;
  if (frame === undefined || does.kind !== 'runbook') return context;
  const { unchecked: _, continue_with = '', ...end } = endOfChild(context, { ...step, does });
  const visit = { ...frame.caller, result: { ...end, continue_with } };
  return { ...context, frames, visit };
}

/**
 * Returns the context with the outcome of a runbook that runs as a step, or with one more finding.
 */
export function withChild(
  context: MachineContext,
  id: string,
  change: (frame: ChildFrame) => Partial<ChildFrame>,
): Partial<MachineContext> {
  const frame = context.frames[id];
  if (frame === undefined) return {};
  return { frames: { ...context.frames, [id]: { ...frame, ...change(frame) } } };
}
