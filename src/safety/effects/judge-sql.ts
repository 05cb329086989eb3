import type { Diagnostic } from '#runbook/diagnostic.ts';
import type { Placeholder, Template } from '#runbook/expression/template.ts';
import { type Dialect, dialectOf } from '#runbook/model/engines.ts';
import type { Engine } from '#runbook/model/runbook.ts';
import type { Span } from '#runbook/yaml/source.ts';
import { broken, type Judged, judged } from './judged.ts';
import { maskPlaceholders } from './mask-placeholders.ts';
import { inferMysql, secondOfMysql } from './mysql/infer.ts';
import type { EffectParsers } from './parsers.ts';
import { readConsoleCommand } from './pgbouncer/infer.ts';
import { firstWord, inferPostgres, type ParsePostgres } from './postgres/infer.ts';
import { postgresProblems, readPostgres } from './postgres/problems.ts';
import { everyNode, nodesIn, offsetOfByte, type PostgresNode } from './postgres/syntax.ts';
import { type Reason, unsure } from './report.ts';
import { placeholderAt, placeholderSpan, spanInFile } from './template-language.ts';

/**
 * Infers the effect of a statement for its engine. If the engine is unknown before the run, the
 * statement must be a read on each possible one; one that PostgreSQL cannot parse counts as MySQL
 * only.
 */
export function judgeSql(
  template: Template,
  engine: Engine | undefined,
  parsers: EffectParsers,
): Judged {
  const dialect = engine && dialectOf(engine);
  if (dialect === 'console') return judgeConsole(template);
  const { postgres: parse } = parsers;
  const misplaced = parameterProblems(template, dialect, parse);
  if (misplaced.length > 0) return broken(misplaced);
  const { report, problems } = judgeFor(template, dialect, parsers);
  return { report, problems: [...problems, ...severalStatements(template, dialect, parse)] };
}

function judgeConsole(template: Template): Judged {
  const command = readConsoleCommand(
    maskPlaceholders(template.text, template.placeholders, 'console'),
  );
  if (command.ok) return placed(template, command.report.because);
  return broken([
    {
      severity: 'error',
      code: 'sql-syntax',
      message: command.problem,
      span: spanInFile(template, { start: 0, end: template.text.length }),
      hint: 'a step sends one command of those that docs/reference/effects.md lists',
    },
  ]);
}

/** The dialects with statements; undefined: any of them. */
type Sql = Exclude<Dialect, 'console'> | undefined;

function judgeFor(template: Template, dialect: Sql, { postgres: parse }: EffectParsers): Judged {
  return dialect === undefined || dialect === 'postgres'
    ? judgeForPostgres(template, dialect, parse)
    : placed(template, OTHER_VERDICTS[dialect].reasons(template));
}

/** The verdicts of dialects that need no parser; a dialect without one does not compile. */
const OTHER_VERDICTS: Readonly<
  Record<
    Exclude<Dialect, 'console' | 'postgres'>,
    { readonly name: string; reasons(template: Template): readonly Reason[] }
  >
> = {
  mysql: {
    name: 'MySQL',
    reasons: ({ text, placeholders }) =>
      inferMysql(maskPlaceholders(text, placeholders, 'mysql')).because,
  },
};

/** Returns why a statement is not a read on servers of other dialects. */
function otherReasons(template: Template): readonly Reason[] {
  return Object.values(OTHER_VERDICTS).flatMap(({ name, reasons }) =>
    reasons(template).map((reason) => ({
      ...reason,
      text: `${reason.text} on ${name} (engine: on the target says which it is)`,
    })),
  );
}

/** Infers the effect on PostgreSQL and, if the dialect is unknown, on every other one too. */
function judgeForPostgres(
  template: Template,
  dialect: 'postgres' | undefined,
  parse: ParsePostgres | undefined,
): Judged {
  const whole = { start: 0, end: template.text.length };
  if (parse === undefined)
    return placed(template, [unsure('there is no parser for this statement', whole)]);
  const text = maskPlaceholders(template.text, template.placeholders, 'postgres');
  const [problem] = postgresProblems(text, parse);
  if (problem !== undefined) {
    if (dialect === undefined && !problem.isSyntax)
      return placed(template, [unsure(`PostgreSQL cannot read this: ${problem.message}`, whole)]);
    if (dialect === undefined) return placed(template, otherReasons(template));
    return broken([
      {
        severity: 'error',
        code: 'sql-syntax',
        message: `PostgreSQL cannot read this: ${problem.message}`,
        span: spanInFile(template, problem.span),
        hint: /@\{\w/.test(template.text)
          ? '@{…} is a fragment: name its file under uses:, or write it under fragments:'
          : 'correct the statement, or say which engine it is for',
      },
    ]);
  }
  const { because } = inferPostgres(text, parse);
  if (dialect !== undefined) return placed(template, because);
  const others = because.length > 0 ? [] : otherReasons(template);
  return placed(template, [...because, ...others]);
}

function placed(template: Template, because: readonly Reason[]): Judged {
  return judged(because.map((one) => ({ ...one, span: spanInFile(template, one.span) })));
}

/** MySQL keywords that only a name can follow, excluding `ON UPDATE` and `FOR UPDATE`. */
const BEFORE_NAME = /(?:\.|\b(?:JOIN|INTO|TABLE|DATABASE|(?<!\b(?:ON|FOR)\s+)UPDATE))\s*$/i;

/** Returns errors for placeholders where the server expects a name, a keyword or a part of one. */
function parameterProblems(
  template: Template,
  dialect: Sql,
  parse: ParsePostgres | undefined,
): readonly Diagnostic[] {
  const isMysql = dialect === 'mysql';
  const named = template.placeholders.filter(
    ({ at, length }) =>
      /[\w$\u0080-\uffff]$/.test(template.text.slice(0, at)) ||
      /^[\w$\u0080-\uffff]/.test(template.text.slice(at + length)) ||
      (isMysql && BEFORE_NAME.test(template.text.slice(0, at))),
  );
  const found =
    named.length > 0 || dialect !== 'postgres' || parse === undefined
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

/** Returns an error for a text with more than one statement: a step runs one. */
function severalStatements(
  template: Template,
  dialect: Sql,
  parse: ParsePostgres | undefined,
): readonly Diagnostic[] {
  const masked = (language: 'postgres' | 'mysql') =>
    maskPlaceholders(template.text, template.placeholders, language);
  const second =
    (dialect ?? 'postgres') !== 'postgres' || parse === undefined
      ? secondOfMysql(masked('mysql'))
      : secondOfPostgres(masked('postgres'), parse);
  if (second === undefined) return [];
  return [
    {
      severity: 'error',
      code: 'sql-syntax',
      message: 'a step runs one statement, and this is the second',
      span: spanInFile(template, second),
      hint: 'make it a step of its own; what must happen together belongs in one statement',
    },
  ];
}

function secondOfPostgres(sql: string, parse: ParsePostgres): Span | undefined {
  const read = readPostgres(sql, parse);
  const second = read.kind === 'statements' ? read.statements[1] : undefined;
  return second && firstWord(sql, offsetOfByte(sql, second.at));
}
