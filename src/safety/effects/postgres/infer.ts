import type { Span } from '#runbook/yaml/source.ts';
import { type EffectReport, known, type Reason, reportOf, unsure } from '../report.ts';
import { judgeExpressions, type Place } from './judge-expressions.ts';
import { readPostgres } from './problems.ts';
import { effectOfStatement, isOfTheSession } from './statements.ts';
import { listIn, nodesIn, offsetOfByte, type PostgresNode } from './syntax.ts';

/** Parses PostgreSQL into libpg-query's tree. Throws its error for a text that cannot be parsed. */
export type ParsePostgres = (sql: string) => unknown;

/**
 * Infers the maximum effect of a PostgreSQL statement. It is a read only if it is a single
 * statement of a reading kind, and every function it calls is PostgreSQL's own and known to only
 * read. Parameters are written as `$1`.
 */
export function inferPostgres(sql: string, parse: ParsePostgres): EffectReport {
  return reportOf(judgePostgres(sql, parse, 'held'));
}

/**
 * Returns the reasons against a read. In an `own` session the text may contain several statements.
 */
export function judgePostgres(
  sql: string,
  parse: ParsePostgres,
  session: Session,
): readonly Reason[] {
  const whole = { start: 0, end: sql.length };
  if (sql.includes('\0')) return [unsure('PostgreSQL reads only up to the NUL character', whole)];
  const quoted = sql.indexOf("\\'");
  const doubts = quoted === -1 ? [] : [unsure(AMBIGUOUS_QUOTE, { start: quoted, end: quoted + 2 })];
  const read = readPostgres(sql, parse);
  if (read.kind === 'command')
    return [known(read.effect.effect, read.effect.text, firstWord(sql, 0))];
  if (read.kind === 'wrong')
    return [unsure(`PostgreSQL cannot parse this: ${read.problem.message}`, read.problem.span)];
  const { statements } = read;
  if (statements.length === 0) return [unsure('there is no statement', whole)];
  const reasons = statements.flatMap(({ node, at }) =>
    judgeStatement(node, {
      session,
      sql,
      span: firstWord(sql, offsetOfByte(sql, at)),
    }),
  );
  const second = statements[1];
  return second === undefined || session === 'own'
    ? [...doubts, ...reasons]
    : [
        ...doubts,
        ...reasons,
        unsure('more than one statement', firstWord(sql, offsetOfByte(sql, second.at))),
      ];
}

const AMBIGUOUS_QUOTE =
  "a backslash before a quote means something else without standard_conforming_strings; write ''";

/** Returns the span of the first word from an offset on, after comments. */
export function firstWord(sql: string, from: number): Span {
  const lead = /^(?:\s|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)*/.exec(sql.slice(from))?.[0].length ?? 0;
  const start = from + lead;
  const word = /^\w+|^[\s\S]?/.exec(sql.slice(start))?.[0] ?? '';
  return { start, end: start + word.length };
}

/** The session of a statement: `held` and used afterwards, or its `own`, which ends with it. */
type Session = 'held' | 'own';

/** The context of a statement. */
type Around = Place & { readonly session: Session; readonly span: Span };

/** Returns the reasons against a read in a statement. */
function judgeStatement(node: PostgresNode, around: Around): readonly Reason[] {
  switch (node.type) {
    case 'SelectStmt':
      return judgeExpressions(node, around);
    case 'VariableShowStmt':
      return [];
    case 'ExplainStmt':
      return judgeExplain(node, around);
    case 'CopyStmt':
      return judgeCopy(node, around);
    default:
  }
  if (around.session === 'own' && isOfTheSession(node) && !isPrepared(node)) return [];
  const effect = effectOfStatement(node.type);
  if (effect === undefined)
    return [unsure('this kind of statement is not known to only read', around.span)];
  const inner = judgeExpressions(node, around).filter(({ certain }) => certain);
  const text = worseThanItsKind(node);
  const own =
    text === undefined
      ? known(effect.effect, effect.text, around.span)
      : known('destructive', text, around.span);
  return [own, ...inner];
}

