import type { ASTNode } from '@marcbachmann/cel-js';
import type { Diagnostic } from '../diagnostic.ts';
import {
  ANY,
  BOOLEAN,
  type Fields,
  listOf,
  NUMBER,
  TEXT,
  typeName,
  type ValueType,
} from '../model/value-type.ts';
import { compare } from './comparisons.ts';
import { methodType } from './methods.ts';
import { mismatch, type Typing } from './typing.ts';

/**
 * Returns the static type of an expression, and reports parts that can never have a value or never
 * be true. Reports only what is certain.
 */
function typeOf(node: ASTNode, typing: Typing): ValueType {
  switch (node.op) {
    case 'value':
      return literalType(node.args);
    case 'id':
      return typing.names[node.args] ?? ANY;
    case '.':
      return fieldOf(typeOf(node.args[0], typing), node.args[1]);
    case '[]':
      return itemOf(node, typing);
    case 'list':
      return listOf(common(node.args.map((item) => typeOf(item, typing))));
    case '?:':
      return choice(node.args, typing);
    case '&&':
    case '||':
      for (const side of node.args) expectBoolean(side, typing, node.op);
      return BOOLEAN;
    case '!_':
      expectBoolean(node.args, typing, '!');
      return BOOLEAN;
    case '-_':
      typeOf(node.args, typing);
      return NUMBER;
    case '==':
    case '!=':
    case '<':
    case '<=':
    case '>':
    case '>=':
    case 'in': {
      const [left, right] = node.args;
      compare(node.op, side(left, typing), side(right, typing), typing);
      return BOOLEAN;
    }
    case '+':
    case '-':
    case '*':
    case '/':
    case '%':
      return arithmetic(node, typing);
    case 'call':
      return callType(node.args[0], node.args[1], typing);
    case 'rcall':
      return methodType(node, typing, typeOf);
    default:
      return ANY;
  }
}

/** Returns the type of an expression and adds the type errors to `problems`. */
export function checkTypes(
  ast: ASTNode,
  names: Fields,
  span: Typing['span'],
  problems: Diagnostic[],
): ValueType {
  return typeOf(ast, { names, span, problems });
}

function side(node: ASTNode, typing: Typing) {
  return { node, type: typeOf(node, typing) };
}

function literalType(value: unknown): ValueType {
  if (typeof value === 'string') return TEXT;
  if (typeof value === 'boolean') return BOOLEAN;
  return typeof value === 'number' || typeof value === 'bigint' ? NUMBER : ANY;
}

function fieldOf(type: ValueType, name: string): ValueType {
  if (type.kind !== 'mapping') return ANY;
  return Object.hasOwn(type.fields, name) ? (type.fields[name] ?? ANY) : ANY;
}

function itemOf(node: ASTNode & { readonly op: '[]' }, typing: Typing): ValueType {
  const [of, index] = node.args;
  const type = typeOf(of, typing);
  typeOf(index, typing);
  if (index.op === '-_' || (index.op === 'value' && Number(index.args) < 0))
    mismatch(typing, index, 'an index counts from 0', 'the last item is list.last()');
  if (type.kind === 'list') return type.of;
  return index.op === 'value' && typeof index.args === 'string' ? fieldOf(type, index.args) : ANY;
}

function common(types: readonly ValueType[]): ValueType {
  const [first = ANY] = types;
  const isPlain = first.kind !== 'list' && first.kind !== 'mapping';
  const isSame = types.every(({ kind }) => kind === first.kind);
  return isPlain && isSame ? ({ kind: first.kind } as ValueType) : ANY;
}

function choice(
  [condition, yes, no]: readonly [ASTNode, ASTNode, ASTNode],
  typing: Typing,
): ValueType {
  expectBoolean(condition, typing, '?');
  const one = typeOf(yes, typing);
  const other = typeOf(no, typing);
  const same = one.kind === other.kind && one.kind !== 'list' && one.kind !== 'mapping';
  return same
    ? ({ kind: one.kind, ...((one.nullable || other.nullable) && { nullable: true }) } as ValueType)
    : ANY;
}

function expectBoolean(node: ASTNode, typing: Typing, sign: string): void {
  const type = typeOf(node, typing);
  if (type.kind === 'any' || type.kind === 'boolean') return;
  mismatch(
    typing,
    node,
    `${node.input.slice(node.start, node.end)} is ${typeName(type)}, and ${sign} takes true or false`,
    'compare it with something',
  );
}

function arithmetic(
  node: ASTNode & { readonly op: '+' | '-' | '*' | '/' | '%' },
  typing: Typing,
): ValueType {
  const [left, right] = node.args;
  const one = typeOf(left, typing);
  const other = typeOf(right, typing);
  if (one.kind === 'any' || other.kind === 'any') return node.op === '+' ? ANY : NUMBER;
  const fits = node.op === '+' ? ['number', 'text', 'list'] : ['number'];
  if (one.kind === other.kind && fits.includes(one.kind))
    return one.kind === 'number' ? NUMBER : one.kind === 'text' ? TEXT : ANY;
  const isJoining = node.op === '+' && (one.kind === 'text' || other.kind === 'text');
  mismatch(
    typing,
    node,
    `${typeName(one)} ${node.op} ${typeName(other)} has no value`,
    isJoining ? 'make it a text: string(…)' : 'make it a number: double(…)',
  );
  return ANY;
}

const CALLS: Readonly<Record<string, ValueType>> = {
  size: NUMBER,
  int: NUMBER,
  double: NUMBER,
  round: NUMBER,
  string: TEXT,
  json: TEXT,
  bool: BOOLEAN,
  has: BOOLEAN,
};

function callType(name: string, args: readonly ASTNode[], typing: Typing): ValueType {
  // The argument of has() may be missing.
  if (name !== 'has') for (const argument of args) typeOf(argument, typing);
  return Object.hasOwn(CALLS, name) ? (CALLS[name] ?? ANY) : ANY;
}
