import { type Diagnostic, errorAt } from '../diagnostic.ts';
import type { Value } from '../model/value.ts';
import { jsonText } from '../model/value.ts';
import { ANY } from '../model/value-type.ts';
import type { OffsetMap } from '../yaml/scalar-offsets.ts';
import type { OffsetRun, Span } from '../yaml/source.ts';
import {
  compileExpression,
  type Evaluation,
  type Expression,
  evaluate,
  type Scope,
} from './cel.ts';
import type { Names } from './known-names.ts';

/** A placeholder of a template; `at` is its offset in the template's text. */
export type Placeholder = {
  readonly expression: Expression;
  readonly at: number;
  readonly length: number;
};

/** A text with `${{ }}` placeholders. */
export type Template = {
  readonly text: string;
  readonly span: Span;
  readonly placeholders: readonly Placeholder[];
  /** The origin of the text in the runbook file; empty for a text that the file does not contain. */
  readonly origin: readonly OffsetRun[];
};

function runsOf(offsets: OffsetMap, length: number): readonly OffsetRun[] {
  const runs: OffsetRun[] = [];
  let next: number | undefined;
  for (let at = 0; at <= length; at += 1) {
    const source = offsets(at);
    if (source !== next) runs.push({ at, source });
    next = source + 1;
  }
  return runs;
}

/** Parses a text with placeholders that may use `names`; problems are added to `problems`. */
export function parseTemplate(
  text: string,
  span: Span,
  offsets: OffsetMap,
  problems: Diagnostic[],
  names?: Names,
): Template {
  const placeholders: Placeholder[] = [];
  for (let open = text.indexOf('${{'); open !== -1; ) {
    const close = endOfPlaceholder(text, open + 3);
    if (close === undefined) {
      const span = { start: offsets(open), end: offsets(open) + 3 };
      const message = 'this placeholder is not closed';
      problems.push(errorAt('placeholder-syntax', span, message, 'write ${{ expression }}'));
      break;
    }
    const inner = text.slice(open + 3, close);
    const lead = inner.length - inner.trimStart().length;
    const expression = compileExpression(
      inner.trim(),
      (offset) => offsets(open + 3 + lead + offset),
      problems,
      { names },
    );
    const length = close + 2 - open;
    placeholders.push({ expression: expression ?? unreadable(inner), at: open, length });
    open = text.indexOf('${{', close + 2);
  }
  return { text, span, placeholders, origin: runsOf(offsets, text.length) };
}

/** Stands for an expression with an error, so that the text around it can be checked. */
function unreadable(text: string): Expression {
  return {
    text,
    program: 'null',
    span: { start: 0, end: 1 },
    names: [],
    choices: [text],
    type: ANY,
  };
}

/** A rendered text, or why one of its placeholders has no value. */
export type Rendered<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly reason: string };

/**
 * Returns the text with each placeholder replaced by what `place` returns for its value; `at` is
 * the offset of the replacement in the rendered text.
 */
export function renderTemplate(
  template: Template,
  scope: Scope,
  place: (value: Value, placeholder: Placeholder, at: number) => Rendered<string>,
): Rendered<string> {
  let result = '';
  let at = 0;
  for (const placeholder of template.placeholders) {
    const evaluation = evaluate(placeholder.expression, scope);
    if (!evaluation.ok) return unresolved(placeholder, evaluation.reason);
    result += template.text.slice(at, placeholder.at);
    const placed = place(evaluation.value, placeholder, result.length);
    if (!placed.ok) return unresolved(placeholder, placed.reason);
    result += placed.value;
    at = placeholder.at + placeholder.length;
  }
  return { ok: true, value: result + template.text.slice(at) };
}

/** Returns the text with each value as people read it; a null or missing value yields no text. */
export function renderText(template: Template, scope: Scope): Rendered<string> {
  return renderTemplate(template, scope, (value, placeholder) =>
    value === null ? missing(placeholder) : { ok: true, value: textOf(value) },
  );
}

/** Returns why a null value cannot be placed in a text, a script or a statement. */
export function missing({ expression }: Placeholder): Rendered<never> {
  return { ok: false, reason: isInput(expression) ? 'it was not given' : 'it is null' };
}

/** Returns whether an expression is only the name of an input. */
export function isInput({ text, names }: Expression): boolean {
  const [only] = names;
  return only?.path[0] === 'inputs' && only.path.length === 2 && text === only.path.join('.');
}

/**
 * Returns the text for a person; a missing value is shown as missing and is not an error. Values that
 * are text pass through `quoted`.
 */
export function renderForPeople(
  template: Template,
  scope: Scope,
  quoted: (text: string) => string = (text) => text,
): string {
  let result = '';
  let at = 0;
  for (const { expression, at: start, length } of template.placeholders) {
    const evaluation = evaluate(expression, scope);
    const isGiven = evaluation.ok && !(evaluation.value === null && isInput(expression));
    const value = isGiven ? shown(evaluation.value, quoted) : noValueText(expression, evaluation);
    result += template.text.slice(at, start) + value;
    at = start + length;
  }
  return result + template.text.slice(at);
}

function shown(value: Value, quoted: (text: string) => string): string {
  return typeof value === 'string' ? quoted(value) : textOf(value);
}

function noValueText(expression: Expression, { ok }: Evaluation): string {
  return ok ? 'not given' : `‹no ${expression.text}›`;
}

/** Returns a value as people read it: text as it is, lists and mappings as JSON. */
export function textOf(value: Value): string {
  if (typeof value === 'string') return value;
  return value === null || typeof value !== 'object' ? String(value) : jsonText(value);
}

function unresolved(placeholder: Placeholder, reason: string): Rendered<string> {
  return { ok: false, reason: `\${{ ${placeholder.expression.text} }} has no value: ${reason}` };
}

/** Finds the `}}` that ends a placeholder, past braces and quotes inside the expression. */
function endOfPlaceholder(text: string, from: number): number | undefined {
  let depth = 0;
  for (let at = from; at < text.length; at += 1) {
    const char = text[at];
    if (char === '"' || char === "'") {
      const end = endOfString(text, at);
      if (end === undefined) return undefined;
      at = end;
    } else if (char === '{') depth += 1;
    else if (char === '}') {
      if (depth === 0 && text[at + 1] === '}') return at;
      depth -= 1;
    }
  }
  return undefined;
}

function endOfString(text: string, open: number): number | undefined {
  for (let at = open + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === text[open]) return at;
  }
  return undefined;
}
