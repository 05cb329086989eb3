import type { ASTNode } from '@marcbachmann/cel-js';
import type { Diagnostic, DiagnosticCode } from '../diagnostic.ts';
import type { Fields, ValueType } from '../model/value-type.ts';
import type { Span } from '../yaml/source.ts';

/** What the types of an expression are told by. */
export type Typing = {
  /** The names there are where it stands; those of a macro included. */
  readonly names: Fields;
  /** Returns the place of a part of the expression in the runbook file. */
  readonly span: (start: number, end: number) => Span;
  readonly problems: Diagnostic[];
};

/** A part of an expression and its type. */
export type Typed = { readonly node: ASTNode; readonly type: ValueType };

/** Returns a part of an expression as it is written. */
export function written({ input, start, end }: ASTNode): string {
  return input.slice(start, end);
}

/** Reports that types do not fit. */
export function mismatch(typing: Typing, node: ASTNode, message: string, hint: string): void {
  report(typing, 'type-mismatch', node, message, hint);
}

/** Reports what is wrong with a part of an expression. */
export function report(
  { span, problems }: Typing,
  code: DiagnosticCode,
  { start, end }: ASTNode,
  message: string,
  hint: string,
): void {
  problems.push({ severity: 'error', code, message, span: span(start, end), hint });
}
