import { closest, didYouMean } from '#text/suggest.ts';
import type { Diagnostic } from '../diagnostic.ts';
import {
  ACTION_KIND_NAMES,
  type ActionKind,
  declarationOf,
  isActionKind,
} from '../kinds/action-kinds.ts';
import { createPartReader, type PartReader } from '../read/part-reader.ts';
import { readDocument } from '../yaml/document.ts';
import type { LocatedMapping, LocatedNode } from '../yaml/located.ts';
import { insteadOfKey } from './foreign-keys.ts';
import { type ActionDocument, BRANCH_SCHEMAS, STEP_SCHEMAS, type StepDocument } from './step.ts';

/** A step as written, and its kind. */
export type WrittenStep = {
  [K in keyof StepDocument]: { readonly kind: K; readonly document: StepDocument[K] };
}[keyof StepDocument];

/** An action as written, a step or a branch of `parallel`, and its kind. */
export type WrittenAction = { readonly kind: ActionKind; readonly document: ActionDocument };

/** The kinds of step, in the order of the documentation. */
const KINDS = Object.keys(STEP_SCHEMAS) as readonly (keyof StepDocument)[];

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
): WrittenAction | undefined {
  const kind = checkedKind(node, problems);
  if (kind === undefined || node.kind !== 'mapping') return undefined;
  if (!isActionKind(kind)) {
    createPartReader(node, problems).report(
      'step-kind',
      node.entries.get(kind)?.key ?? node.span,
      `a branch of parallel cannot be ${kind}`,
      `it can be ${ACTION_KIND_NAMES.join(', ')}, which only read`,
    );
    return undefined;
  }
  const checked = readDocument(BRANCH_SCHEMAS[kind], node);
  for (const problem of checked.problems) problems.push(explained(problem, node, kind, true));
  return checked.value && ({ kind, document: checked.value } as WrittenAction);
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
  const unknown = [...node.entries].filter(([key]) => !isStepKey(key));
  const meant = unknown.find(([key]) => insteadOfKey(key, KINDS) ?? closest(key, KINDS));
  const [key = ''] = meant ?? [];
  reader.report(
    'step-kind',
    meant?.[1].key ?? span,
    meant === undefined
      ? `the step${name} does nothing`
      : `the step${name} does nothing: "${key}" is not a key`,
    insteadOfKey(key, KINDS)?.hint ??
      didYouMean(key, KINDS) ??
      `give it one of ${KINDS.join(', ')}`,
  );
  for (const [other, entry] of unknown) {
    const hint = insteadOfKey(other, STEP_KEYS)?.hint ?? didYouMean(other, STEP_KEYS);
    if (other !== key) reader.report('unknown-key', entry.key, `unknown key "${other}"`, hint);
  }
}

const STEP_KEYS = [...new Set(KINDS.flatMap((kind) => Object.keys(STEP_SCHEMAS[kind].shape)))];

function isStepKey(key: string): boolean {
  return STEP_KEYS.includes(key);
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

type Kind = keyof StepDocument;
type Reasons = Readonly<Partial<Record<Kind, string>>>;

const A_PERSON = 'a person does it, and takes the time that takes';

/** The reasons why kinds of step lack keys that others have. */
const REASONS: Readonly<Record<string, Reasons>> = {
  on: {
    ask: A_PERSON,
    manual: A_PERSON,
    runbook: 'the steps of that runbook say where they run',
    parallel: 'each of its steps says where it runs',
  },
  timeout: {
    ask: A_PERSON,
    manual: A_PERSON,
    wait: 'the duration is its limit; with until: the limit is within:',
    runbook: 'the steps of that runbook have their own',
    parallel: 'each of its steps has its own',
  },
  retry: {
    ask: A_PERSON,
    manual: A_PERSON,
    wait: 'with until: it looks again and again by itself',
    runbook: 'go back to it with next:',
    parallel: 'what is tried again is a step of its own',
  },
  for_each: {
    ask: 'a question is asked once; a manual step can be repeated',
    wait: 'a wait is one wait',
    parallel: 'put the steps into a runbook of their own, and repeat that',
    finish: 'a run ends once',
  },
  concurrency: {
    manual: 'a person does one thing after the other',
    runbook: 'runbooks are done one after the other',
  },
};

const IN_BRANCH: Readonly<Record<string, string>> = {
  next: 'next: of the parallel step decides, when all branches are done',
  for_each: 'what is repeated is a step of its own',
  as: 'what is repeated is a step of its own',
  max_failures: 'what is repeated is a step of its own',
  concurrency: 'what is repeated is a step of its own',
  retry: 'what is tried again is a step of its own',
  phase: 'it is that of the parallel step',
  max_visits: 'it is that of the parallel step',
  interactive: 'only one script at a time can have the terminal',
  preview: 'a branch only reads, without a gate',
  confirm: 'a branch only reads, without a gate',
  verify: 'a branch only reads',
  undo: 'a branch only reads',
};

/** Returns why a kind of step lacks a key, or undefined if no step has that key. */
function whyNot(kind: Kind, key: string, isBranch: boolean): string | undefined {
  const owners = (Object.keys(STEP_SCHEMAS) as Kind[]).filter((one) =>
    Object.hasOwn(STEP_SCHEMAS[one].shape, key),
  );
  if (owners.length === 0) return undefined;
  const reason = isBranch && Object.hasOwn(IN_BRANCH, key) ? IN_BRANCH[key] : undefined;
  const ofKind = isActionKind(kind) ? declarationOf(kind).lacks?.[key] : undefined;
  const own = ofKind ?? (Object.hasOwn(REASONS, key) ? REASONS[key]?.[kind] : undefined);
  return reason ?? own ?? `it belongs to ${owners.join(', ')}`;
}
