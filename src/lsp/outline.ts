import { nodeAt } from '#runbook/yaml/document.ts';
import type { LocatedMapping, LocatedNode } from '#runbook/yaml/located.ts';
import type { Span } from '#runbook/yaml/source.ts';
import type { Path } from './cursor.ts';

/** A step as written, wherever it is. */
export type StepEntry = {
  readonly id: string;
  readonly idSpan: Span;
  readonly node: LocatedMapping;
  readonly path: Path;
  /** The step with `parallel` that it is a branch of. */
  readonly branchOf?: string;
};

/** Returns every step and branch with an ID, in text order. */
export function stepsOf(root: LocatedNode | undefined): readonly StepEntry[] {
  const all = ['steps', 'finally'].flatMap((list) => stepsIn(root, [list]));
  return all.flatMap((step) => {
    const branches = stepsIn(root, [...step.path, 'parallel']);
    return [step, ...branches.map((branch) => ({ ...branch, branchOf: step.id }))];
  });
}

/** Returns the step that a path leads into: the branch, if it is in one. */
export function stepAround(root: LocatedNode | undefined, path: Path): LocatedMapping | undefined {
  const node = root && nodeAt(root, path.slice(0, lengthOfStep(path)));
  return isInStep(path) && node?.kind === 'mapping' ? node : undefined;
}

/** Returns whether a path leads into the steps of a runbook, those of `finally` included. */
export function isInStep([part]: Path): boolean {
  return part === 'steps' || part === 'finally';
}

const HANDLERS: ReadonlySet<unknown> = new Set(['on_error', 'on_declined']);

/** Returns whether a path leads into a handler of a runbook or a phase. */
export function isInHandler(path: Path): boolean {
  return HANDLERS.has(path[0]) || (path[0] === 'phases' && HANDLERS.has(path[2]));
}

/** Returns the rest of a path below its step, or its branch. */
export function pathInStep(path: Path): Path {
  return path.slice(lengthOfStep(path));
}

/** Returns whether a path leads to the name of another runbook: one to run, or one to read of. */
export function isRunbookName(path: Path): boolean {
  if (path[0] === 'related') return true;
  const [part, key, ...rest] = isInStep(path) ? pathInStep(path) : [];
  if (rest.length > 0) return false;
  return key === undefined ? part === 'runbook' : part === 'finish' && key === 'continue_with';
}

function lengthOfStep(path: Path): number {
  return path[2] === 'parallel' && typeof path[3] === 'number' ? 4 : 2;
}

/** Returns the inputs or targets of a runbook as written, by name. */
export function definitionsOf(
  root: LocatedNode | undefined,
  part: 'inputs' | 'targets' | 'values',
): LocatedMapping['entries'] {
  const node = root && nodeAt(root, [part]);
  return node?.kind === 'mapping' ? node.entries : new Map();
}

/** Returns the text at a path below a node. */
export function textAt(node: LocatedNode | undefined, path: Path): string | undefined {
  const found = node && nodeAt(node, path);
  return found?.kind === 'scalar' ? found.text : undefined;
}

function stepsIn(root: LocatedNode | undefined, path: Path): readonly StepEntry[] {
  const list = root && nodeAt(root, path);
  if (list?.kind !== 'sequence') return [];
  return list.items.flatMap((node, index) => {
    const id = nodeAt(node, ['id']);
    if (node.kind !== 'mapping' || id?.kind !== 'scalar' || id.text === '') return [];
    return [{ id: id.text, idSpan: id.span, node, path: [...path, index] }];
  });
}

/** Returns whether the value at a path is the name of a step, other than its own `id`. */
export function isStepName(path: Path): boolean {
  const key = path.at(-1);
  if (isInHandler(path)) return key === 'goto' || HANDLERS.has(key);
  if (!isInStep(path)) return false;
  const inStep = pathInStep(path);
  return (
    key === 'goto' ||
    (key === 'next' && inStep.length === 1) ||
    (isOfChoice(inStep) && inStep.length === 3) ||
    ((inStep[0] === 'verify' || inStep[0] === 'wait') && key === 'again') ||
    (inStep[0] === 'preview' && key === 'from')
  );
}

/** Returns whether a path inside a step leads to where a choice of its question leads. */
export function isOfChoice([part, key, ...rest]: Path): boolean {
  return part === 'ask' && key === 'choices' && rest.length > 0 && typeof rest[0] === 'string';
}
