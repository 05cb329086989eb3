import { defined } from '#runbook/model/defined.ts';
import type { ErrorKind, StepError } from '#runbook/model/step-error.ts';
import { type ErrorRule, NETWORK_RULES, readError, ruleFor } from '../wire/network-error.ts';
import { SQLSTATE_RULES, TEXT_RULES, whoGetsIn } from './error-rules.ts';

/** The common fields of the errors of sockets, TLS, pg and PostgreSQL. */
type Reported = {
  readonly code: string | undefined;
  readonly message: string;
  readonly detail: string | undefined;
  readonly hint: string | undefined;
  readonly position: number | undefined;
};

/**
 * Converts any error of a socket, TLS, pg, a PostgreSQL server or a pooler into a step error.
 * `statement` is the text that ran, for the position in it.
 */
export function postgresError(
  error: unknown,
  during: 'connecting' | 'query',
  statement = '',
): StepError {
  const reported = readReported(error);
  const rule = ruleOf(reported);
  const kind = rule?.kind ?? 'unknown';
  const phase = during === 'query' ? 'query' : (rule?.phase ?? 'tcp');
  const hint = hintFor(kind, rule, reported);
  const { message, code } = reported;
  const position = reported.position && utf16(statement, reported.position);
  return defined({ kind, message, phase, code, hint, position });
}

const SERVER_CODE = /^[0-9A-Z]{5}$/;

/**
 * Returns whether an error is the server's answer to a statement, so that the connection stays
 * usable.
 */
export function isAnswer(error: unknown): boolean {
  const code = readReported(error).code ?? '';
  return SERVER_CODE.test(code) && !/^(?:08|57P|25P03|25P04|E)/.test(code);
}

/** Returns whether an error guarantees that a statement had no effect in its transaction. */
export function hasNoEffect(error: unknown): boolean {
  return isAnswer(error) || readReported(error).message.includes('query_wait_timeout');
}

function ruleOf(reported: Reported): ErrorRule | undefined {
  const { code = '' } = reported;
  const isServerCode = SERVER_CODE.test(code) && !code.startsWith('08') && !code.startsWith('E');
  const rules = isServerCode ? SQLSTATE_RULES : [...NETWORK_RULES, ...TEXT_RULES];
  return ruleFor(rules, { code, message: reported.message });
}

function hintFor(
  kind: ErrorKind,
  rule: ErrorRule | undefined,
  { message, detail, hint }: Reported,
): string | undefined {
  const own = kind === 'too_many_connections' ? whoGetsIn(message) : rule?.hint;
  const said = [own, detail, hint].filter((text) => text !== undefined && text !== '');
  return said.length === 0 ? undefined : said.join(' ');
}

function readReported(error: unknown): Reported {
  const { code, message, text } = readError(error);
  const position = Number(text('position'));
  return {
    code: code === '' ? undefined : code,
    message,
    detail: text('detail'),
    hint: text('hint'),
    position: position > 0 ? position : undefined,
  };
}

/** Converts a position counted in characters from 1 to an offset in UTF-16 code units. */
function utf16(statement: string, position: number): number {
  const before = Array.from(statement).slice(0, position - 1);
  return before.join('').length;
}
