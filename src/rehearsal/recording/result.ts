import type { EventOf } from '#events/log/event.ts';
import { itemsOfRows, linesOfRows } from '#machine/context/preview-rows.ts';
import { defined } from '#runbook/model/defined.ts';
import { bodiesByPart } from '#runbook/model/step-bodies.ts';
import type { StepError } from '#runbook/model/step-error.ts';
import type { Json, Row } from '#runbook/model/value.ts';
import type { PlacedSteps } from '../cases/case.ts';
import type { ResultDocument } from '../cases/schema.ts';
import { type FieldsRead, fieldsRead } from '../mocks/fields-read.ts';
import { mockedResult } from '../mocks/result.ts';

type Result = Readonly<Record<string, Json>>;

/**
 * Returns the result of an execution as written in a case, without fields that nothing reads;
 * undefined for what a rehearsal produces by itself.
 */
export function recordedResult(
  { step: id, part: ran, status, result, error }: EventOf<'step.finished'>,
  steps: PlacedSteps,
): Json | undefined {
  const part = ran === 'recheck' ? 'preview' : ran;
  const step = steps.get(id);
  if (step === undefined || error?.kind === 'unresolved') return undefined;
  const body = bodiesByPart(step)[part];
  if (step.does.kind === 'wait' && status === 'succeeded' && body === undefined) return undefined;
  const read = fieldsRead(steps, id, part);
  const fields = fieldsOf(body?.kind ?? 'probe', part, result ?? {}, read);
  const gated = part === 'undo' || ('effect' in step.does && step.does.effect !== 'read');
  const again = mockedResult(fields as ResultDocument, body, gated, { start: 0, end: 0 });
  const says = again.status === status && again.error?.message === error?.message;
  if (says && again.error?.kind === error?.kind) return fields;
  const { exit: _, signal: __, ...rest } = fields as Readonly<Record<string, Json>>;
  const left = result === undefined ? {} : rest;
  return { [status === 'unknown' ? 'unknown' : 'error']: recordedError(error), ...left };
}

/** Returns an error as written in a case. */
function recordedError(error: StepError | undefined): Json {
  if (error === undefined) return 'unknown';
  const { kind, message, phase, code, hint } = error;
  return defined({ kind: kind === 'none' ? 'unknown' : kind, message, phase, code, hint });
}

function fieldsOf(kind: string, part: string, result: Result, read: FieldsRead): Result {
  if (kind === 'sql') return sqlFields(part, result, read);
  if (part === 'preview' && Array.isArray(result.rows)) return previewFields(kind, result);
  if (kind === 'shell') return shellFields(result, read);
  if (kind === 'http') return answerFields(result, read);
  return result;
}

function sqlFields(part: string, result: Result, { fields, columns, byName }: FieldsRead): Result {
  const rows = (Array.isArray(result.rows) ? result.rows : []) as readonly Row[];
  const [first] = rows;
  const onlyFirst = part !== 'preview' && byName && [...fields].every((field) => field === 'row');
  if (onlyFirst && first !== undefined) {
    const kept = Object.entries(first).filter(([name]) => columns.size === 0 || columns.has(name));
    return { row: Object.fromEntries(kept) };
  }
  return {
    rows,
    ...(result.row_count === rows.length ? {} : present('row_count', result.row_count)),
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

/** Returns the result of a preview as the read that its rows came from would give it. */
function previewFields(kind: string, result: Result): Result {
  const { columns = [], rows = [] } = result as { columns?: string[]; rows?: Row[] };
  const lines = linesOfRows({ columns, rows });
  if (kind === 'shell' && lines !== undefined) return { lines };
  return kind === 'probe' ? (rows[0] ?? {}) : { json: itemsOfRows({ columns, rows }) };
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

function present(name: string, value: Json | undefined): Result {
  return value === undefined ? {} : { [name]: value };
}
