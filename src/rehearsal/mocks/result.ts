import { defined } from '#runbook/model/defined.ts';
import { type HttpBody, isOkStatus, kindOfStatus } from '#runbook/model/http-request.ts';
import type { Body, Parse } from '#runbook/model/runbook.ts';
import type { ErrorKind, StepError } from '#runbook/model/step-error.ts';
import type { Json, Row } from '#runbook/model/value.ts';
import type { Span } from '#runbook/yaml/source.ts';
import { parseDuration } from '#text/duration.ts';
import type { MockedResult } from '../cases/case.ts';
import type { ErrorDocument, ResultDocument } from '../cases/schema.ts';

type Result = Readonly<Record<string, Json>>;
type Ending = Pick<MockedResult, 'status' | 'result' | 'error'>;

/**
 * Returns the result that a case describes; the exit code of a script decides whether it failed.
 */
export function mockedResult(
  document: ResultDocument,
  body: Body | undefined,
  gated: boolean,
  span: Span,
): MockedResult {
  const ending = endingOf(document, body, gated);
  const given = document.error ?? document.unknown;
  const error = given === undefined ? ending.error : errorOf(given);
  const status =
    document.unknown !== undefined
      ? 'unknown'
      : document.error !== undefined
        ? 'failed'
        : ending.status;
  return {
    span,
    status,
    error,
    result: given !== undefined && !hasResult(document) ? undefined : ending.result,
    takesMs: parseDuration(document.takes ?? '0s') ?? 0,
    optional: document.optional ?? false,
  };
}

const ABOUT_THE_END: ReadonlySet<string> = new Set(['error', 'unknown', 'takes', 'optional']);

/** Returns whether a failed step has a result besides its error; most have none. */
function hasResult(document: ResultDocument): boolean {
  return Object.keys(document).some((name) => !ABOUT_THE_END.has(name));
}

function endingOf(document: ResultDocument, body: Body | undefined, gated: boolean): Ending {
  switch (body?.kind) {
    case 'sql':
      return { status: 'succeeded', result: rowsOf(document), error: undefined };
    case 'shell':
      return scriptEnd(document, body, gated);
    case 'http':
      return answer(document, body);
    case 'probe':
    case undefined: {
      const fields = Object.entries(document).filter(([name]) => !ABOUT_THE_END.has(name));
      const result = Object.fromEntries(fields) as Result;
      return { status: 'succeeded', result, error: undefined };
    }
  }
}

function rowsOf({ row, rows, row_count, columns, truncated }: ResultDocument): Result {
  const all = (rows ?? (row === undefined ? [] : [row])) as readonly Row[];
  return {
    columns: columns ?? Object.keys(all[0] ?? {}),
    rows: all,
    row_count: row_count ?? all.length,
    ...(truncated === undefined ? {} : { truncated }),
  };
}

function scriptEnd(
  document: ResultDocument,
  body: Extract<Body, { kind: 'shell' }>,
  gated: boolean,
): Ending {
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

function stdoutOf({ stdout, lines, json }: ResultDocument): string {
  if (stdout !== undefined) return stdout;
  if (lines !== undefined) return lines.map((line) => `${line}\n`).join('');
  return json === undefined ? '' : JSON.stringify(json);
}

function parsed(
  { json, lines }: ResultDocument,
  parse: Parse,
  result: Result & { readonly stdout: string },
): Ending {
  const succeeded = (fields: Result): Ending => {
    return { status: 'succeeded', result: { ...result, ...fields }, error: undefined };
  };
  if (parse === 'text') return succeeded({});
  const { stdout } = result;
  if (parse === 'lines') {
    const split = stdout === '' ? [] : stdout.replace(/\n$/, '').split('\n');
    return succeeded({ lines: lines ?? split });
  }
  if (json !== undefined) return succeeded({ json: json as Json });
  try {
    return succeeded({ json: JSON.parse(stdout) as Json });
  } catch {
    const error = { kind: 'unexpected', message: 'the script did not print JSON' } as const;
    return { status: 'failed', result, error };
  }
}

function answer(
  { status = 200, headers = {}, json, text }: ResultDocument,
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
  if (isOkStatus(status, okStatus)) return { status: 'succeeded', result, error: undefined };
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

function errorOf(given: ErrorDocument): StepError {
  if (typeof given === 'string') return { kind: given, message: sentenceOf(given) };
  const { kind, message, phase, code, hint } = given;
  const said = code === undefined ? undefined : String(code);
  return defined({ kind, message: message ?? sentenceOf(kind), phase, code: said, hint });
}

function sentenceOf(kind: ErrorKind): string {
  return `${kind.replaceAll('_', ' ')}, says the case`;
}
