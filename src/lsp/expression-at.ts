import type { Path, ValuePlace } from './cursor.ts';
import { isInHandler, isInStep } from './outline.ts';

/** The keys whose whole value is an expression. */
const CONDITIONS: ReadonlySet<unknown> = new Set(['if', 'until', 'expect', 'enough', 'for_each']);

/** An expression that an offset is in: its text, and the offset in it. */
export type ExpressionAt = { readonly text: string; readonly at: number };

/** Returns the expression around a place in a value, or undefined if the text there is plain. */
export function expressionAt({
  path,
  before,
  after,
}: Pick<ValuePlace, 'path' | 'before' | 'after'>): ExpressionAt | undefined {
  if (isCondition(path)) return { text: before + after, at: before.length };
  const open = before.lastIndexOf('${{');
  if (open === -1 || before.indexOf('}}', open) !== -1) return undefined;
  const head = before.slice(open + 3);
  const close = after.indexOf('}}');
  return { text: head + (close === -1 ? '' : after.slice(0, close)), at: head.length };
}

/** Returns whether the value at a path is an expression as a whole. */
export function isCondition(path: Path): boolean {
  const [part] = path;
  if (part === 'outputs' || part === 'values') return path.length === 2;
  const isNamed = path.includes('env') || path.includes('with') || path.includes('stdin');
  const isPlace = isInStep(path) || part === 'prerequisites' || isInHandler(path);
  const isListed = path.at(-1) === 'choices' && path.includes('ask');
  return isPlace && !isNamed && (isListed || CONDITIONS.has(path.at(-1)));
}
