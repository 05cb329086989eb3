import { type ASTNode, parse } from '@marcbachmann/cel-js';
import { written } from './typing.ts';

/** The value that a condition always has, and how to write one that depends on something. */
export type Constant = { readonly is: boolean; readonly hint: string };

const PLAIN = 'write what the step found, e.g. result.row_count > 0';
const OTHERS = 'one of the two always differs: write && between them, or !(… in […])';
const BOTH = 'it is never both: write || between them, or … in […]';
const COUNT = 'a count is 0 or more: compare it with > 0 or == 0';

/**
 * Returns the value that a condition has whatever its names hold; undefined for one that depends on them, for
 * `true` and `false`, which are meant, and for a text that is not an expression.
 */
export function constantCondition(text: string): Constant | undefined {
  try {
    const { ast } = parse(text);
    return ast.op === 'value' ? undefined : constantOf(ast);
  } catch {
    return undefined;
  }
}

function constantOf(node: ASTNode): Constant | undefined {
  switch (node.op) {
    case 'value':
      return typeof node.args === 'boolean' ? { is: node.args, hint: PLAIN } : undefined;
    case '!_': {
      const inner = constantOf(node.args);
      return inner && { ...inner, is: !inner.is };
    }
    case '&&':
    case '||':
      return connected(node.args, node.op === '||');
    case '==':
    case '!=':
    case '<':
    case '<=':
    case '>':
    case '>=':
      return compared(node.op, node.args);
    default:
      return undefined;
  }
}

/** One operand that is `decides` decides; without one, both have to be constant. */
function connected([left, right]: readonly [ASTNode, ASTNode], decides: boolean) {
  const [one, other] = [constantOf(left), constantOf(right)];
  const deciding = [one, other].find((operand) => operand?.is === decides);
  if (deciding !== undefined) return deciding;
  if (one !== undefined && other !== undefined) return one;
  return excluding(left, right, decides);
}

/** `a != 1 || a != 2` is always true, and `a == 1 && a == 2` never. */
function excluding(left: ASTNode, right: ASTNode, decides: boolean): Constant | undefined {
  const op = decides ? '!=' : '==';
  if (left.op !== op || right.op !== op) return undefined;
  const [one, other] = [sidesOf(left.args), sidesOf(right.args)];
  if (one === undefined || other === undefined || one.name !== other.name) return undefined;
  return one.value === other.value ? undefined : { is: decides, hint: decides ? OTHERS : BOTH };
}

type Sign = '==' | '!=' | '<' | '<=' | '>' | '>=';

const HOLDS: Readonly<Record<Sign, (order: number) => boolean>> = {
  '==': (order) => order === 0,
  '!=': (order) => order !== 0,
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
};

const TURNED: Readonly<Record<Sign, Sign>> = {
  ...{ '==': '==', '!=': '!=', '<': '>', '<=': '>=', '>': '<', '>=': '<=' },
};

function compared(op: Sign, [left, right]: readonly [ASTNode, ASTNode]): Constant | undefined {
  const [one, other] = [literalOf(left), literalOf(right)];
  if (one !== undefined && other !== undefined) {
    if (typeof one !== typeof other) return undefined;
    const order = one === other ? 0 : one < other ? -1 : 1;
    return { is: HOLDS[op](order), hint: PLAIN };
  }
  if (written(left) === written(right))
    return { is: HOLDS[op](0), hint: 'both sides are the same: compare it with something else' };
  if (other !== undefined && isCount(left)) return countCompared(op, other);
  return one !== undefined && isCount(right) ? countCompared(TURNED[op], one) : undefined;
}

/** A count that is compared with a number below all counts, or with 0 so that any passes or none. */
function countCompared(op: Sign, value: Literal): Constant | undefined {
  const isBelow =
    typeof value === 'number' && (value < 0 || (value === 0 && /^(?:<|>=)$/.test(op)));
  return isBelow ? { is: HOLDS[op](value === 0 && op === '>=' ? 0 : 1), hint: COUNT } : undefined;
}

function isCount(node: ASTNode): boolean {
  if (node.op === 'rcall') return node.args[0] === 'size';
  return (
    (node.op === '.' && node.args[1] === 'row_count') ||
    (node.op === 'call' && node.args[0] === 'size')
  );
}

type Literal = string | number | boolean;

function literalOf(node: ASTNode): Literal | undefined {
  if (node.op === '-_') {
    const value = literalOf(node.args);
    return typeof value === 'number' ? -value : undefined;
  }
  if (node.op !== 'value') return undefined;
  const { args } = node;
  if (typeof args === 'bigint') return Number(args);
  return typeof args === 'string' || typeof args === 'number' || typeof args === 'boolean'
    ? args
    : undefined;
}

/** Returns the name and the literal of a comparison of these two. */
function sidesOf([left, right]: readonly [ASTNode, ASTNode]) {
  const [one, other] = [literalOf(left), literalOf(right)];
  if (other !== undefined && one === undefined) return { name: written(left), value: other };
  return one !== undefined && other === undefined
    ? { name: written(right), value: one }
    : undefined;
}
