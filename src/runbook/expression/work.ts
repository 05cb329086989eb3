import { type ASTNode, EvaluationError } from '@marcbachmann/cel-js';
import { childrenOf } from './names-read.ts';
import { MATCHES } from './rewriting.ts';

/**
 * How much one evaluation may do, counted in parts of the expression that are evaluated; a long value
 * counts for more than one. It is a count and never a time, so that a resumed run decides the same.
 */
const MOST = 1_000_000;

/** How many letters, items or values count as one; a pattern takes longer for each. */
const COUNTS_AS_ONE = { read: 16, matched: 2, compared: 8 } as const;

/** What an evaluation has done so far. */
export class Work {
  #left = MOST;

  /** Begins another evaluation. */
  begin(): void {
    this.#left = MOST;
  }

  /** Whether the evaluation has been ended for doing too much. */
  get isExceeded(): boolean {
    return this.#left < 0;
  }

  /** Counts; throws once it is too much, and from then on every time. */
  spend(amount: number): void {
    this.#left -= amount;
    if (this.#left < 0) throw TOO_MUCH;
  }

  /** Counts every value inside a value. */
  spendOnAll(value: unknown): void {
    this.spend(1 / COUNTS_AS_ONE.compared + lengthOf(value) / COUNTS_AS_ONE.read);
    if (value === null || typeof value !== 'object') return;
    for (const inner of Array.isArray(value) ? value : Object.values(value)) this.spendOnAll(inner);
  }
}

/** Why an expression that does too much has no value. */
export const TOO_MUCH_WORK =
  'it takes too much work: it goes through too many combinations of values';

const TOO_MUCH = new EvaluationError(TOO_MUCH_WORK);

/** How the values of a part of an expression count: read, looked through by a pattern, or compared. */
type Counting = 'read' | 'matched' | 'compared';

/** Makes an expression count what its evaluations do. */
export function metered(node: ASTNode, work: Work, counting: Counting = 'read'): void {
  for (const child of childrenOf(node)) metered(child, work, countingOfParts(node));
  meter(node as unknown as Evaluated, work, counting);
}

function countingOfParts(node: ASTNode): Counting {
  if (node.op === '==' || node.op === '!=' || node.op === 'in') return 'compared';
  return node.op === 'rcall' && node.args[0] === MATCHES ? 'matched' : 'read';
}

/** How the package evaluates a part of an expression, which its types leave out. */
type Evaluate = (evaluator: unknown, node: unknown, context: unknown) => unknown;
type Evaluated = { evaluate: Evaluate };

/** The package finds out how to evaluate a part when it first does; that is not counted as well. */
function meter(node: Evaluated, work: Work, counting: Counting): void {
  const unresolved = node.evaluate;
  let evaluate = unresolved;
  const counted: Evaluate = (evaluator, self, context) => {
    if (evaluate === unresolved) return unresolved.call(node, evaluator, self, context);
    work.spend(1);
    const value = evaluate.call(node, evaluator, self, context);
    if (counting === 'compared') work.spendOnAll(value);
    else work.spend(lengthOf(value) / COUNTS_AS_ONE[counting]);
    return value;
  };
  Object.defineProperty(node, 'evaluate', {
    get: () => counted,
    set: (resolved: Evaluate) => {
      evaluate = resolved;
    },
  });
}

function lengthOf(value: unknown): number {
  if (typeof value === 'string' || Array.isArray(value)) return value.length;
  return ArrayBuffer.isView(value) ? value.byteLength : 0;
}
