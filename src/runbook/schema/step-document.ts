import { didYouMean } from '#text/suggest.ts';
import type { Diagnostic } from '../diagnostic.ts';
import { createPartReader, type PartReader } from '../read/part-reader.ts';
import { readDocument } from '../yaml/document.ts';
import type { LocatedMapping, LocatedNode } from '../yaml/located.ts';
import { whyNot } from './misplaced-keys.ts';
import { BRANCH_SCHEMAS, type BranchDocument, STEP_SCHEMAS, type StepDocument } from './step.ts';

/** A step as written, and its kind. */
export type WrittenStep = {
  [K in keyof StepDocument]: { readonly kind: K; readonly document: StepDocument[K] };
}[keyof StepDocument];

/** A step inside `parallel` as written, and its kind. */
export type WrittenBranch = {
  [K in keyof BranchDocument]: { readonly kind: K; readonly document: BranchDocument[K] };
}[keyof BranchDocument];

/** The kinds of step, in the order of the documentation. */
export const KINDS = Object.keys(STEP_SCHEMAS) as readonly (keyof StepDocument)[];

const BRANCH_KINDS = Object.keys(BRANCH_SCHEMAS) as readonly (keyof BranchDocument)[];

/** Returns the kind of a step as written, by its one kind key. */
export function kindOf(node: LocatedMapping): keyof StepDocument | undefined {
  const present = KINDS.filter((kind) => node.entries.has(kind));
  return present.length === 1 ? present[0] : undefined;
}

/** Checks one step against the schema of its kind, independently of its context. */
export function readStepDocument(
  node: LocatedNode,
  problems: Diagnostic[],
): WrittenStep | undefined {
  const kind = checkedKind(node, problems);
  if (kind === undefined || node.kind !== 'mapping') return undefined;
  const checked = readDocument(STEP_SCHEMAS[kind], node);
  for (const problem of checked.problems) problems.push(explained(problem, node, kind, false));
  return checked.value && ({ kind, document: checked.value } as WrittenStep);
}

/** Checks one step inside `parallel` against the schema of its kind. */
export function readBranchDocument(
  node: LocatedNode,
  problems: Diagnostic[],
): WrittenBranch | undefined {
  const kind = checkedKind(node, problems);
  if (kind === undefined || node.kind !== 'mapping') return undefined;
  const branch = BRANCH_KINDS.find((one) => one === kind);
  if (branch === undefined) {
    createPartReader(node, problems).report(
      'step-kind',
      node.entries.get(kind)?.key ?? node.span,
      `a branch of parallel cannot be ${kind}`,
      `it can be ${BRANCH_KINDS.join(', ')}, which only read`,
    );
    return undefined;
  }
  const checked = readDocument(BRANCH_SCHEMAS[branch], node);
  for (const problem of checked.problems) problems.push(explained(problem, node, branch, true));
  return checked.value && ({ kind: branch, document: checked.value } as WrittenBranch);
}

function checkedKind(node: LocatedNode, problems: Diagnostic[]): keyof StepDocument | undefined {
  const reader = createPartReader(node, problems);
  if (node.kind !== 'mapping') {
    reader.report('wrong-type', node.span, 'a step is a mapping', 'e.g. { id: capacity, sql: … }');
    return undefined;
  }
  const kind = kindOf(node);
  if (kind === undefined) reportKind(node, reader);
  return kind;
}

function reportKind(node: LocatedMapping, reader: PartReader): void {
  const present = KINDS.filter((kind) => node.entries.has(kind));
  const id = node.entries.get('id')?.value;
  const name = id?.kind === 'scalar' ? ` "${id.text}"` : '';
  const span = { start: node.span.start, end: node.span.start + 1 };
  if (present.length > 1) {
    reader.report(
      'step-kind',
      span,
      `the step${name} is ${present.join(' and ')} at once`,
      'split it into one step each',
    );
    return;
  }
  const near = [...node.entries.keys()]
    .map((key) => didYouMean(key, KINDS))
    .find((hint) => hint?.startsWith('did'));
  reader.report(
    'step-kind',
    span,
    `the step${name} does nothing`,
    near ?? `give it one of ${KINDS.join(', ')}`,
  );
}

/** A key of other steps is not misspelled: the message explains why it is not allowed here. */
function explained(
  problem: Diagnostic,
  node: LocatedMapping,
  kind: keyof StepDocument,
  isBranch: boolean,
): Diagnostic {
  if (problem.code !== 'unknown-key') return problem;
  const [key] = [...node.entries].find(([, entry]) => entry.key === problem.span) ?? [];
  const hint = key === undefined ? undefined : whyNot(kind, key, isBranch);
  if (hint === undefined) return problem;
  const message = `${isBranch ? 'a branch of parallel' : `a step with ${kind}`} has no "${key}"`;
  return { ...problem, message, hint };
}
