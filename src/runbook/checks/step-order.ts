import type { Diagnostic } from '../diagnostic.ts';
import type { NameUse } from '../expression/names-read.ts';
import type { Step } from '../model/runbook.ts';
import type { PlacedUse } from '../read/part-reader.ts';
import { type Flow, type Marks, reachableFrom } from './flow.ts';

/** A step and every name that its expressions read. */
type StepUses = { readonly step: Step; readonly uses: readonly PlacedUse[] };

/**
 * Reports reads of other steps' results: an error if that step cannot have run yet, a warning if a
 * path bypasses it and nothing tests for that.
 */
export function stepOrder(flow: Flow, all: readonly StepUses[]): readonly Diagnostic[] {
  const owners = ownersOf(flow.steps);
  const reached = reachableFrom(flow, [0]);
  const byOwner = Map.groupBy(readsOf(all, owners), ({ owner }) => owner.index);
  return [...byOwner].flatMap(([index, reads]) => {
    const order = orderOf(flow, index, reached);
    return reads.flatMap((read) => problemOf(read, order) ?? []);
  });
}

/** A name of another step that a step reads. */
type Read = {
  readonly step: Step;
  readonly at: number;
  readonly placed: PlacedUse;
  readonly owner: Owner;
  readonly guarded: ReturnType<typeof guardsOf>;
};

function readsOf(all: readonly StepUses[], owners: ReadonlyMap<string, Owner>): readonly Read[] {
  return all.flatMap(({ step, uses }, at) => {
    const guarded = guardsOf(uses);
    return uses.flatMap((placed) => {
      const owner = ownerOf(placed.use, owners);
      return owner === undefined ? [] : [{ step, at, placed, owner, guarded }];
    });
  });
}

/** Returns the step that a name belongs to. `status` has no owner: it can be read at any time. */
function ownerOf({ path }: NameUse, owners: ReadonlyMap<string, Owner>): Owner | undefined {
  const [root, id = '', field] = path;
  return root === 'steps' && field !== 'status' ? owners.get(id) : undefined;
}

function problemOf(
  { step, at, placed, owner, guarded }: Read,
  order: ReturnType<typeof orderOf>,
): Diagnostic | undefined {
  const { path, use } = placed;
  const [, id = ''] = use.path;
  const isOwn = owner.index === at;
  if (isOwn && isAfterwards(path, owner.isBranch)) return undefined;
  const comes = order(at, owner.isConditional);
  if (comes === 'later') return notBefore(step, id, use, isOwn && owner.isBranch);
  const isSafe = comes === 'before' || use.guards.has(id) || guarded(path).has(id);
  return isSafe ? undefined : mayNotHaveRun(step, id, use);
}

/** Returns whether a step has always, sometimes or never run before another one. */
function orderOf(
  flow: Flow,
  index: number,
  reached: Marks,
): (other: number, isConditional: boolean) => 'before' | 'sometimes' | 'later' {
  const after = reachableFrom(flow, flow.ways[index] ?? []);
  const past = reachableFrom(flow, [0], index);
  return (other, isConditional) => {
    // An unreachable step is already reported as such.
    if (reached[other] !== 1) return 'before';
    if (after[other] !== 1) return 'later';
    return past[other] === 1 || isConditional ? 'sometimes' : 'before';
  };
}

type Owner = {
  readonly index: number;
  readonly isBranch: boolean;
  readonly isConditional: boolean;
};

/** A branch has run when its `parallel` step has. */
function ownersOf(steps: readonly Step[]): ReadonlyMap<string, Owner> {
  const owners = new Map<string, Owner>();
  for (const [index, { id, if: condition, does }] of steps.entries()) {
    const isConditional = condition !== undefined;
    owners.set(id, { index, isBranch: false, isConditional });
    for (const branch of does.kind === 'parallel' ? does.steps : [])
      owners.set(branch.id, {
        index,
        isBranch: true,
        isConditional: isConditional || branch.if !== undefined,
      });
  }
  return owners;
}

/** Expressions under these keys are evaluated once the step has its result. */
function isAfterwards([key]: PlacedUse['path'], isBranch: boolean): boolean {
  return key === 'next' || (!isBranch && key === 'undo');
}

/**
 * A condition that tests a step guards the reads where it holds, and those in the clauses below it.
 */
function guardsOf(uses: readonly PlacedUse[]) {
  const looked = uses.flatMap(({ path, use }) => {
    const [root, id = '', field] = use.path;
    const isLook = root === 'steps' && path.at(-1) === 'if' && (field === 'status' || use.isHas);
    return isLook ? [{ path, id }] : [];
  });
  return (path: PlacedUse['path']): ReadonlySet<string> =>
    new Set(
      looked.filter(({ path: by }) => by.length === 1 || isBelow(path, by)).map(({ id }) => id),
    );
}

function isBelow(path: PlacedUse['path'], by: PlacedUse['path']): boolean {
  return path[0] === 'next' && by[0] === 'next' && Number(path[1]) >= Number(by[1]);
}

function notBefore(step: Step, id: string, { span, path }: NameUse, isBeside: boolean): Diagnostic {
  const isSelf = step.id === id;
  return {
    severity: 'error',
    code: 'step-not-before',
    message: isSelf
      ? `"${id}" has not run yet when this is read`
      : isBeside
        ? `"${id}" runs at the same time as this`
        : `no way leads from "${id}" to "${step.id}"`,
    span,
    hint: isSelf
      ? `its own result is result.${path.slice(2).join('.')}, in expect: and next:`
      : isBeside
        ? 'make it a step of its own, after the parallel one'
        : 'name a step that comes before, or go back to this one from there',
  };
}

function mayNotHaveRun(step: Step, id: string, { span, path }: NameUse): Diagnostic {
  const field = path.slice(0, 3).join('.');
  return {
    severity: 'warning',
    code: 'step-may-not-have-run',
    message: `"${id}" may not have run when "${step.id}" does`,
    span,
    hint: `ask first: has(${field}) ? … : …, or if: steps.${id}.status == "succeeded"`,
  };
}
