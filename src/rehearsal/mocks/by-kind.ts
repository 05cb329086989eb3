import * as z from 'zod/mini';
import { itemsOfRows, linesOfRows } from '#machine/context/preview-rows.ts';
import type { ActionKind } from '#runbook/kinds/action-kinds.ts';
import { type HttpBody, isOkStatus, kindOfStatus } from '#runbook/model/http-request.ts';
import type { BodyOf, Parse } from '#runbook/model/runbook.ts';
import {
  ERROR_KINDS,
  ERROR_PHASES,
  type ErrorKind,
  type StepError,
} from '#runbook/model/step-error.ts';
import type { Json, Row } from '#runbook/model/value.ts';
import { duration, flag, opt, text, texts } from '#runbook/schema/parts.ts';
import type { FieldsRead, MockedResult } from './mocked.ts';

/** The result of an action, by field. */
export type Result = Readonly<Record<string, Json>>;

/** How an execution ends. */
export type Ending = Pick<MockedResult, 'status' | 'result' | 'error'>;

const FAILURES = ERROR_KINDS.filter((kind) => kind !== 'none');
const kind = z.enum(FAILURES).check(z.describe('the kind of failure: what error.kind will be'));
const error = (what: string) =>
  z
    .union([
      kind,
      z.strictObject({
        kind,
        message: opt(text('what error.message will be (default: a generated sentence)')),
        phase: opt(
          z
            .enum(ERROR_PHASES)
            .check(z.describe('the phase of the connection in which it happened')),
        ),
        code: opt(
          z
            .union([z.string(), z.number()])
            .check(z.describe('SQLSTATE, MySQL errno, errno name or exit code')),
        ),
        hint: opt(text('what error.hint will be')),
      }),
    ])
    .check(z.describe(what));

/** The keys of every result in a case. */
export const common = {
  error: opt(error('the step fails: a kind of failure, or a mapping with kind and message')),
  unknown: opt(error('the action started, and its outcome is unknown')),
  takes: duration('how long it takes on the virtual clock', '0s'),
  optional: opt(flag('true: the case also passes when this is never used')),
};

const row = z.record(z.string(), z.unknown());

/** An error as written in a case. */
export type ErrorDocument = z.infer<ReturnType<typeof error>>;

/** How a case mocks one kind of action, and how its runs are recorded as cases. */
export type ActionMock<B> = {
  /** The schema of a result in a case. */
  readonly schema: z.ZodMiniObject;
  /** Returns how an execution ends with a result of a case, which is valid. */
  ending(document: Readonly<Record<string, unknown>>, body: B, gated: boolean): Ending;
  /** Returns a recorded result as written in a case, without fields that nothing reads. */
  recorded(result: Result, read: FieldsRead, part: string): Result;
  /** Returns an example of a result, with every field that the runbook reads. */
  example(read: FieldsRead, body: B, part: string): Json;
};

const sqlSchema = z
  .strictObject({
    row: opt(row.check(z.describe('the only row, by column; short for rows with one row'))),
    rows: opt(z.array(row).check(z.describe('the rows, each a mapping by column'))),
    row_count: opt(
      z
        .int()
        .check(
          z.gte(0),
          z.describe('the count that the server reports (default: the number of rows)'),
        ),
    ),
    columns: opt(texts('the names of the columns (default: those of the first row)')),
    truncated: opt(flag('true: the server had more rows than are kept')),
    ...common,
  })
  .check(z.describe('what a statement returns'));

const shellSchema = z
  .strictObject({
    stdout: opt(text('what the script writes to standard output')),
    stderr: opt(text('what the script writes to standard error')),
    exit: opt(z.int().check(z.describe('its exit code (default: 0)'))),
    signal: opt(text('the signal that ends it, e.g. SIGKILL')),
    json: opt(z.unknown().check(z.describe('for parse: json, in place of stdout'))),
    lines: opt(texts('for parse: lines, in place of stdout')),
    ...common,
  })
  .check(z.describe('what a script returns'));

