import {
  commonNames,
  ERROR_NAMES,
  type Names,
  resultNames,
} from '#runbook/expression/known-names.ts';
import { parseTemplate } from '#runbook/expression/template.ts';
import { fieldsOfBody } from '#runbook/kinds/action-kinds.ts';
import type { Written } from '#runbook/kinds/declaration.ts';
import type { InputDefinition } from '#runbook/model/runbook.ts';
import { previewNames } from '#runbook/model/step-results.ts';
import { ANY, type Fields, listOf, mappingOf } from '#runbook/model/value-type.ts';
import { readInputs } from '#runbook/read/inputs.ts';
import { createPartReader } from '#runbook/read/part-reader.ts';
import { readValues, typesOf } from '#runbook/read/values.ts';
import { HEAD_SCHEMA } from '#runbook/schema/runbook.ts';
import { fieldsOf, fieldsOfOne } from '#runbook/step-index.ts';
import { nodeAt, plain, readDocument } from '#runbook/yaml/document.ts';
import type { LocatedMapping, LocatedNode } from '#runbook/yaml/located.ts';
import { maskPlaceholders } from '#safety/effects/mask-placeholders.ts';
import type { Path } from './cursor.ts';
import type { Library, Trees } from './document.ts';
import {
  definitionsOf,
  isInHandler,
  isOfChoice,
  pathInStep,
  stepAround,
  stepsOf,
  textAt,
} from './outline.ts';

/** Returns the inputs of a runbook; one that is not valid yet is a text. */
export function inputsOf(root: LocatedNode | undefined): readonly InputDefinition[] {
  return [...definitionsOf(root, 'inputs')].flatMap(([name, entry]) => {
    const node: LocatedMapping = {
      kind: 'mapping',
      span: entry.value.span,
      entries: new Map([[name, entry]]),
    };
    const { value = { [name]: {} } } = readDocument(HEAD_SCHEMA.shape.inputs, node);
    return readInputs({ inputs: value } as never, createPartReader(node, []));
  });
}

/**
 * Returns the names that an expression at a path can read, with their types, as the parser of runbooks
 * has them. Rows have the columns of their statement if it names each of them; of other steps, only those
 * that the expression names.
 */
export function namesAt(
  { root, whole }: Trees,
  path: Path,
  expression: string,
  library: Library,
): Names {
  const steps = Object.fromEntries(
    stepsOf(whole).map(({ id, node }) => {
      const fields = fieldsOf(node);
      return [id, expression.includes(id) ? withColumns(fields, node, library) : fields];
    }),
  );
  const targets = [...definitionsOf(root, 'targets').keys()];
  const inputs = inputsOf(root);
  const read = root === undefined ? [] : readValues(root, inputs, targets, new Set(), []);
  const unread = [...definitionsOf(root, 'values').keys()].map((name) => [name, ANY] as const);
  const values = { ...Object.fromEntries(unread), ...typesOf(read) };
  const common = commonNames({ inputs, targets, values, steps });
  const [part] = path;
  if (part === 'outputs') return common;
  if (part === 'targets') return common.inputs === undefined ? {} : { inputs: common.inputs };
  const written = stepAround(root, path);
  const id = textAt(written, ['id']);
  const step = stepsOf(whole).find((one) => one.id === id)?.node ?? written;
  if (step !== undefined) return inStep(step, pathInStep(path), common, library);
  if (isInHandler(path)) return { ...common, ...ERROR_NAMES };
  const { steps: _, ...before } = common;
  const check = nodeAt(whole, path.slice(0, 2));
  return part === 'prerequisites' && path.at(-1) === 'expect' && check?.kind === 'mapping'
    ? { ...before, ...resultNames(readOf(check, library)) }
    : before;
}

function inStep(step: LocatedMapping, path: Path, common: Names, library: Library): Names {
  const [part] = path;
  const key = path.at(-1);
  if (part === 'if' || part === 'for_each') return common;
  const isRepeated = step.entries.has('for_each');
  const preview = previewOf(step, library);
  if (isAfterStep(path)) {
    const fields = withColumns(fieldsOf(step), step, library);
    const result = Object.keys(fields).length === 0 ? {} : resultNames(fields);
    return { ...common, ...ERROR_NAMES, ...result, ...(isRepeated ? {} : preview) };
  }
  const item = isRepeated ? { [textAt(step, ['as']) ?? 'item']: ANY } : {};
  if (isInPreview(path)) return { ...common, ...item };
  const names = { ...common, ...item, ...preview };
  const read = nodeAt(step, [part ?? '']);
  if (key === 'until' && read?.kind === 'mapping')
    return { ...names, ...resultNames(readOf(read, library)) };
  if (part !== 'expect' && part !== 'undo') return names;
  const one = withColumns(fieldsOfOne(step), step, library);
  return { ...names, ...resultNames(one) };
}

/** Returns whether a path is in a preview, before its rows are read. */
function isInPreview(path: Path): boolean {
  return path[0] === 'preview' && path.at(-1) !== 'enough';
}

function isAfterStep(path: Path): boolean {
  return path[0] === 'next' || isOfChoice(path);
}

function previewOf(step: LocatedMapping, library: Library): Names {
  const node = nodeAt(step, ['preview']);
  if (node?.kind !== 'mapping') return {};
  const { preview } = previewNames(plain(node) as Parameters<typeof previewNames>[0]);
  const fields = preview?.kind === 'mapping' ? preview.fields : {};
  return { preview: mappingOf(withColumns(fields, node, library)) };
}

/** Returns the fields of a read that is repeated, or that checks a prerequisite. */
function readOf(node: LocatedMapping, library: Library): Fields {
  return withColumns(fieldsOfBody(plain(node) as Written), node, library);
}

function withColumns(fields: Fields, node: LocatedMapping, library: Library): Fields {
  const names = columnsOfPreview(node, library);
  if (names === undefined || fields.rows === undefined) return fields;
  const row = mappingOf(Object.fromEntries(names.map((name) => [name, ANY])));
  return { ...fields, row, rows: listOf(row) };
}

/** Returns the columns of the statement of a step, if it names each of them. */
export function columnsOfPreview(
  node: LocatedMapping,
  library: Library,
): readonly string[] | undefined {
  const sql = nodeAt(node, ['sql', 'postgres']) ?? nodeAt(node, ['sql']);
  if (sql?.kind !== 'scalar') return undefined;
  const { placeholders } = parseTemplate(sql.text, sql.span, sql.offsets, []);
  return library.columns(maskPlaceholders(sql.text, placeholders, 'postgres'));
}
