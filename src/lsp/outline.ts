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
  return stepsIn(root, ['steps']).flatMap((step) => {
    const branches = stepsIn(root, [...step.path, 'parallel']);
    return [step, ...branches.map((branch) => ({ ...branch, branchOf: step.id }))];
  });
}

/** Returns the step that a path leads into: the branch, if it is in one. */
export function stepAround(root: LocatedNode | undefined, path: Path): LocatedMapping | undefined {
  const node = root && nodeAt(root, path.slice(0, lengthOfStep(path)));
  return path[0] === 'steps' && node?.kind === 'mapping' ? node : undefined;
}

/** Returns the rest of a path below its step, or its branch. */
export function pathInStep(path: Path): Path {
  return path.slice(lengthOfStep(path));
}

function lengthOfStep(path: Path): number {
  return path[2] === 'parallel' && typeof path[3] === 'number' ? 4 : 2;
}

/** Returns the inputs or targets of a runbook as written, by name. */
export function definitionsOf(
  root: LocatedNode | undefined,
  part: 'inputs' | 'targets',
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

/** Tells whether the value at a path in a step is the name of another step. */
export function isStepKey(inStep: Path): boolean {
  const key = inStep.at(-1);
  return (
    key === 'goto' ||
    ((inStep[0] === 'verify' || inStep[0] === 'wait') && key === 'again') ||
    (inStep[0] === 'preview' && key === 'from')
  );
}
