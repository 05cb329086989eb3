import type { Diagnostic } from '#runbook/diagnostic.ts';
import type { Template } from '#runbook/expression/template.ts';
import type { Preview, TargetDefinition } from '#runbook/model/runbook.ts';
import { didYouMean } from '#text/suggest.ts';
import { rulesOf } from '../kinds/rules.ts';
import { maskPlaceholders } from './mask-placeholders.ts';
import { mayBePostgres } from './parser-needs.ts';
import type { ParsePostgres } from './postgres/infer.ts';
import { type SelectedColumn, selectedColumns } from './postgres/selected-columns.ts';
import { spanInFile } from './template-language.ts';

/** A text of a preview. Its columns are undefined if it cannot be parsed or does not name them. */
type Text = {
  readonly template: Template;
  readonly columns: readonly SelectedColumn[] | undefined;
};

/** A `*` in place of column names, or a `SHOW`, which names none. */
const STAR = /(?:\bselect|,|\.)\s*\*|^\s*show\s/i;

/**
 * Returns warnings about the informational columns of a preview: those that no text returns, and
 * undeclared ones that differ with each read.
 */
export function volatileProblems(
  { body, volatile, volatileAt }: Preview,
  targets: readonly TargetDefinition[],
  parse: ParsePostgres | undefined,
): readonly Diagnostic[] {
  if (body.kind !== 'sql') return [];
  const texts = rulesOf(body.kind)
    .statements(body, targets)
    .map(({ text: template, engine }): Text => {
      const isRead = parse !== undefined && mayBePostgres(engine);
      const { text, placeholders } = template;
      return {
        template,
        columns: isRead
          ? selectedColumns(maskPlaceholders(text, placeholders, 'postgres'), parse)
          : undefined,
      };
    });
  const names = new Set(texts.flatMap(({ columns = [] }) => columns.map(({ name }) => name)));
  const unknown = volatile.flatMap((column, index): readonly Diagnostic[] => {
    const span = volatileAt[index];
    if (span === undefined || texts.length === 0 || texts.some((text) => mayReturn(text, column)))
      return [];
    return [
      {
        severity: 'warning',
        code: 'volatile-unknown',
        message: `the preview returns no column "${column}"`,
        span,
        hint: didYouMean(column, names) ?? 'name a column as the statement names it',
      },
    ];
  });
  return [...unknown, ...texts.flatMap((text) => undeclared(text, volatile))];
}

function mayReturn({ template, columns }: Text, column: string): boolean {
  if (columns !== undefined) return columns.some(({ name }) => name === column);
  const words: readonly string[] = template.text.toLowerCase().match(/\w+/g) ?? [];
  return STAR.test(template.text) || words.includes(column.toLowerCase());
}

function undeclared(
  { template, columns = [] }: Text,
  volatile: readonly string[],
): readonly Diagnostic[] {
  const ofClock = columns.filter(({ name, isOfClock }) => isOfClock && !volatile.includes(name));
  return ofClock.map(({ name, at }) => ({
    severity: 'warning',
    code: 'volatile-undeclared',
    message: `"${name}" is computed from the time, so no row is the same when it is read again`,
    span: spanInFile(template, { start: at, end: at + 1 }),
    hint: `add it to preview.volatile: [${[...volatile, name].join(', ')}]`,
  }));
}
