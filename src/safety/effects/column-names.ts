import { type Diagnostic, errorAt } from '#runbook/diagnostic.ts';
import type { Expression } from '#runbook/expression/cel.ts';
import type { NameUse } from '#runbook/expression/names-read.ts';
import type { Body, Runbook, Step, TargetDefinition } from '#runbook/model/runbook.ts';
import { didYouMean } from '#text/suggest.ts';
import { rulesOf } from '../kinds/rules.ts';
import { maskPlaceholders } from './mask-placeholders.ts';
import { mayBePostgres } from './parser-needs.ts';
import type { ParsePostgres } from './postgres/infer.ts';
import { selectedColumns } from './postgres/selected-columns.ts';

/** The columns of a statement on one engine; without `names`, only its text is known. */
type Columns = { readonly names: readonly string[] | undefined; readonly text: string };

/** The bodies that `result` and `preview` belong to at a place. */
type Meaning = { readonly result: Body | undefined; readonly preview: Body | undefined };

/** A statement that names every column that it returns. */
const NAMES_ALL = /^\s*(?:select|with)\b/i;
const STAR = /(?:\bselect|\bdistinct|,|\.)\s*\*|\bfrom\s+\w+\s*\(/i;

/**
 * Returns an error for each column that an expression reads from a row and that no text of the
 * statement returns: `result.row.waitng` of a SELECT … AS waiting.
 */
export function columnProblems(
  { steps, targets }: Pick<Runbook, 'steps' | 'targets'>,
  parse: ParsePostgres | undefined,
): readonly Diagnostic[] {
  const all = steps.flatMap((step) => [step, ...branchesOf(step)]);
  const bodies = new Map(all.map((step) => [step.id, bodyOf(step)]));
  const known = new Map<Body, readonly Columns[]>();
  const columnsOf = (body: Body): readonly Columns[] => {
    const columns = known.get(body) ?? readColumns(body, targets, parse);
    known.set(body, columns);
    return columns;
  };
  return steps.flatMap((step) =>
    usesIn(step, meaningOf(step)).flatMap(({ use, meaning }) => {
      const { body, column } = rowOf(use, meaning, bodies) ?? {};
      return body === undefined || column === undefined
        ? []
        : problemOf(column, use, columnsOf(body));
    }),
  );
}

function problemOf(
  column: string,
  { span, isHas }: NameUse,
  columns: readonly Columns[],
): readonly Diagnostic[] {
  if (isHas || columns.length === 0 || columns.some((one) => mayHave(one, column))) return [];
  const names = new Set(columns.flatMap(({ names = [] }) => names));
  const hint = didYouMean(column, names) ?? 'name a column as the statement names it';
  return [errorAt('unknown-name', span, `the statement returns no column "${column}"`, hint)];
}

function mayHave({ names, text }: Columns, column: string): boolean {
  if (names !== undefined) return names.includes(column);
  if (!NAMES_ALL.test(text) || STAR.test(text)) return true;
  return text.toLowerCase().includes(column.toLowerCase());
}

function readColumns(
  body: Body,
  targets: readonly TargetDefinition[],
  parse: ParsePostgres | undefined,
): readonly Columns[] {
  if (body.kind !== 'sql') return [];
  return rulesOf(body.kind)
    .statements(body, targets)
    .map(({ text: template, engine }) => {
      const { text, placeholders } = template;
      const isPostgres = parse !== undefined && mayBePostgres(engine);
      const selected = isPostgres
        ? selectedColumns(maskPlaceholders(text, placeholders, 'postgres'), parse)
        : undefined;
      return { text, names: selected?.map(({ name }) => name) };
    });
}

/** Returns the body whose row a name reads, and the column. */
function rowOf(
  { path }: NameUse,
  { result, preview }: Meaning,
  bodies: ReadonlyMap<string, Body | undefined>,
): { readonly body: Body | undefined; readonly column: string | undefined } | undefined {
  const [root, first = '', second] = path;
  if (root === 'steps' && second === 'row') return { body: bodies.get(first), column: path[3] };
  if (first !== 'row') return undefined;
  if (root === 'result') return { body: result, column: second };
  return root === 'preview' ? { body: preview, column: second } : undefined;
}

/** A repeated step has a list of results, each with its own row. */
function bodyOf({ does, forEach }: Step): Body | undefined {
  return forEach === undefined && 'body' in does ? does.body : undefined;
}

function meaningOf({ does }: Step): Meaning {
  const result = 'body' in does ? does.body : undefined;
  return { result, preview: 'preview' in does ? does.preview?.body : undefined };
}

function branchesOf({ does }: Step): readonly Step[] {
  return does.kind === 'parallel' ? does.steps : [];
}

type Use = { readonly use: NameUse; readonly meaning: Meaning };

/** Returns every name that the expressions in a part of a step read. */
function usesIn(part: unknown, meaning: Meaning): readonly Use[] {
  if (typeof part !== 'object' || part === null) return [];
  if (isExpression(part)) return part.names.map((use) => ({ use, meaning }));
  if (Array.isArray(part)) return part.flatMap((one) => usesIn(one, meaning));
  return Object.entries(part).flatMap(([key, inner]) => {
    if (key === 'runbook') return [];
    const isRepeated = key === 'verify' || key === 'until';
    const body = isRepeated ? (inner as { readonly body?: Body } | undefined)?.body : undefined;
    if (key === 'steps')
      return (inner as readonly Step[]).flatMap((branch) => usesIn(branch, meaningOf(branch)));
    return usesIn(inner, body === undefined ? meaning : { ...meaning, result: body });
  });
}

function isExpression(part: object): part is Expression {
  return 'program' in part && 'names' in part;
}
