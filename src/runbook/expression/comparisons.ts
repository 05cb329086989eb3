import type { ASTNode } from '@marcbachmann/cel-js';
import { didYouMean } from '#text/suggest.ts';
import { typeName } from '../model/value-type.ts';
import { mismatch, report, type Typed, type Typing, written } from './typing.ts';

/** Reports a comparison that has no value, or always the same one. */
export function compare(
  operator: '==' | '!=' | '<' | '<=' | '>' | '>=' | 'in',
  left: Typed,
  right: Typed,
  typing: Typing,
): void {
  if (operator === 'in') {
    compareWithList(left, right, typing);
    return;
  }
  if (left.type.kind === 'any' || right.type.kind === 'any') return;
  if (operator === '==' || operator === '!=') {
    if (left.type.kind !== right.type.kind) differentKinds(operator, left, right, typing);
    checkLiteral(left, right.node, typing);
    checkLiteral(right, left.node, typing);
    return;
  }
  const isOrdered = left.type.kind === 'number' || left.type.kind === 'text';
  if (left.type.kind !== right.type.kind || !isOrdered) {
    differentKinds(operator, left, right, typing);
    return;
  }
  const unordered = [left, right].find(
    ({ type }) => type.kind === 'text' && type.format === 'duration',
  );
  if (unordered !== undefined)
    mismatch(
      typing,
      unordered.node,
      `${written(unordered.node)} is text and would be compared alphabetically`,
      `write duration(${written(unordered.node)})`,
    );
}

function compareWithList(left: Typed, right: Typed, typing: Typing): void {
  const { node, type } = right;
  if (type.kind !== 'any' && type.kind !== 'list' && type.kind !== 'mapping')
    mismatch(
      typing,
      node,
      `${written(node)} is ${typeName(type)}, and "in" requires a list`,
      'write a list: x in ["a", "b"]',
    );
  if (node.op === 'list') for (const item of node.args) checkItem(left, item, typing);
}

/** Checks one item of a literal list. */
function checkItem(left: Typed, item: ASTNode, typing: Typing): void {
  const kind = KINDS[typeof item.args];
  if (item.op !== 'value' || kind === undefined || left.type.kind === 'any') return;
  if (kind === left.type.kind) {
    checkLiteral(left, item, typing);
    return;
  }
  mismatch(
    typing,
    item,
    `${written(left.node)} is ${typeName(left.type)} and never ${written(item)}`,
    hintFor(left, written(item)),
  );
}

const KINDS: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'number',
  bigint: 'number',
  boolean: 'boolean',
};

/** Reports a literal that is not among the possible texts of the other side. */
function checkLiteral({ node, type }: Typed, literal: ASTNode, typing: Typing): void {
  if (type.kind !== 'text' || type.values === undefined) return;
  if (literal.op !== 'value' || typeof literal.args !== 'string') return;
  if (type.values.includes(literal.args)) return;
  const hint =
    didYouMean(literal.args, type.values) ??
    `it is one of ${type.values.filter((value) => value !== '').join(', ')}`;
  report(typing, 'unknown-value', literal, `${written(node)} is never ${written(literal)}`, hint);
}

function differentKinds(operator: string, left: Typed, right: Typed, typing: Typing): void {
  const start = Math.min(left.node.start, right.node.start);
  const end = Math.max(left.node.end, right.node.end);
  const [known, other] = left.node.op === 'value' ? [right, left] : [left, right];
  const always =
    operator === '==' ? 'never equal' : operator === '!=' ? 'always different' : 'not comparable';
  const types = `${written(known.node)} is ${typeName(known.type)} and ${written(other.node)} is ${typeName(other.type)}`;
  mismatch(
    typing,
    { ...left.node, start, end },
    `${types}: they are ${always}`,
    hintFor(known, written(other.node)),
  );
}

function hintFor({ node, type }: Typed, other: string): string {
  const name = written(node);
  if (type.kind === 'text' && type.format === 'duration')
    return `compare durations: duration(${name}) > duration("3s")`;
  if (type.kind === 'text')
    return name.startsWith('inputs.')
      ? 'give the input type: number'
      : `double(${name}) makes it a number`;
  if (type.kind === 'list') return `${name}.size() counts it, ${name}[0] is its first item`;
  if (type.kind === 'boolean') return `write ${name} or !${name}`;
  return /^".*"$/.test(other) ? 'leave the quotes out' : `compare it with ${typeName(type)}`;
}
