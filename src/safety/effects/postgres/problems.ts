import { messageOf } from '#errors.ts';
import type { Span } from '#runbook/yaml/source.ts';
import type { Reason } from '../report.ts';
import type { ParsePostgres } from './infer.ts';
import { fieldsOf, type PostgresStatement, statementsOf } from './syntax.ts';

/** A text in PostgreSQL's protocol: statements, a command of PgBouncer's console, or an error. */
type PostgresText =
  | { readonly kind: 'statements'; readonly statements: readonly PostgresStatement[] }
  | { readonly kind: 'command'; readonly effect: ReturnType<typeof effectOfConsoleCommand> & {} }
  | { readonly kind: 'wrong'; readonly problem: SqlProblem };

/** Parses a text with PostgreSQL's own parser. */
export function readPostgres(sql: string, parse: ParsePostgres): PostgresText {
  try {
    return { kind: 'statements', statements: statementsOf(parse(sql)) };
  } catch (error) {
    const effect = effectOfConsoleCommand(sql);
    return effect === undefined
      ? { kind: 'wrong', problem: problemOf(sql, error) }
      : { kind: 'command', effect };
  }
}

/**
 * Returns the error of PostgreSQL's own parser, with its span in UTF-16 offsets. The parser stops
 * at the first error. Commands of PgBouncer's console are not errors.
 */
export function postgresProblems(sql: string, parse: ParsePostgres): readonly SqlProblem[] {
  const read = readPostgres(sql, parse);
  return read.kind === 'wrong' ? [read.problem] : [];
}

/**
 * Commands of PgBouncer's console, which uses PostgreSQL's protocol but not its SQL. `SHOW` is the
 * same in both.
 */
const COMMANDS: Readonly<Record<string, Pick<Reason, 'effect' | 'text'>>> = {
  pause: { effect: 'destructive', text: 'PAUSE makes all clients wait' },
  suspend: { effect: 'destructive', text: 'SUSPEND makes all clients wait' },
  kill: { effect: 'destructive', text: 'KILL drops client connections' },
  kill_client: { effect: 'destructive', text: 'KILL_CLIENT drops a client connection' },
  disable: { effect: 'destructive', text: 'DISABLE refuses new clients' },
  shutdown: { effect: 'destructive', text: 'SHUTDOWN ends the pooler' },
  resume: { effect: 'change', text: 'RESUME lets clients go on' },
  enable: { effect: 'change', text: 'ENABLE lets clients in again' },
  reconnect: { effect: 'change', text: 'RECONNECT replaces server connections' },
  reload: { effect: 'change', text: 'RELOAD reads the configuration again' },
  wait_close: { effect: 'change', text: 'WAIT_CLOSE waits for server connections' },
};

/** Returns the effect of a command of PgBouncer's console; undefined for any other text. */
function effectOfConsoleCommand(sql: string): Pick<Reason, 'effect' | 'text'> | undefined {
  const word = /^\s*([a-z_]+)(?:\s+[\w-]+)*\s*;?\s*$/i.exec(sql)?.[1]?.toLowerCase();
  return word !== undefined && Object.hasOwn(COMMANDS, word) ? COMMANDS[word] : undefined;
}

/** An error of PostgreSQL's parser. */
type SqlProblem = {
  readonly message: string;
  readonly span: Span;
  /** True if the text is wrong; false if it only exceeds the limits of this parser. */
  readonly isSyntax: boolean;
};

/** Converts an error of PostgreSQL's parser, whose position counts characters. */
function problemOf(sql: string, error: unknown): SqlProblem {
  const message = messageOf(error);
  const details = fieldsOf(fieldsOf(error).sqlDetails);
  if (typeof details.cursorPosition !== 'number') {
    const isTooDeep = error instanceof RangeError;
    return {
      message: isTooDeep ? 'it is nested too deeply' : message,
      span: { start: 0, end: sql.length },
      isSyntax: false,
    };
  }
  const start = offsetOfCharacter(sql, details.cursorPosition);
  const word = /^[\w$]+|^\S/.exec(sql.slice(start))?.[0] ?? '';
  return { message, span: { start, end: start + word.length }, isSyntax: true };
}

function offsetOfCharacter(text: string, characters: number): number {
  let at = 0;
  for (let counted = 0; counted < characters && at < text.length; counted += 1)
    at += (text.codePointAt(at) ?? 0) < 0x10000 ? 1 : 2;
  return at;
}
