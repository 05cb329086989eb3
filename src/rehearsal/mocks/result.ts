import type * as z from 'zod/mini';
import { defined } from '#runbook/model/defined.ts';
import type { Body } from '#runbook/model/runbook.ts';
import type { ErrorKind, StepError } from '#runbook/model/step-error.ts';
import type { Span } from '#runbook/yaml/source.ts';
import { ACTION_MOCKS, type ActionMock, type ErrorDocument, fieldsIn } from './by-kind.ts';
import type { MockedResult } from './mocked.ts';

/** A result of any kind, as written in a case. */
export type ResultDocument = z.infer<(typeof ACTION_MOCKS)['sql']['schema']>;

/**
 * Returns the result that a case describes; the exit code of a script decides whether it failed.
 */
export function mockedResult(
  document: ResultDocument,
  body: Body | undefined,
  gated: boolean,
  span: Span,
): MockedResult {
  const mock: ActionMock<Body | undefined> = ACTION_MOCKS[body?.kind ?? 'probe'];
  const ending = mock.ending(document, body, gated);
  const given = document.error ?? document.unknown;
  const error = given === undefined ? ending.error : errorOf(given);
  const status =
    document.unknown !== undefined
      ? 'unknown'
      : document.error !== undefined
        ? 'failed'
        : ending.status;
  // A probe that fails still tells at which stage.
  const isEmpty =
    given !== undefined && body?.kind !== 'probe' && Object.keys(fieldsIn(document)).length === 0;
  return {
    span,
    status,
    error,
    result: isEmpty ? undefined : ending.result,
    takesMs: document.takes,
    optional: document.optional ?? false,
  };
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
