import type { LocatedNode } from '#runbook/yaml/located.ts';
import type { Span } from '#runbook/yaml/source.ts';
import { lastValue, openText } from '../complete/receiver.ts';
import type { Path } from '../cursor.ts';
import type { Document } from '../document.ts';
import { nodeAtOffset } from '../draft/node-at-offset.ts';
import { type ExpressionAt, expressionAt } from '../expression-at.ts';
import { isInStep, isRunbookName, isStepName, pathInStep, stepAround, textAt } from '../outline.ts';
import { type Named, stepsGiven } from './uses.ts';

/** The thing that stands at an offset. */
export type Found = { readonly span: Span; readonly path: Path } & (
  | { readonly kind: 'key' }
  | { readonly kind: 'value'; readonly text: string }
  | { readonly kind: 'named'; readonly named: Named }
  | { readonly kind: 'runbook'; readonly name: string; readonly input?: string }
  /** The use of a library file, or of what it defines. */
  | {
      readonly kind: 'definition';
      readonly of: 'file' | 'fragment' | 'template';
      readonly name: string;
    }
  /** A name in an expression: `value` is all up to its end, e.g. `result.row` of `result.row.n`. */
  | { readonly kind: 'name'; readonly value: string; readonly before: string }
  /** A text in an expression, and what stands before it. */
  | { readonly kind: 'text'; readonly text: string; readonly before: string }
);

/** Returns what stands at an offset of a runbook. */
export function foundAt(document: Document, offset: number): Found | undefined {
  const found = document.root && foundIn(document.root, offset);
  if (found?.kind !== 'value' || !stepsGiven(document)(found.path)) return found;
  return named('step', found.text, found.path, found.span);
}

function foundIn(root: LocatedNode, offset: number): Found | undefined {
  const at = nodeAtOffset(root, offset);
  if (at === undefined) return undefined;
  const { path } = at;
  if (at.kind === 'key') return keyAt(root, path, at.span);
  const { scalar } = at;
  const { span, text } = scalar;
  const [before, after] = [text.slice(0, at.at), text.slice(at.at)];
  const inserted = insertionAt(text, at.at);
  if (inserted !== undefined) {
    const { name, start } = inserted;
    const place = { start: scalar.offsets(start), end: scalar.offsets(start + name.length) };
    return { kind: 'definition', of: 'fragment', name, path, span: place };
  }
  const expression = expressionAt({ path, before, after });
  if (expression === undefined) return valueAt(path, span, text);
  const from = at.at - expression.at;
  const place = (start: number, end: number): Span => ({
    start: scalar.offsets(from + start),
    end: scalar.offsets(from + end - 1) + 1,
  });
  return inExpression(expression, path, place);
}

/** Returns the name in the `@{name}` that an offset of a text is in, and where the name starts. */
function insertionAt(
  text: string,
  at: number,
): { readonly name: string; readonly start: number } | undefined {
  for (const { index, 0: whole, 1: name = '' } of text.matchAll(/@\{\s*([a-z][a-z0-9_-]*)/g)) {
    const start = index + whole.length - name.length;
    if (index <= at && at <= start + name.length) return { name, start };
  }
  return undefined;
}

function keyAt(root: LocatedNode, path: Path, span: Span): Found {
  const [part, name] = path;
  const [key, input] = isInStep(path) ? pathInStep(path) : [];
  const runbook = key === 'with' ? textAt(stepAround(root, path), ['runbook']) : undefined;
  if (runbook !== undefined && input !== undefined)
    return { kind: 'runbook', name: runbook, input: String(input), path, span };
  if (path.length === 2 && (part === 'inputs' || part === 'targets'))
    return named(part === 'inputs' ? 'input' : 'target', String(name), path, span);
  return { kind: 'key', span, path };
}

function valueAt(path: Path, span: Span, text: string): Found {
  const [part] = path;
  const inStep = isInStep(path) || part === 'prerequisites' ? pathInStep(path) : [];
  const key = inStep.at(-1);
  const isOwn = inStep.length === 1;
  if (part === 'uses') return { kind: 'definition', of: 'file', name: text, path, span };
  if (isInStep(path) && key === 'use')
    return { kind: 'definition', of: 'template', name: text, path, span };
  if (isRunbookName(path)) return { kind: 'runbook', name: text, path, span };
  if (isStepName(path) || (isInStep(path) && isOwn && key === 'id'))
    return named('step', text, path, span);
  if (key === 'on' || part === 'on') return named('target', text, path, span);
  if (key === 'input' && inStep[0] === 'ask') return named('input', text, path, span);
  return { kind: 'value', text, path, span };
}

function named(kind: Named['kind'], name: string, path: Path, span: Span): Found {
  return { kind: 'named', named: { kind, name }, path, span };
}

function inExpression(
  { text, at }: ExpressionAt,
  path: Path,
  place: (start: number, end: number) => Span,
): Found | undefined {
  const open = openText(text.slice(0, at));
  if (open !== undefined) {
    const close = text.indexOf(text[open] ?? '', at);
    const end = close === -1 ? text.length : close;
    const content = text.slice(open + 1, end);
    const before = text.slice(0, open);
    const root = before.endsWith('[') ? ROOTS[lastValue(before.slice(0, -1))] : undefined;
    const span = place(open + 1, end);
    return root === undefined
      ? { kind: 'text', text: content, before, path, span }
      : named(root, content, path, span);
  }
  const start = at - (/\w*$/.exec(text.slice(0, at))?.[0].length ?? 0);
  const end = at + (/^\w*/.exec(text.slice(at))?.[0].length ?? 0);
  if (start === end) return undefined;
  const value = lastValue(text.slice(0, end));
  const span = place(start, end);
  const [root = '', name, ...more] = value.split('.').map((part) => part.trim());
  const kind = ROOTS[root];
  return kind !== undefined && name !== undefined && more.length === 0
    ? named(kind, name, path, span)
    : { kind: 'name', value, before: text.slice(0, start), path, span };
}

const ROOTS: Readonly<Record<string, Named['kind']>> = {
  steps: 'step',
  inputs: 'input',
  targets: 'target',
};
