import { type Diagnostic, hasError } from '../diagnostic.ts';
import type { BranchStep, ParallelStep, Phase } from '../model/runbook.ts';
import { readBranchDocument } from '../schema/step-document.ts';
import { branchResult } from '../step-index.ts';
import { nodeAt } from '../yaml/document.ts';
import type { LocatedNode } from '../yaml/located.ts';
import { readLook } from './action.ts';
import { createPartReader, type PlacedUse } from './part-reader.ts';
import type { StepSurroundings } from './step-surroundings.ts';

/** Reads the branches of a `parallel` step and the names they read. */
export function readParallel(
  node: LocatedNode,
  phase: Phase,
  surroundings: StepSurroundings,
  problems: Diagnostic[],
  uses: PlacedUse[],
): ParallelStep | undefined {
  const list = nodeAt(node, ['parallel']);
  if (list?.kind !== 'sequence') return undefined;
  const steps = list.items.map((item) => readBranch(item, phase, surroundings, problems, uses));
  const read = steps.filter((step) => step !== undefined);
  return read.length === steps.length ? { kind: 'parallel', steps: read } : undefined;
}

function readBranch(
  node: LocatedNode,
  phase: Phase,
  surroundings: StepSurroundings,
  problems: Diagnostic[],
  uses: PlacedUse[],
): BranchStep | undefined {
  const written = readBranchDocument(node, problems);
  if (written === undefined) return undefined;
  const { document } = written;
  const reader = createPartReader(node, problems);
  const { names } = surroundings;
  const before = problems.length;
  const does = readLook(written, branchResult(written), names, reader, surroundings);
  const condition = reader.condition(['if'], names);
  uses.push(...reader.uses);
  if (does === undefined || hasError(problems.slice(before))) return undefined;
  return {
    id: document.id,
    title: document.title ?? document.id.replaceAll(/[_-]/g, ' '),
    why: document.why,
    phase,
    span: node.span,
    if: condition,
    forEach: undefined,
    next: [],
    maxVisits: 10,
    does,
  };
}
