import { type Placed, qualified } from '#machine/placed-step.ts';
import { errorAt } from '#runbook/diagnostic.ts';
import type { Expression } from '#runbook/expression/cel.ts';
import { nodeAt } from '#runbook/yaml/document.ts';
import type { LocatedNode } from '#runbook/yaml/located.ts';
import { closest } from '#text/suggest.ts';
import type { FieldsRead, PlacedSteps } from './mocked.ts';
import type { MockReader } from './read.ts';
import type { ResultDocument } from './result.ts';

const NOTHING: FieldsRead = { fields: new Set(), columns: new Set(), byName: true };

type Found = { fields: Set<string>; columns: Set<string>; byName: boolean };

const KNOWN = new WeakMap<PlacedSteps, ReadonlyMap<string, FieldsRead>>();

/** Returns what any expression reads of a part (`action`, `preview`, `verify`) of a step. */
export function fieldsRead(steps: PlacedSteps, id: string, part: string): FieldsRead {
  let known = KNOWN.get(steps);
  if (known === undefined) {
    known = readsOf(steps);
    KNOWN.set(steps, known);
  }
  return known.get(`${id} ${part}`) ?? NOTHING;
}

function readsOf(steps: PlacedSteps): ReadonlyMap<string, FieldsRead> {
  const found = new Map<string, Found>();
  for (const [id, step] of steps) {
    const repeated = conditionsOfRepeated(step);
    for (const expression of expressionsOf(step)) {
      const own = repeated.has(expression) ? 'verify' : 'action';
      for (const { path } of expression.names) noteUse(found, path, id, step, own);
    }
  }
  return found;
}

function noteUse(
  found: Map<string, Found>,
  path: readonly string[],
  id: string,
  step: Placed,
  own: 'action' | 'verify',
): void {
  const [root, name = '', ...rest] = path;
  if (root === 'result') note(found, `${id} ${own}`, path.slice(1));
  else if (root === 'preview') note(found, `${id} preview`, path.slice(1));
  else if (root === 'steps') note(found, `${qualified(step.frame, name)} action`, rest);
}

/** Returns the conditions on the result of a repeated read, as opposed to the action's. */
function conditionsOfRepeated({ does }: Placed): ReadonlySet<Expression | undefined> {
  const verify = 'verify' in does ? does.verify?.until : undefined;
  const until = 'until' in does ? does.until?.condition : undefined;
  return new Set([verify, until]);
}

function note(found: Map<string, Found>, key: string, path: readonly string[]): void {
  const of = found.get(key) ?? { fields: new Set(), columns: new Set(), byName: true };
  found.set(key, of);
  const [field, column] = path;
  if (field !== undefined) of.fields.add(field);
  if (field === 'row' && column !== undefined) of.columns.add(column);
  else if (field === undefined || field === 'row' || field === 'rows') of.byName = false;
}

/** Returns every expression of a step except those of the steps inside it. */
function expressionsOf({ if: condition, forEach, next, does }: Placed): readonly Expression[] {
  const found: Expression[] = [];
  const own = does.kind === 'runbook' ? does.with : does.kind === 'parallel' ? undefined : does;
  collect([condition, forEach, next, own], found);
  return found;
}

function collect(value: unknown, found: Expression[]): void {
  if (typeof value !== 'object' || value === null) return;
  if (isExpression(value)) found.push(value);
  else for (const inner of Object.values(value)) collect(inner, found);
}

function isExpression(value: object): value is Expression {
  return 'program' in value && 'names' in value;
}

/**
 * Warns about an unread column whose name resembles one that is read and missing: a condition
 * without its value decides nothing.
 */
export function checkMockedFields(
  document: ResultDocument,
  node: LocatedNode,
  of: { readonly id: string; readonly part: string },
  reader: MockReader,
): void {
  const rows = document.rows ?? (document.row === undefined ? [] : [document.row]);
  const read = fieldsRead(reader.steps, of.id, of.part);
  for (const [index, row] of rows.entries()) {
    const path = document.rows === undefined ? ['row'] : ['rows', index];
    const missing = [...read.columns].filter((name) => !Object.hasOwn(row, name));
    for (const name of Object.keys(row)) {
      if (read.columns.has(name)) continue;
      const meant = closest(name, missing);
      const at = nodeAt(node, path);
      if (meant === undefined || at?.kind !== 'mapping') continue;
      const span = at.entries.get(name)?.key ?? at.span;
      const message = `nothing reads the column "${name}", and "${meant}" is missing`;
      reader.problems.push(errorAt('unknown-name', span, message, `did you mean "${meant}"?`));
    }
  }
}
