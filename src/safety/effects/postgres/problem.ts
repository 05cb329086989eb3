import type { Span } from '#runbook/yaml/source.ts';
import { fieldsOf } from './syntax.ts';

/** An error of PostgreSQL's parser. */
export type SqlProblem = {
  readonly message: string;
  readonly span: Span;
  /** True if the text is wrong; false if it only exceeds the limits of this parser. */
  readonly isSyntax: boolean;
};

/** Converts an error of PostgreSQL's parser, whose position counts characters. */
export function problemOf(sql: string, error: unknown): SqlProblem {
  const message = error instanceof Error ? error.message : String(error);
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