const httpSchema = z
  .strictObject({
    status: opt(z.int().check(z.describe('the status of the answer (default: 200)'))),
    headers: opt(z.record(z.string(), z.string()).check(z.describe('its headers, by name'))),
    json: opt(z.unknown().check(z.describe('its body as JSON, in place of text'))),
    text: opt(text('its body as a text')),
    ...common,
  })
  .check(z.describe('what a web server answers'));

type RowsDocument = z.infer<typeof sqlSchema>;
type ScriptDocument = z.infer<typeof shellSchema>;
type AnswerDocument = z.infer<typeof httpSchema>;

const OUTPUTS: Readonly<Record<Parse, Json>> = {
  json: { json: {} },
  lines: { lines: ['…'] },
  text: { stdout: '…' },
};

/** The mock of every kind of action. */
export const ACTION_MOCKS = {
  sql: {
    schema: sqlSchema,
    ending: (document: RowsDocument) => succeeded(rowsOf(document)),
    recorded: sqlFields,
    example: ({ fields, columns }, _body, part) => {
      const row = Object.fromEntries([...columns].map((column) => [column, '…'] as const));
      if (part === 'preview' || part === 'recheck' || fields.has('rows'))
        return { rows: [columns.size === 0 ? { id: '…' } : row] };
      return columns.size === 0 ? { rows: [] } : { row };
    },
  },
  shell: {
    schema: shellSchema,
    ending: scriptEnd,
    recorded: (result, read, part) => linesIn(previewIn(result, part)) ?? shellFields(result, read),
    example: (_read, { parse }) => OUTPUTS[parse],
  },
  http: {
    schema: httpSchema,
    ending: answer,
    recorded: (result, read, part) =>
      itemsIn(previewIn(result, part)) ?? answerFields(result, read),
    example: ({ fields }) => (fields.has('json') ? { json: {} } : { status: 200 }),
  },
  probe: {
    schema: z.looseObject(common).check(z.describe('the fields that a probe returns')),
    ending: (document) => succeeded(fieldsIn(document)),
    recorded: (result, _read, part) => previewIn(result, part)?.rows[0] ?? result,
    example: ({ fields }) => Object.fromEntries([...fields].map((field) => [field, '…'] as const)),
  },
} satisfies { readonly [K in ActionKind]: ActionMock<BodyOf<K>> };

const ABOUT_THE_END: ReadonlySet<string> = new Set(Object.keys(common));

/** Returns the fields of a result as written in a case, without what is said about its end. */
export function fieldsIn(document: Readonly<Record<string, unknown>>): Result {
  const fields = Object.entries(document).filter(([name]) => !ABOUT_THE_END.has(name));
  return Object.fromEntries(fields) as Result;
}

function succeeded(result: Result): Ending {
  return { status: 'succeeded', result, error: undefined };
}

type Rows = { readonly columns: readonly string[]; readonly rows: readonly Row[] };

/** Returns the rows of a preview; undefined for another result. */
function previewIn(result: Result, part: string): Rows | undefined {
  return part === 'preview' && Array.isArray(result.rows) ? (result as Rows) : undefined;
}

function itemsIn(rows: Rows | undefined): Result | undefined {
  return rows && { json: itemsOfRows(rows) };
}

function linesIn(rows: Rows | undefined): Result | undefined {
  const lines = rows && linesOfRows(rows);
  return lines ? { lines } : itemsIn(rows);
}

function rowsOf({ row, rows, row_count, columns, truncated }: RowsDocument): Result {
  const all = (rows ?? (row === undefined ? [] : [row])) as readonly Row[];
  return {
    columns: columns ?? Object.keys(all[0] ?? {}),
    rows: all,
    row_count: row_count ?? all.length,
    ...(truncated === undefined ? {} : { truncated }),
  };
}

function scriptEnd(document: ScriptDocument, body: BodyOf<'shell'>, gated: boolean): Ending {
  const { stderr = '', signal } = document;
  const stdout = stdoutOf(document);
  const exit = signal === undefined ? (document.exit ?? 0) : null;
  const result = { stdout, stderr, exit_code: exit, signal: signal ?? null };
  if (signal !== undefined) {
    const message = `the script was ended by ${signal}`;
    const error: StepError = { kind: 'signal', code: signal, message };
    return { status: gated ? 'unknown' : 'failed', result, error };
  }
  if (!body.okExit.includes(exit ?? 0))
    return { status: 'failed', result, error: exitError(exit ?? 0, stderr) };
  return parsed(document, body.parse, result);
}