const EXPLAIN_OPTIONS =
  /^(?:analyze|verbose|costs|settings|generic_plan|buffers|serialize|wal|timing|summary|memory|format)$/;

const PLANNED: ReadonlySet<string> = new Set(
  ['Select', 'Insert', 'Update', 'Delete', 'Merge'].map((verb) => `${verb}Stmt`),
);

function judgeExplain({ fields }: PostgresNode, around: Around): readonly Reason[] {
  const options = listIn(fields, 'options').flatMap(nodesIn);
  const unknown = unknownOption(options, EXPLAIN_OPTIONS);
  if (unknown !== undefined)
    return [unsure(`EXPLAIN with ${unknown} is not known to only read`, around.span)];
  const executes = options.some((one) => one.fields.defname === 'analyze' && !isOff(one));
  const [query] = nodesIn(fields.query);
  if (query === undefined) return [unsure('there is nothing to explain', around.span)];
  if (executes) return judgeStatement(query, around);
  return PLANNED.has(query.type)
    ? judgeExpressions(query, { ...around, onlyPlanned: true })
    : [unsure('explaining this is not known to only read', around.span)];
}

const OFF: ReadonlySet<string> = new Set(['false', 'off']);

/** Returns whether an option is certainly off. Without a value it is on. */
function isOff({ fields }: PostgresNode): boolean {
  const [value] = nodesIn(fields.arg);
  return OFF.has(String(value?.fields.sval).toLowerCase());
}

/** Returns the first unknown option: extensions can add options to statements. */
function unknownOption(options: readonly PostgresNode[], known: RegExp): string | undefined {
  const names = options.map(({ fields }) => String(fields.defname));
  return names.find((name) => !known.test(name));
}

const COPY_OPTIONS =
  /^(?:format|delimiter|null|header|quote|escape|force_quote|force_not_null|force_null|encoding|default|freeze|csv|binary)$/;

const COPY_FORMATS: ReadonlySet<string> = new Set(['text', 'csv', 'binary']);

function judgeCopy(node: PostgresNode, around: Around): readonly Reason[] {
  const { fields } = node;
  if (fields.is_program === true) return [unsure('COPY runs a program', around.span)];
  if (fields.is_from === true) return [known('change', 'COPY FROM adds rows', around.span)];
  if (fields.filename !== undefined)
    return [known('change', 'COPY TO writes a file on the server', around.span)];
  const options = listIn(fields, 'options').flatMap(nodesIn);
  const format = nodesIn(options.find((one) => one.fields.defname === 'format')?.fields.arg)[0];
  const isKnown = COPY_FORMATS.has(String(format?.fields.sval ?? 'text').toLowerCase());
  const unknown = unknownOption(options, COPY_OPTIONS) ?? (isKnown ? undefined : 'this format');
  if (unknown !== undefined)
    return [unsure(`COPY with ${unknown} is not known to only read`, around.span)];
  return nodesIn(fields.query).flatMap((query) => judgeStatement(query, around));
}

/** Returns the reason why a statement is destructive while others of its kind are not. */
function worseThanItsKind({ type, fields }: PostgresNode): string | undefined {
  const options = listIn(fields, 'options').flatMap(nodesIn);
  const has = (name: string) => options.some((one) => one.fields.defname === name && !isOff(one));
  if (type === 'VacuumStmt' && has('full'))
    return 'VACUUM FULL locks everyone out of a table and rewrites it';
  if (fields.kind === 'TRANS_STMT_ROLLBACK_PREPARED')
    return 'ROLLBACK PREPARED throws a prepared transaction away';
  const parts = Object.values(fields).flatMap(nodesIn);
  const drops = parts.some((part) => /^AT_(?:Drop|Detach)/.test(String(part.fields.subtype)));
  if (drops) return 'ALTER TABLE … DROP removes what it names';
  if (parts.some((part) => part.fields.commandType === 'CMD_DELETE'))
    return 'MERGE … DELETE removes rows';
  return undefined;
}

/** Returns whether a statement is about a prepared transaction, which outlives the session. */
function isPrepared({ fields }: PostgresNode): boolean {
  return String(fields.kind).includes('PREPARE');
}
