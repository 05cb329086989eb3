import { bodyKinds, fieldsOfBody, isActionKind } from './kinds/action-kinds.ts';
import type { Written } from './kinds/declaration.ts';
import { defined } from './model/defined.ts';
import type { AskStep } from './model/runbook.ts';
import { answerType, type ResultOf, repeatedFields, resultFields } from './model/step-results.ts';
import type { Fields, ValueType } from './model/value-type.ts';
import type { PartReader } from './read/part-reader.ts';
import { kindOf } from './schema/step-document.ts';
import { nodeAt, plain } from './yaml/document.ts';
import type { LocatedMapping, LocatedNode } from './yaml/located.ts';

/** The steps of a runbook by ID, before any of them is read. */
type StepIndex = {
  /** The fields of `steps.ID` from the step's result. */
  readonly fields: Readonly<Record<string, Fields>>;
  /** The possible targets of `goto`. */
  readonly stepIds: ReadonlySet<string>;
  /** The `parallel` step of each branch, by the branch's ID. */
  readonly branches: ReadonlyMap<string, string>;
};

const RESERVED_IDS = /^(finished|aborted|prerequisite-\d+)$/;

/** Indexes every step and branch, and reports duplicate IDs. */
export function indexSteps(nodes: readonly LocatedNode[], reader: PartReader): StepIndex {
  const fields: Record<string, Fields> = {};
  const stepIds = new Set<string>();
  const branches = new Map<string, string>();
  const add = (node: LocatedNode): string | undefined => {
    const id = nodeAt(node, ['id']);
    if (id?.kind !== 'scalar' || node.kind !== 'mapping') return undefined;
    checkId(id.text, id.span, Object.hasOwn(fields, id.text), reader);
    fields[id.text] = fieldsOf(node);
    return id.text;
  };
  for (const node of nodes) {
    const id = add(node);
    if (id === undefined) continue;
    stepIds.add(id);
    const inner = nodeAt(node, ['parallel']);
    for (const branch of inner?.kind === 'sequence' ? inner.items : []) {
      const branchId = add(branch);
      if (branchId !== undefined) branches.set(branchId, id);
    }
  }
  return { fields, stepIds, branches };
}

function checkId(
  id: string,
  span: LocatedNode['span'],
  isThere: boolean,
  reader: PartReader,
): void {
  if (isThere)
    reader.report('duplicate-id', span, `there are two steps "${id}"`, 'give each step its own id');
  if (RESERVED_IDS.test(id))
    reader.report(
      'reserved-id',
      span,
      id.startsWith('prerequisite')
        ? `"${id}" is the name of a prerequisite's check`
        : `"${id}" is the name of an end of a run`,
      'choose another id',
    );
}

/** Returns the result fields of a step as written, even if it is invalid. */
export function fieldsOf(node: LocatedMapping): Fields {
  return node.entries.has('for_each') ? repeatedFields() : fieldsOfOne(node);
}

/** Returns the fields of one execution of a step as written. */
export function fieldsOfOne(node: LocatedMapping): Fields {
  const wait = nodeAt(node, ['wait']);
  if (wait?.kind !== 'mapping') return resultFields(resultOf(node));
  const read = plain(wait) as Written;
  const own = bodyKinds(read).length === 0 ? {} : fieldsOfBody(read);
  return { ...own, ...resultFields({ kind: 'wait' }) };
}

function resultOf(node: LocatedMapping): ResultOf {
  const kind = kindOf(node) ?? 'finish';
  if (kind === 'ask') {
    const asked = nodeAt(node, ['ask']);
    const fields = nodeAt(node, ['ask', 'fields']);
    const isInput = nodeAt(node, ['ask', 'input']) !== undefined;
    const answers =
      fields?.kind === 'mapping' && !isInput
        ? Object.fromEntries(
            [...fields.entries].map(([name, { value }]) => [name, answerOf(value)]),
          )
        : undefined;
    return { kind, isInput, ...defined({ answers }), ...(asked && questionOf(asked)) };
  }
  return isActionKind(kind) ? { kind, written: plain(node) as Written } : { kind };
}

/** Returns the type of the answer to a question as written. */
function answerOf(node: LocatedNode): ValueType {
  const { answer, choices } = questionOf(node);
  return answerType(answer, choices);
}

function questionOf(node: LocatedNode): Pick<AskStep, 'answer' | 'choices'> {
  const list = nodeAt(node, ['choices']);
  const choices =
    list?.kind === 'sequence'
      ? list.items.flatMap((one) => textOf(one) ?? [])
      : list?.kind === 'mapping'
        ? [...list.entries.keys()]
        : [];
  const type = textAt(node, 'type') ?? (list === undefined ? 'text' : 'choice');
  return { answer: type as AskStep['answer'], choices };
}

function textAt(node: LocatedNode, ...path: readonly string[]): string | undefined {
  const found = nodeAt(node, path);
  return found === undefined ? undefined : textOf(found);
}

function textOf(node: LocatedNode): string | undefined {
  return node.kind === 'scalar' ? node.text : undefined;
}