function stdoutOf({ stdout, lines, json }: ScriptDocument): string {
  if (stdout !== undefined) return stdout;
  if (lines !== undefined) return lines.map((line) => `${line}\n`).join('');
  return json === undefined ? '' : JSON.stringify(json);
}

function parsed(
  { json, lines }: ScriptDocument,
  parse: Parse,
  result: Result & { readonly stdout: string },
): Ending {
  const parsedAs = (fields: Result) => succeeded({ ...result, ...fields });
  if (parse === 'text') return parsedAs({});
  const { stdout } = result;
  if (parse === 'lines') {
    const split = stdout === '' ? [] : stdout.replace(/\n$/, '').split('\n');
    return parsedAs({ lines: lines ?? split });
  }
  if (json !== undefined) return parsedAs({ json: json as Json });
  try {
    return parsedAs({ json: JSON.parse(stdout) as Json });
  } catch {
    const error = { kind: 'unexpected', message: 'the script did not print JSON' } as const;
    return { status: 'failed', result, error };
  }
}

function answer(
  { status = 200, headers = {}, json, text }: AnswerDocument,
  { okStatus }: HttpBody,
): Ending {
  const said = text ?? (json === undefined ? '' : JSON.stringify(json));
  const result = {
    status,
    status_code: status,
    headers,
    json: (json ?? null) as Json,
    text: said,
    truncated: false,
  };
  if (isOkStatus(status, okStatus)) return succeeded(result);
  const error: StepError = {
    kind: kindOfStatus(status),
    phase: 'query',
    code: String(status),
    message: `the server answers ${status}`,
  };
  return { status: 'failed', result, error };
}

const KIND_BY_EXIT: Readonly<Record<number, ErrorKind>> = {
  126: 'no_permission',
  127: 'not_found',
};

function exitError(exit: number, stderr: string): StepError {
  const said = stderr.trimEnd().split('\n').at(-1) ?? '';
  const message = said === '' ? `the script ended with exit code ${exit}` : `exit ${exit}: ${said}`;
  return { kind: KIND_BY_EXIT[exit] ?? 'exit', code: String(exit), message };
}

function sqlFields(result: Result, { fields, columns, byName }: FieldsRead, part: string): Result {
  const { row_count: count } = result;
  const rows = (Array.isArray(result.rows) ? result.rows : []) as readonly Row[];
  const [first] = rows;
  const onlyFirst = part !== 'preview' && byName && [...fields].every((field) => field === 'row');
  if (onlyFirst && first !== undefined) {
    const kept = Object.entries(first).filter(([name]) => columns.size === 0 || columns.has(name));
    return { row: Object.fromEntries(kept) };
  }
  return {
    rows,
    ...(typeof count === 'number' && count !== rows.length ? { row_count: count } : {}),
    ...(result.truncated === true ? { truncated: true } : {}),
  };
}

function shellFields(result: Result, { fields }: FieldsRead): Result {
  const { stdout = '', stderr = '', exit_code, signal, json } = result;
  const exit = exit_code === 0 || typeof exit_code !== 'number' ? {} : { exit: exit_code };
  const hasFailed = 'exit' in exit || typeof signal === 'string';
  return {
    ...(json === undefined ? (stdout === '' ? {} : { stdout }) : { json }),
    ...(stderr !== '' && (hasFailed || fields.has('stderr')) ? { stderr } : {}),
    ...(typeof signal === 'string' ? { signal } : exit),
    ...(stdout === '' && !hasFailed && json === undefined ? { exit: 0 } : {}),
  };
}

/** A request that got no answer has no status: all there is to it is its error. */
function answerFields(result: Result, { fields }: FieldsRead): Result {
  const { status, headers, json = null, text = '' } = result;
  if (typeof status !== 'number') return {};
  const isRead = typeof headers === 'object' && headers !== null && fields.has('headers');
  return {
    status,
    ...(isRead ? { headers } : {}),
    ...(json === null ? (text === '' || text === null ? {} : { text }) : { json }),
  };
}
