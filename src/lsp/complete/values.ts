import { nodeAt } from '#runbook/yaml/document.ts';
import type { LocatedNode } from '#runbook/yaml/located.ts';
import type { Cursor, Path, ValuePlace } from '../cursor.ts';
import { type Document, definedFor, type Library, type Trees } from '../document.ts';
import { templateText } from '../explain/definitions.ts';
import { stepsGiven } from '../names/uses.ts';
import {
  definitionsOf,
  isInStep,
  isRunbookName,
  isStepName,
  pathInStep,
  stepAround,
  stepsOf,
  textAt,
} from '../outline.ts';
import { type JsonSchema, schemasAt } from '../schema.ts';
import { columnsOfPreview } from '../scope.ts';
import { descriptionOf, kindOfTarget } from '../wording.ts';
import type { Completion } from './completion.ts';

/** Returns the values that can be at a place: those of its schema, or names of things. */
export function completeValues(
  { root, word }: Cursor,
  { path }: ValuePlace,
  document: Document & Trees,
  schema: JsonSchema,
  library: Library,
): readonly Completion[] {
  const schemas = schemasAt(schema, root, path);
  const fixed = schemas
    .flatMap((one) => fixedValues(one))
    .map(
      ({ value, description }): Completion => ({
        label: value,
        kind: 'value',
        ...(description && { documentation: description }),
        insert: value,
        span: word,
      }),
    );
  const takesText = schemas.some(({ type }) => type === 'string');
  const named =
    (takesText && fixed.length === 0) || path.at(-2) === 'with'
      ? namedValues(document, path, library)
      : [];
  const items = [...fixed, ...named.map((one) => ({ ...one, insert: one.label, span: word }))];
  return [...new Map(items.map((item) => [item.label, item])).values()];
}

type Fixed = { readonly value: string; readonly description?: string };

function fixedValues({
  enum: values,
  const: only,
  type,
  items,
  description,
}: JsonSchema): readonly Fixed[] {
  const said = description === undefined ? {} : { description };
  const all = values ?? (only === undefined ? [] : [only]);
  if (all.length > 0) return all.map((value) => ({ value: String(value), ...said }));
  if (type === 'boolean') return ['true', 'false'].map((value) => ({ value, ...said }));
  // Where a list belongs, a value is offered as a list of one.
  const inner = type === 'array' && items?.enum !== undefined ? items.enum : [];
  return inner.map((value) => ({ value: `[${String(value)}]`, ...said }));
}

type Named = Pick<Completion, 'label' | 'kind' | 'detail' | 'documentation'>;

function namedValues(document: Document & Trees, path: Path, library: Library): readonly Named[] {
  const { root, whole, source } = document;
  const [part] = path;
  if (part === 'uses')
    return library.fileNames(source.file).map((label) => ({ label, kind: 'runbook' }));
  if (part === 'on') return targets(root);
  const key = path.findLast((one) => typeof one === 'string');
  if (isRunbookName(path)) return runbooks(library);
  if (isStepName(path) || stepsGiven(document)(path)) return steps(whole);
  if (!isInStep(path) && part !== 'prerequisites') return [];
  const inStep = pathInStep(path);
  if (key === 'on') return targets(root);
  if (key === 'use') return templates(document, inStep.length === 1);
  if (key === 'input' && inStep[0] === 'ask') return inputs(root);
  if (key === 'volatile') return columns(root, path, library);
  return [];
}

function steps(root: LocatedNode): readonly Named[] {
  return stepsOf(root)
    .filter(({ branchOf }) => branchOf === undefined)
    .map(({ id, node }) => ({
      label: id,
      kind: 'step',
      ...detail(textAt(node, ['title'])),
      ...documentation(textAt(node, ['why'])),
    }));
}

/** Clauses stand in `next`, and everything else in place of a step. */
function templates(document: Document, isStep: boolean): readonly Named[] {
  return [...(definedFor(document)?.templates.values() ?? [])]
    .filter(({ kind }) => (kind !== 'clauses') === isStep)
    .map((template) => ({
      label: template.name,
      kind: 'value',
      detail: template.kind,
      documentation: templateText(template),
    }));
}

function targets(root: LocatedNode): readonly Named[] {
  return [...definitionsOf(root, 'targets')].map(([label, { value }]) => ({
    label,
    kind: 'target',
    ...detail(kindOfTarget(value)),
  }));
}

function inputs(root: LocatedNode): readonly Named[] {
  return [...definitionsOf(root, 'inputs')].map(([label, { value }]) => ({
    label,
    kind: 'input',
    ...detail(descriptionOf(value)),
  }));
}

function runbooks(library: Library): readonly Named[] {
  return library.names().map((label) => ({ label, kind: 'runbook' }));
}

function columns(root: LocatedNode, path: Path, library: Library): readonly Named[] {
  const step = stepAround(root, path);
  const preview = step && nodeAt(step, ['preview']);
  const names = preview?.kind === 'mapping' ? columnsOfPreview(preview, library) : undefined;
  return (names ?? []).map((label) => ({ label, kind: 'field' }));
}

function detail(text: string | undefined): { readonly detail?: string } {
  return text === undefined ? {} : { detail: text };
}

function documentation(text: string | undefined): { readonly documentation?: string } {
  return text === undefined ? {} : { documentation: text };
}
