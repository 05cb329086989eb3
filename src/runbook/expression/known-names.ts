import { closest, didYouMean } from '#text/suggest.ts';
import { type Diagnostic, errorAt } from '../diagnostic.ts';
import { ENGINES } from '../model/engines.ts';
import { type InputDefinition, type ScalarType, scalarTypeOf } from '../model/input-definition.ts';
import { ERROR_KINDS, ERROR_PHASES } from '../model/step-error.ts';
import {
  BOOLEAN,
  type Fields,
  listOf,
  mappingOf,
  NUMBER,
  oneOf,
  orNull,
  TEXT,
  typeName,
  type ValueType,
} from '../model/value-type.ts';
import type { Span } from '../yaml/source.ts';
import { foreignFunction } from './functions.ts';
import type { NameUse } from './names-read.ts';

/** The names in scope of an expression. */
export type Names = Fields;

/** The fields of a target in expressions. */
export const TARGET_FIELDS: Fields = {
  name: TEXT,
  engine: orNull(oneOf(...ENGINES)),
  host: orNull(TEXT),
  port: orNull(NUMBER),
  database: orNull(TEXT),
  user: orNull(TEXT),
};

/**
 * The fields of a failure in expressions; after a success the kind is `none` and the rest are
 * empty.
 */
export const ERROR_FIELDS: Fields = {
  kind: oneOf(...ERROR_KINDS),
  phase: oneOf('', ...ERROR_PHASES),
  code: TEXT,
  message: TEXT,
  hint: TEXT,
};

const RUN: Fields = { id: TEXT, operator: TEXT, started_at: TEXT };

/** The status of a step. */
export const STATUS = oneOf(
  'waiting',
  'succeeded',
  'failed',
  'skipped',
  'done-by-hand',
  'simulated',
  'undone',
);

/** The names that the whole runbook defines; `steps` have the fields of their results, by ID. */
type RunbookNames = {
  readonly inputs: readonly InputDefinition[];
  readonly targets: readonly string[];
  /** The types of computed values, by name. */
  readonly values?: Fields;
  readonly steps: Readonly<Record<string, Fields>>;
};

/** Returns the names that can be used before the first step: of inputs, targets and the run. */
export function namesBeforeSteps({
  inputs,
  targets,
  values = {},
}: Omit<RunbookNames, 'steps'>): Names {
  return {
    ...(Object.keys(values).length === 0 ? {} : { values: mappingOf(values) }),
    inputs: mappingOf(Object.fromEntries(inputs.map((input) => [input.name, inputType(input)]))),
    targets: mappingOf(Object.fromEntries(targets.map((name) => [name, mappingOf(TARGET_FIELDS)]))),
    run: mappingOf(RUN),
  };
}

/** Returns the names every expression of a step can use. */
export function commonNames(names: RunbookNames): Names {
  const steps = Object.entries(names.steps).map(([id, result]) => {
    const fields = { ...result, status: STATUS, error: mappingOf(ERROR_FIELDS) };
    return [id, mappingOf(fields)] as const;
  });
  return { ...namesBeforeSteps(names), steps: mappingOf(Object.fromEntries(steps)) };
}

/** Returns the name of the result of a step or of one check. */
export function resultNames(fields: Fields): Names {
  return { result: mappingOf(fields) };
}

/** The name of a step's failure. */
export const ERROR_NAMES: Names = { error: mappingOf(ERROR_FIELDS) };

function inputType(input: InputDefinition): ValueType {
  const { type, required, default: value, enum: only } = input;
  const scalar = scalarTypeOf(input);
  const one = scalar === 'text' && only ? oneOf(...only.map(String)) : INPUT_TYPES[scalar];
  const own = type === 'list' ? listOf(one) : one;
  return required || value !== null ? own : orNull(own);
}

const INPUT_TYPES: Readonly<Record<ScalarType, ValueType>> = {
  text: TEXT,
  number: NUMBER,
  boolean: BOOLEAN,
  duration: { kind: 'text', format: 'duration' },
  url: { kind: 'text', format: 'url' },
};

/** Reports the names that cannot exist in their scope. */
export function checkNames(uses: readonly NameUse[], names: Names, problems: Diagnostic[]): void {
  let read = 0;
  for (const use of uses) {
    // The other parts of a name that is read as a subtraction are not mistakes of their own.
    if (use.span.start < read) continue;
    const problem = checkName(use, mappingOf(names));
    if (problem === undefined) continue;
    problems.push(problem);
    read = problem.span.end;
  }
}

