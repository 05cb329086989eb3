import type { ActionStep, Runbook, Step } from '#runbook/model/runbook.ts';

/**
 * A step with its position in a run; its `id` is unique there: `parent/child` inside another
 * runbook.
 */
export type Placed = Step & {
  /** Its ID in expressions of its own runbook. */
  readonly name: string;
  /** The `runbook` step it belongs to, by ID; empty in the runbook of the run itself. */
  readonly frame: string;
  /** Its key among concurrent steps; undefined for a step that runs by itself. */
  readonly slot: string | undefined;
  /** The ID of the next step in order; undefined at the end of its runbook. */
  readonly order: string | undefined;
  /** The absolute state after the end of its runbook. */
  readonly end: string;
  /** The step that contains it, if any. */
  readonly parent: string | undefined;
  readonly isPrerequisite: boolean;
  /** Set for the steps of `finally` of the run, and those inside them. */
  readonly isClosing: boolean;
  /** The runbook that contains it. */
  readonly runbook: Runbook;
};

/** A step that executes a script, a statement or a probe. */
export type Acting = Placed & { readonly does: ActionStep };

/** Returns true for a step that executes a script, a statement or a probe. */
export function isActing(step: Placed): step is Acting {
  return 'body' in step.does;
}

/** Returns the ID in the run of a name in a runbook. */
export function qualified(frame: string, name: string): string {
  return frame === '' ? name : `${frame}/${name}`;
}

/** Returns the ID of the step that runs the runbook of a step; empty for that of the run. */
export function frameOfStep(id: string): string {
  return id.slice(0, Math.max(0, id.lastIndexOf('/')));
}

const cache = new WeakMap<Runbook, ReadonlyMap<string, Placed>>();

/** Returns every step of a run by its ID, each followed by those inside it. */
export function placedSteps(runbook: Runbook): ReadonlyMap<string, Placed> {
  const known = cache.get(runbook);
  if (known !== undefined) return known;
  const placed = new Map(place(runbook, '', '#run.finished', false).map((step) => [step.id, step]));
  cache.set(runbook, placed);
  return placed;
}

/** Returns the ID, in its own runbook, of the first step of a runbook. */
export function firstStepOf(runbook: Runbook): string | undefined {
  return storyOf(runbook)[0]?.step.id;
}

/** Returns the ID, in its own runbook, of the first step of `finally`. */
export function firstFinalOf({ steps }: Runbook): string | undefined {
  return steps.find(({ isFinal }) => isFinal)?.id;
}

function place(
  runbook: Runbook,
  frame: string,
  end: string,
  isClosing: boolean,
): readonly Placed[] {
  const story = storyOf(runbook);
  const final = firstFinalOf(runbook);
  const closing = final === undefined ? end : `#run.${qualified(frame, final)}`;
  return story.flatMap(({ step, isPrerequisite }, index) => {
    const following = story[index + 1]?.step;
    const next = following?.isFinal === step.isFinal ? following?.id : undefined;
    const placed: Placed = {
      ...step,
      id: qualified(frame, step.id),
      name: step.id,
      frame,
      slot: undefined,
      order: next === undefined ? undefined : qualified(frame, next),
      end: step.isFinal ? end : closing,
      parent: frame === '' ? undefined : frame,
      isPrerequisite,
      isClosing: isClosing || (frame === '' && step.isFinal === true),
      runbook,
    };
    return [placed, ...inside(placed)];
  });
}

function inside(step: Placed): readonly Placed[] {
  const { does, frame, id } = step;
  if (does.kind === 'runbook') {
    const home = step.forEach === undefined ? `#run.${id}` : `#run.${id}.item`;
    return place(does.runbook, id, `${home}.returned`, step.isClosing);
  }
  if (does.kind !== 'parallel') return [];
  return does.steps.map((branch) => {
    const own = qualified(frame, branch.id);
    return {
      ...step,
      ...branch,
      id: own,
      name: branch.id,
      slot: own,
      order: undefined,
      parent: id,
    };
  });
}

/** The checks of prerequisites come before the first step. */
function storyOf(
  runbook: Runbook,
): readonly { readonly step: Step; readonly isPrerequisite: boolean }[] {
  const checks = runbook.prerequisites.flatMap(({ text, check }, index) => {
    if (check === undefined) return [];
    const step: Step = {
      ...check,
      id: `prerequisite-${index + 1}`,
      title: text,
      phase: 'diagnose',
    };
    return [{ step, isPrerequisite: true }];
  });
  return [...checks, ...runbook.steps.map((step) => ({ step, isPrerequisite: false }))];
}
