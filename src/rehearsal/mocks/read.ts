import { listedRows } from '#machine/context/preview-rows.ts';
import { type Diagnostic, errorAt } from '#runbook/diagnostic.ts';
import type { Body, Step } from '#runbook/model/runbook.ts';
import { bodiesByPart } from '#runbook/model/step-bodies.ts';
import { readDocument } from '#runbook/yaml/document.ts';
import type { LocatedNode } from '#runbook/yaml/located.ts';
import type { Span } from '#runbook/yaml/source.ts';
import { didYouMean } from '#text/suggest.ts';
import { PAUSE_SCHEMA } from '../cases/schema.ts';
import { ACTION_MOCKS } from './by-kind.ts';
import { checkMockedFields } from './fields-read.ts';
import type { MockedPart, MockedResult, MockedStep, PlacedSteps } from './mocked.ts';
import { mockedResult, type ResultDocument } from './result.ts';

/** The context of reading results. */
export type MockReader = {
  /** The steps by their ID in a run. */
  readonly steps: PlacedSteps;
  readonly shared: boolean;
  readonly problems: Diagnostic[];
};

/** The parts of a step, by their name in a case. */
const PARTS: Readonly<Record<string, string>> = {
  preview: 'preview',
  recheck: 'recheck',
  result: 'action',
  verify: 'verify',
  undo: 'undo',
};

/** Reads the results that a case or a whole file gives to steps. */
export function readMocks(
  node: LocatedNode | undefined,
  reader: MockReader,
): ReadonlyMap<string, MockedStep> {
  const mocks = new Map<string, MockedStep>();
  if (node?.kind !== 'mapping') return mocks;
  for (const [id, { key, value }] of node.entries) {
    const step = reader.steps.get(id);
    if (step === undefined) {
      reader.problems.push(
        errorAt(
          'unknown-step',
          key,
          `there is no step "${id}"`,
          didYouMean(id, reader.steps.keys()),
        ),
      );
      continue;
    }
    const mock = readStep(id, step, key, value, reader);
    if (mock !== undefined) mocks.set(id, mock);
  }
  return mocks;
}

function readStep(
  id: string,
  step: Step,
  key: Span,
  node: LocatedNode,
  reader: MockReader,
): MockedStep | undefined {
  const bodies = bodiesByPart(step);
  const parts = partsOf(node);
  if (parts === undefined) {
    // A wait with a repeated read has no other part.
    const part = step.does.kind === 'wait' && 'verify' in bodies ? 'verify' : 'action';
    if (!(part in bodies) && step.does.kind !== 'wait') {
      reader.problems.push(
        errorAt(
          'step-kind',
          key,
          `${id} is a step of kind ${step.does.kind}, which returns nothing`,
          INSTEAD[step.does.kind],
        ),
      );
      return undefined;
    }
    return {
      span: key,
      parts: { [part]: readPart(node, id, step, bodies[part], part, reader) },
    };
  }
  const read: Record<string, MockedPart> = {};
  for (const [name, at] of parts) {
    const part = PARTS[name] ?? name;
    const body = bodies[part];
    if (body === undefined) {
      const has = Object.keys(PARTS).filter((one) => (PARTS[one] ?? '') in bodies);
      reader.problems.push(
        errorAt(
          'unknown-key',
          at.key,
          `${id} has no ${name}`,
          has.length === 0 ? undefined : `it has ${has.join(', ')}`,
        ),
      );
    } else read[part] = readPart(at.value, id, step, body, part, reader);
  }
  return { span: key, parts: read };
}

/** The hint for a step that executes nothing. */
const INSTEAD: Readonly<Partial<Record<Step['does']['kind'], string>>> = {
  ask: 'the operator answers it: answers: [{ answer: ID, with: TEXT }]',
  manual: 'the operator reports on it: answers: [{ done: ID }]',
  finish: 'it ends the run by itself',
  parallel: 'give each step inside it a result, by its own id',
  runbook: 'give its steps results, as ID/STEP',
};

function partsOf(node: LocatedNode) {
  if (node.kind !== 'mapping') return undefined;
  const names = [...node.entries.keys()];
  return names.length > 0 && names.every((name) => Object.hasOwn(PARTS, name))
    ? node.entries
    : undefined;
}

function readPart(
  node: LocatedNode,
  id: string,
  step: Step,
  body: Body | undefined,
  part: string,
  reader: MockReader,
): MockedPart {
  const every = node.kind !== 'sequence';
  const nodes = node.kind === 'sequence' ? node.items : [node];
  const results = nodes.flatMap((one): readonly MockedResult[] => {
    const schema = body === undefined ? PAUSE_SCHEMA : ACTION_MOCKS[body.kind].schema;
    const { value, problems } = readDocument(schema, one);
    reader.problems.push(...problems);
    if (value === undefined) return [];
    const document = value as ResultDocument;
    checkTogether(document, one, reader);
    if (body?.kind === 'probe') checkProbe(document, one, reader);
    checkMockedFields(document, one, { id, part }, reader);
    const gated = part === 'action' && 'effect' in step.does && step.does.effect !== 'read';
    const mocked = mockedResult(document, body, gated || part === 'undo', one.span);
    return [isRows(part) && mocked.result ? withRows(mocked, mocked.result) : mocked];
  });
  return { span: node.span, every, results, shared: reader.shared };
}

/** Pairs of mutually exclusive keys. */
const APART: readonly (readonly [string, string])[] = [
  ['row', 'rows'],
  ['error', 'unknown'],
  ['exit', 'signal'],
  ['stdout', 'json'],
  ['stdout', 'lines'],
  ['text', 'json'],
  ['error', 'exit'],
  ['error', 'signal'],
];

function checkTogether(document: ResultDocument, node: LocatedNode, reader: MockReader): void {
  if (node.kind !== 'mapping') return;
  for (const [one, other] of APART) {
    if (!Object.hasOwn(document, one) || !Object.hasOwn(document, other)) continue;
    const at = node.entries.get(other)?.key ?? node.span;
    reader.problems.push(
      errorAt(
        'wrong-value',
        at,
        `"${one}" and "${other}" say the same thing twice`,
        'keep one of them',
      ),
    );
  }
  if (node.entries.size === 0)
    reader.problems.push(
      errorAt(
        'missing-key',
        node.span,
        'the result is empty',
        'e.g. { row: { used: 97 } }, { exit: 0 } or { error: timeout }',
      ),
    );
}

/** A probe that succeeds passed all its stages. */
function checkProbe(document: ResultDocument, node: LocatedNode, reader: MockReader): void {
  const { failed_stage: stage, error } = document as ResultDocument & { failed_stage?: unknown };
  if (typeof stage !== 'string' || error !== undefined || node.kind !== 'mapping') return;
  reader.problems.push(
    errorAt(
      'wrong-value',
      node.entries.get('failed_stage')?.key ?? node.span,
      'a probe that failed at a stage has an error',
      `e.g. { failed_stage: ${stage}, error: timeout }`,
    ),
  );
}

function isRows(part: string): boolean {
  return part === 'preview' || part === 'recheck';
}

/** A preview gives rows, whatever kind of read it is. */
function withRows(mocked: MockedResult, result: NonNullable<MockedResult['result']>): MockedResult {
  return { ...mocked, result: listedRows(result) };
}
