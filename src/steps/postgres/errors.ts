import type { ErrorKind, StepError } from '#runbook/model/step-error.ts';
import type { ErrorRule } from '../wire/network-error.ts';
import { NETWORK_RULES } from '../wire/network-error.ts';
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
  const rule = ruleFor(reported);
  const kind = rule?.kind ?? 'unknown';
  const phase = during === 'query' ? 'query' : (rule?.phase ?? 'tcp');
  const hint = hintFor(kind, rule, reported);
  return {
    kind,
    message: reported.message,
    phase,
    ...(reported.code !== undefined && { code: reported.code }),
    ...(hint !== undefined && { hint }),
    ...(reported.position !== undefined && { position: utf16(statement, reported.position) }),
  };
}

const SERVER_CODE = /^[0-9A-Z]{5}$/;

/**
 * Tells whether an error is the server's answer to a statement, so that the connection stays
 * usable.
 */
export function isAnswer(error: unknown): boolean {
  const code = readReported(error).code ?? '';
  return SERVER_CODE.test(code) && !/^(?:08|57P|25P03|25P04|E)/.test(code);
}

/** Tells whether an error guarantees that a statement had no effect in its transaction. */
export function hasNoEffect(error: unknown): boolean {
  return isAnswer(error) || readReported(error).message.includes('query_wait_timeout');
}

function ruleFor(reported: Reported): ErrorRule | undefined {
  const { code = '' } = reported;
  const isServerCode = SERVER_CODE.test(code) && !code.startsWith('08') && !code.startsWith('E');
  const rules = isServerCode ? SQLSTATE_RULES : [...NETWORK_RULES, ...TEXT_RULES];
  return rules.find(
    (rule) => (rule.code?.test(code) ?? true) && (rule.text?.test(reported.message) ?? true),
  );
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
  const fields = (typeof error === 'object' ? error : null) as {
    readonly [field: string]: unknown;
  } | null;
  const causes: unknown[] = Array.isArray(fields?.errors) ? fields.errors : [];
  const text = (field: string) => (typeof fields?.[field] === 'string' ? fields[field] : undefined);
  // An error for every address of a host is an AggregateError with an empty message.
  const messages = new Set(causes.map((cause) => readReported(cause).message));
  const position = Number(text('position'));
  return {
    code: text('code') ?? (causes.length > 0 ? readReported(causes[0]).code : undefined),
    message: text('message') || [...messages].join('; ') || String(error),
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
