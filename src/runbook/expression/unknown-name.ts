import { closest, didYouMean } from '#text/suggest.ts';
import type { Fields, ValueType } from '../model/value-type.ts';
import { foreignFunction } from './functions.ts';

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
export function insteadOfRoot(path: readonly string[], scope: Fields): string | undefined {
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
export function insteadOfField(part: string, type: ValueType): string | undefined {
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
