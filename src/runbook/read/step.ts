import { type Diagnostic, hasError } from '../diagnostic.ts';
import type { Names } from '../expression/known-names.ts';
import type { Phase, Step } from '../model/runbook.ts';
import { readStepDocument, type WrittenStep } from '../schema/step-document.ts';
import { fieldsOf, fieldsOfOne } from '../step-index.ts';
import type { LocatedNode } from '../yaml/located.ts';
import { readAction, readLook } from './action.ts';
import { readForEach } from './for-each.ts';
import { readNext } from './next.ts';
import { readParallel } from './parallel.ts';
import { createPartReader, type PartReader, type PlacedUse } from './part-reader.ts';
import { readAsk, readShown } from './question.ts';
import { readRunbookStep } from './runbook-step.ts';
import type { StepSurroundings } from './step-surroundings.ts';
import { readWait } from './wait.ts';

/** A step, and every name that its expressions read. */
export type ReadStep = { readonly step: Step; readonly uses: readonly PlacedUse[] };

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
  if (does === undefined || hasError(problems.slice(before))) return undefined;
  return { step: { ...step, does }, uses: [...reader.uses, ...uses] };
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
    case 'sql':
    case 'shell':
      return readAction(written, fieldsOfOne(node), names, reader, surroundings);
    case 'probe':
      return readLook(written, fieldsOfOne(node), names, reader, surroundings);
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
    case 'finish': {
      const summary = readShown(['finish', 'summary'], names, reader, secrets);
      return summary && { kind: 'finish', outcome: written.document.finish.outcome, summary };
    }
  }
}
