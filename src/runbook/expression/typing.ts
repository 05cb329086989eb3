import type { ASTNode } from '@marcbachmann/cel-js';
import { type Diagnostic, type DiagnosticCode, errorAt } from '../diagnostic.ts';
import type { Fields, ValueType } from '../model/value-type.ts';
import type { Span } from '../yaml/source.ts';

/** The context for type checks of an expression. */
export type Typing = {
  /** The names in scope, those of macros included. */
  readonly names: Fields;
  /** Returns the place of a part of the expression in the runbook file. */
  readonly span: (start: number, end: number) => Span;
  readonly problems: Diagnostic[];
};

/** A part of an expression and its type. */
export type Typed = { readonly node: ASTNode; readonly type: ValueType };

/** Returns a part of an expression as written. */
export function written({ input, start, end }: ASTNode): string {
  return input.slice(start, end);
}

/** Reports a type mismatch. */
export function mismatch(typing: Typing, node: ASTNode, message: string, hint: string): void {
  report(typing, 'type-mismatch', node, message, hint);
}

/** Reports a problem with a part of an expression. */
export function report(
  { span, problems }: Typing,
  code: DiagnosticCode,
  { start, end }: ASTNode,
  message: string,
  hint: string,
): void {
  problems.push(errorAt(code, span(start, end), message, hint));
}
