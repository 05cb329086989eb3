import { type Diagnostic, errorAt } from '#runbook/diagnostic.ts';
import { readDocument } from '#runbook/yaml/document.ts';
import type { LocatedNode } from '#runbook/yaml/located.ts';
import type { Span } from '#runbook/yaml/source.ts';
import { didYouMean } from '#text/suggest.ts';
import type { PlacedSteps } from '../mocks/mocked.ts';
import type { Answer } from './case.ts';
import { ANSWER_SCHEMAS, type AnswerVerb } from './schema.ts';

type AnswerDocument = Readonly<Partial<Record<AnswerVerb, string>>> & {
  readonly with?: string | number | boolean | null;
  readonly because?: string;
  readonly evidence?: string;
  readonly inputs?: Readonly<Record<string, string | number | boolean | null>>;
  readonly rows?: readonly number[];
  readonly back?: readonly number[];
  readonly to?: string;
  readonly clause?: number | 'next';
  readonly after?: number;
  readonly at?: 'start';
};

const VERBS = Object.keys(ANSWER_SCHEMAS) as readonly AnswerVerb[];

/** Reads the operator's actions in a case; every problem is added to `problems`. */
export function readAnswers(
  node: LocatedNode | undefined,
  steps: PlacedSteps,
  inputs: readonly string[],
  problems: Diagnostic[],
): readonly Answer[] {
  if (node?.kind !== 'sequence') return [];
  return node.items.flatMap((item) => readAnswer(item, steps, inputs, problems));
}

function readAnswer(
  node: LocatedNode,
  steps: PlacedSteps,
  inputs: readonly string[],
  problems: Diagnostic[],
): readonly Answer[] {
  const refuse = (code: Diagnostic['code'], span: Span, message: string, hint?: string): [] => {
    problems.push(errorAt(code, span, message, hint));
    return [];
  };
  const keys = node.kind === 'mapping' ? [...node.entries] : [];
  const verb = VERBS.find((one) => keys.some(([key]) => key === one));
  if (verb === undefined) {
    const [first] = keys;
    const what = 'an answer says what the operator does, and at which step';
    if (first === undefined) return refuse('wrong-type', node.span, what, 'e.g. - confirm: STEP');
    const [name, { key }] = first;
    return refuse('unknown-key', key, `the operator cannot "${name}"`, hintFor(name));
  }
  const { value, problems: found } = readDocument(ANSWER_SCHEMAS[verb], node);
  problems.push(...found);
  if (value === undefined) return [];
  const document = value as AnswerDocument;
  const known = (field: string, id: string | undefined): boolean => {
    if (id === undefined || steps.has(id)) return true;
    const at = keys.find(([key]) => key === field)?.[1].value.span ?? node.span;
    refuse('unknown-step', at, `there is no step "${id}"`, didYouMean(id, steps.keys()));
    return false;
  };
  const step = document[verb] ?? '';
  if (!known(verb, step) || !known('to', document.to)) return [];
  for (const name of Object.keys(document.inputs ?? {}))
    if (!inputs.includes(name))
      refuse(
        'unknown-name',
        node.span,
        `the runbook has no input "${name}"`,
        didYouMean(name, inputs),
      );
  return [answerOf(verb, step, document, node.span)];
}

function hintFor(name: string): string | undefined {
  return didYouMean(name, VERBS) ?? `the operator can ${VERBS.join(', ')}`;
}

function answerOf(verb: AnswerVerb, step: string, document: AnswerDocument, span: Span): Answer {
  const { because, evidence, inputs = {}, rows = [], back = [], to = '' } = document;
  const { clause = 'next', after: afterMs = 0, at } = document;
  const text = document.with ?? because ?? evidence;
  return {
    span,
    verb,
    step,
    text: text === undefined || text === null ? undefined : String(text),
    inputs: Object.fromEntries(
      Object.entries(inputs).map(([name, value]) => [name, String(value ?? '')]),
    ),
    rows,
    back,
    to,
    clause: clause === 'next' ? null : clause - 1,
    afterMs,
    at,
  };
}