function checkName({ path, span }: NameUse, root: ValueType): Diagnostic | undefined {
  let type = root;
  for (const [index, part] of path.entries()) {
    if (type.kind === 'any') return undefined;
    const before = path.slice(0, index).join('.');
    const fields: Fields = type.kind === 'mapping' ? type.fields : {};
    const inner = Object.hasOwn(fields, part) ? fields[part] : undefined;
    if (inner === undefined) {
      const whole = Object.keys(fields).find((name) => name.startsWith(`${part}-`));
      if (whole !== undefined) return subtracted(before, part, whole, span);
      const hint = index === 0 ? insteadOfRoot(path, fields) : insteadOfField(part, type);
      return errorAt('unknown-name', span, messageFor(part, before, type), hint);
    }
    type = inner;
  }
  return undefined;
}

/** Reports a name with `-` in it, which is read as a subtraction. */
function subtracted(before: string, part: string, whole: string, { start, end }: Span): Diagnostic {
  return errorAt(
    'unknown-name',
    { start, end: end + whole.length - part.length },
    `${before} has no "${part}" ("-" is a minus sign here)`,
    `write ${before}["${whole}"]`,
  );
}

function messageFor(part: string, before: string, type: ValueType): string {
  if (before === '') return `nothing is called "${part}" here`;
  return type.kind === 'mapping'
    ? `${before} has no "${part}"`
    : `${before} is ${typeName(type)} and has no "${part}"`;
}

/** Words of other languages for a value that CEL has under another name. */
const CONSTANTS: Readonly<Record<string, string>> = {
  True: 'true',
  TRUE: 'true',
  False: 'false',
  FALSE: 'false',
  None: 'null',
  NULL: 'null',
  nil: 'null',
  undefined: 'null',
};

/** Roots of other languages, and what stands for them here. */
const ROOTS: Readonly<Record<string, string>> = {
  env: 'give an input env: NAME, and write inputs.name',
  vars: 'write inputs.name',
  var: 'write inputs.name',
  params: 'write inputs.name',
  parameters: 'write inputs.name',
  secrets: 'give an input secret: true and env: NAME, and write inputs.name',
  needs: 'write steps.id',
  jobs: 'write steps.id',
  tasks: 'write steps.id',
  outputs: 'write steps.id.field',
  github: 'write run.id or run.operator',
  workflow: 'write run.id or run.operator',
  output: 'write result.stdout, result.json or result.row',
  response: 'write result',
  self: 'write result',
  this: 'write result',
  status: 'write error.kind, or steps.id.status',
  rc: 'write result.exit_code',
};

/** Returns what to write for a first name that is not in scope; `path` is the whole name. */
function insteadOfRoot(path: readonly string[], scope: Fields): string | undefined {
  const [root = ''] = path;
  const constant = Object.hasOwn(CONSTANTS, root) ? CONSTANTS[root] : undefined;
  if (constant !== undefined) return `write ${constant}`;
  const near = closest(root, Object.keys(scope));
  const owner = Object.entries(scope).find(
    ([, type]) => type.kind === 'mapping' && Object.hasOwn(type.fields, root),
  )?.[0];
  if (owner !== undefined) return `write ${[owner, ...path].join('.')}`;
  if (near !== undefined) return `did you mean "${near}"?`;
  if (Object.hasOwn(ROOTS, root)) return ROOTS[root];
  const hint = didYouMean(root, Object.keys(scope));
  return path.length > 1 ? hint : `${hint}; or quote a text: "${root}"`;
}

/** Returns what to write for a field that a value does not have. */
function insteadOfField(part: string, type: ValueType): string | undefined {
  if (type.kind === 'mapping') {
    if (Object.keys(type.fields).length === 0) return 'define it in the runbook first';
    const near = closest(part, Object.keys(type.fields));
    const isWrapper = ['result', 'outputs', 'output', 'value'].includes(part);
    if (near === undefined && isWrapper) return `leave ".${part}" out`;
    return didYouMean(part, Object.keys(type.fields));
  }
  const method = foreignFunction(part);
  if (method !== undefined) return method;
  if (type.kind === 'list') return 'one item is [0]; all are all(x, …), exists(x, …)';
  return 'leave it out';
}
