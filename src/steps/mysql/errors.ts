import { defined } from '#runbook/model/defined.ts';
import type { StepError } from '#runbook/model/step-error.ts';
import { type ErrorRule, NETWORK_RULES, readError, ruleFor } from '../wire/network-error.ts';
import { MYSQL_RULES, type MysqlErrorRule, WRONG_STATEMENT } from './error-rules.ts';

/** The common fields of the errors of sockets, TLS, mysql2 and the servers. */
type Reported = {
  readonly code: string;
  readonly message: string;
  /** The server's error number; undefined if the error is not the server's. */
  readonly number: number | undefined;
  readonly state: string;
};

/**
 * Converts any error of a socket, TLS, mysql2 or a MySQL or MariaDB server into a step error.
 * `code` is the server's error number, or the name of any other error.
 */
export function mysqlError(error: unknown, during: 'connecting' | 'query'): StepError {
  const reported = readReported(error);
  const { code, number, message } = reported;
  const rule = number === undefined ? clientRule(reported) : serverRule(reported, during);
  const phase = during === 'query' ? 'query' : (rule.phase ?? 'auth');
  const said = number === undefined ? code : String(number);
  return defined({
    kind: rule.kind,
    // MySQL ends some of its messages with a full stop, as findings do.
    message: message.replace(/\.$/, ''),
    phase,
    code: said || undefined,
    hint: rule.hint,
  });
}

/**
 * Tells whether an error is the server's answer to the statement: it has ended and, in
 * transactional tables, left no change. Otherwise its outcome is unknown.
 */
export function isMysqlAnswer(error: unknown): boolean {
  const reported = readReported(error);
  return reported.number !== undefined && serverRule(reported, 'query').kind !== 'reset';
}

function serverRule(
  { number, message, state }: Reported,
  during: 'connecting' | 'query',
): Pick<MysqlErrorRule, 'kind' | 'phase' | 'hint'> {
  const found = MYSQL_RULES.find(
    (rule) =>
      rule.numbers.includes(number ?? 0) &&
      (rule.during ?? during) === during &&
      (rule.text?.test(message) ?? true),
  );
  return found ?? { kind: WRONG_STATEMENT.test(state) ? 'syntax' : 'unknown' };
}

/** Rules for the errors of mysql2, by code and text. */
const DRIVER_RULES: readonly ErrorRule[] = [
  {
    code: /^HANDSHAKE_NO_SSL_SUPPORT$/,
    kind: 'tls',
    phase: 'tls',
    hint: 'The URL asks for TLS and the server has none: ssl-mode=PREFERRED or DISABLED.',
  },
  {
    code: /^HANDSHAKE_SSL_ERROR$/,
    text: /self-signed|unable to/,
    kind: 'tls',
    phase: 'tls',
    hint: 'Set the CA that signed it: ssl-ca=FILE.',
  },
  { code: /^HANDSHAKE_SSL_ERROR$/, kind: 'tls', phase: 'tls' },
  { code: /^(?:AUTH_SWITCH_|MYSQL_CLEAR_PASSWORD)/, kind: 'auth', phase: 'auth' },
  { code: /^PROTOCOL_CONNECTION_LOST$/, kind: 'reset', phase: 'tcp' },
  { code: /^PROTOCOL_SEQUENCE_TIMEOUT$/, kind: 'timeout', phase: 'tcp' },
  { text: /closed state/, kind: 'reset', phase: 'tcp' },
];

const UNKNOWN: ErrorRule = { kind: 'unknown', phase: 'tcp' };

function clientRule(reported: Reported): ErrorRule {
  return ruleFor([...DRIVER_RULES, ...NETWORK_RULES], reported) ?? UNKNOWN;
}

function readReported(error: unknown): Reported {
  const { code, message, text } = readError(error);
  const number = text('sqlMessage') === undefined ? undefined : Reflect.get(Object(error), 'errno');
  return {
    code,
    message: withoutAdvice(message),
    number: typeof number === 'number' ? number : undefined,
    state: text('sqlState') ?? '',
  };
}

/** Removes Node's advice on starting Node, which the operator did not start. */
function withoutAdvice(message: string): string {
  return message.replace(/; if the root CA is installed locally, .*$/, '');
}

/** The maximum length of the text a server quotes from the position of a syntax error. */
const QUOTED_BYTES = 80;

/**
 * Returns the offset of a syntax error in a statement, from the text the server quotes
 * (`near '…' at line 2`); undefined if the statement does not contain it.
 */
export function syntaxErrorAt(message: string, statement: string): number | undefined {
  const found = /near '(.*)' at line (\d+)$/s.exec(message);
  if (found === null) return undefined;
  const [, near = '', line = '1'] = found;
  if (near === '') return statement.trimEnd().length;
  if (Buffer.byteLength(near) < QUOTED_BYTES && statement.endsWith(near))
    return statement.length - near.length;
  const lines = statement.split('\n').slice(0, Number(line) - 1);
  const lineStart = lines.join('\n').length + (lines.length > 0 ? 1 : 0);
  // The last character may be cut in half.
  const at = statement.indexOf(near.replace(/\ufffd$/, ''), lineStart);
  return at === -1 ? undefined : at;
}
