import { type Diagnostic, hasError } from '../diagnostic.ts';
import { type Names, resultNames } from '../expression/known-names.ts';
import { ACTION_KINDS, defaultTimeoutMs, fieldsOfBody } from '../kinds/action-kinds.ts';
import type { BranchStep, ParallelStep, Phase, Step, WaitStep } from '../model/runbook.ts';
import type { StepDocument } from '../schema/step.ts';
import { readBranchDocument, readStepDocument, type WrittenStep } from '../schema/step-document.ts';
import { fieldsOf, fieldsOfOne } from '../step-index.ts';
import { nodeAt } from '../yaml/document.ts';
import type { LocatedNode } from '../yaml/located.ts';
import { readAction, readLook } from './action.ts';
import { readOneBody } from './body.ts';
import { readFinish } from './finish.ts';
import { readForEach } from './for-each.ts';
import { readNext } from './next.ts';
import { createPartReader, type PartReader, type PlacedUse } from './part-reader.ts';
import { readAsk, readShown } from './question.ts';
import { readRunbookStep } from './runbook-step.ts';
import type { StepSurroundings } from './step-surroundings.ts';
import { readOn } from './targets.ts';

/** A step, and every name that its expressions read. */
export type ReadStep = {
  readonly step: Step;
  readonly uses: readonly PlacedUse[];
  /** False if the step has errors. */
  readonly isValid: boolean;
};

/** Reads one step; problems are added to `problems` and may leave it undefined. */
export function readStep(
  node: LocatedNode,
  surroundings: StepSurroundings,
  problems: Diagnostic[],
): ReadStep | undefined {
  const written = readStepDocument(node, problems);
  if (written === undefined || node.kind !== 'mapping') return undefined;
  const { document } = written;
  const reader = createPartReader(node, problems);
  const before = problems.length;
  const phase = document.phase ?? surroundings.phaseBefore;
  const { forEach, names } = readForEach(written, surroundings.names, reader, surroundings.secrets);
  const uses: PlacedUse[] = [];
  const parts = { node, phase, names, reader, surroundings, problems, uses };
  const does = readBody(written, parts);
  const step = {
    id: document.id,
    title: document.title ?? document.id.replaceAll(/[_-]/g, ' '),
    why: document.why,
    phase,
    span: node.span,
    if: reader.condition(['if'], surroundings.names),
    forEach,
    next: readNext(written, fieldsOf(node), reader, surroundings),
    maxVisits: document.max_visits ?? 10,
  };
  if (does === undefined) return undefined;
  const isValid = !hasError(problems.slice(before));
  return { step: { ...step, does }, uses: [...reader.uses, ...uses], isValid };
}

type Parts = {
  readonly node: LocatedNode & { readonly kind: 'mapping' };
  readonly phase: Phase;
  readonly names: Names;
  readonly reader: PartReader;
  readonly surroundings: StepSurroundings;
  readonly problems: Diagnostic[];
  readonly uses: PlacedUse[];
};

function readBody(written: WrittenStep, parts: Parts): Step['does'] | undefined {
  const { node, phase, names, reader, surroundings, problems, uses } = parts;
  const { secrets } = surroundings;
  switch (written.kind) {
    case 'ask':
      return readAsk(written.document.ask, names, reader, surroundings);
    case 'wait':
      return readWait(written.document, names, reader, surroundings);
    case 'runbook':
      return readRunbookStep(written.document, names, reader, surroundings, problems);
    case 'parallel':
      return readParallel(node, phase, surroundings, problems, uses);
    case 'manual': {
      const instruction = readShown(['manual'], names, reader, secrets);
      return instruction && { kind: 'manual', instruction };
    }
    case 'finish':
      return readFinish(written.document, names, reader, surroundings, problems);
    default: {
      const read = ACTION_KINDS[written.kind].canChange ? readAction : readLook;
      return read(written, fieldsOfOne(node), names, reader, surroundings);
    }
  }
}

/** Reads the branches of a `parallel` step and the names they read. */
function readParallel(
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
  const does = readLook(written, fieldsOfBody(written.document), names, reader, surroundings);
  const condition = reader.condition(['if'], names);
  uses.push(...reader.uses);
  if (does === undefined) return undefined;
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

/** Reads a pause, or the condition that a pause waits for. */
function readWait(
  { id, wait, on }: StepDocument['wait'],
  names: Names,
  reader: PartReader,
  around: StepSurroundings,
): WaitStep | undefined {
  if (typeof wait === 'number') {
    if (on !== undefined)
      reader.report(
        'keys-conflict',
        reader.keySpan(['on']),
        'a wait with a fixed duration has no target',
        'remove on:, or wait until: a condition is true',
      );
    return { kind: 'wait', ms: wait, until: undefined };
  }
  const at = readOn(id, on, names, reader, around);
  const body = readOneBody('what a wait looks at', wait, {
    path: ['wait'],
    on: undefined,
    names,
    reader,
    around: { ...around, env: [], at },
  });
  const condition = reader.condition(['wait', 'until'], {
    ...names,
    ...resultNames(fieldsOfBody(wait)),
  });
  if (body === undefined || condition === undefined) return undefined;
  return {
    kind: 'wait',
    ms: wait.within,
    until: {
      body,
      readBecause: wait.read_because,
      condition,
      everyMs: wait.every,
      timeoutMs: wait.timeout ?? defaultTimeoutMs(body.kind),
    },
  };
}
