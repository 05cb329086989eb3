import type { Diagnostic } from '#runbook/diagnostic.ts';
import type { Placeholder, Template } from '#runbook/expression/template.ts';
import { isMysqlLike } from '#runbook/model/engines.ts';
import type { Engine } from '#runbook/model/runbook.ts';
import type { Span } from '#runbook/yaml/source.ts';
import { maskPlaceholders } from './mask-placeholders.ts';
import type { ParsePostgres } from './postgres/infer.ts';
import { readPostgres } from './postgres/problems.ts';
import { everyNode, nodesIn, offsetOfByte, type PostgresNode } from './postgres/syntax.ts';
import { placeholderAt, placeholderSpan } from './template-language.ts';

/** MySQL keywords that only a name can follow, excluding `ON UPDATE` and `FOR UPDATE`. */
const BEFORE_NAME = /(?:\.|\b(?:JOIN|INTO|TABLE|DATABASE|(?<!\b(?:ON|FOR)\s+)UPDATE))\s*$/i;

/** Returns errors for placeholders where the server expects a name, a keyword or a part of one. */
export function parameterProblems(
  template: Template,
  engine: Engine | undefined,
  parse: ParsePostgres | undefined,
): readonly Diagnostic[] {
  const isMysql = isMysqlLike(engine);
  const named = template.placeholders.filter(
    ({ at, length }) =>
      /[\w$\u0080-\uffff]$/.test(template.text.slice(0, at)) ||
      /^[\w$\u0080-\uffff]/.test(template.text.slice(at + length)) ||
      (isMysql && BEFORE_NAME.test(template.text.slice(0, at))),
  );
  const found =
    named.length > 0 || engine !== 'postgres' || parse === undefined
      ? named
      : namedInPostgres(template, parse);
  return found.map((placeholder) => ({
    severity: 'error',
    code: 'placeholder-as-identifier',
    message: 'a value cannot stand for a name or a keyword',
    span: placeholderSpan(template, placeholder),
    hint: 'write the name out; of several, choose with CASE WHEN, or with a step for each',
  }));
}

/**
 * Returns the placeholders that cannot be values: those at which PostgreSQL's parser stops, and
 * sort keys, which would be constant.
 */
function namedInPostgres(template: Template, parse: ParsePostgres): readonly Placeholder[] {
  const text = maskPlaceholders(template.text, template.placeholders, 'postgres');
  const read = readPostgres(text, parse);
  const spans =
    read.kind === 'wrong'
      ? [read.problem.span]
      : read.kind === 'statements'
        ? read.statements.flatMap(({ node }) => sortedBy(text, node))
        : [];
  return spans.flatMap((span) => placeholderAt(template, span) ?? []);
}

function sortedBy(sql: string, root: PostgresNode): readonly Span[] {
  return [...everyNode(root)].flatMap(({ type, fields }) => {
    const [by] = type === 'SortBy' ? nodesIn(fields.node) : [];
    if (by?.type !== 'ParamRef') return [];
    const at = typeof by.fields.location === 'number' ? by.fields.location : 0;
    const start = offsetOfByte(sql, at);
    return [{ start, end: start + 1 }];
  });
}
