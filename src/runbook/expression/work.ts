import { type ASTNode, EvaluationError } from '@marcbachmann/cel-js';
import { childrenOf } from './names-read.ts';
import { MATCHES } from './rewriting.ts';

/**
 * The work limit of one evaluation, in evaluated parts of the expression; a long value counts as
 * more than one. It is a count and not a time, so that a resumed run decides the same.
 */
const MOST = 1_000_000;

/** The number of letters, items or values that count as one, by how they are used. */
const COUNTS_AS_ONE = { read: 16, matched: 2, compared: 8 } as const;

/** Counts the work of one evaluation. */
export class Work {
  #left = MOST;

  /** Resets the count for another evaluation. */
  begin(): void {
    this.#left = MOST;
  }

  /** Whether the evaluation has exceeded its work limit. */
  get isExceeded(): boolean {
    return this.#left < 0;
  }

  /** Counts; throws once the limit is exceeded, and on every later call. */
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

/** The reason shown for an expression that exceeds the work limit. */
export const TOO_MUCH_WORK =
  'it takes too much work: it goes through too many combinations of values';

const TOO_MUCH = new EvaluationError(TOO_MUCH_WORK);

/** The use of an expression's values that determines their count. */
type Counting = 'read' | 'matched' | 'compared';

/** Makes an expression count the work of its evaluations. */
export function metered(node: ASTNode, work: Work, counting: Counting = 'read'): void {
  for (const child of childrenOf(node)) metered(child, work, countingOfParts(node));
  meter(node as unknown as Evaluated, work, counting);
}

function countingOfParts(node: ASTNode): Counting {
  if (node.op === '==' || node.op === '!=' || node.op === 'in') return 'compared';
  return node.op === 'rcall' && node.args[0] === MATCHES ? 'matched' : 'read';
}

/** The package's evaluator of a part of an expression, missing from its types. */
type Evaluate = (evaluator: unknown, node: unknown, context: unknown) => unknown;
type Evaluated = { evaluate: Evaluate };

/** The package picks the evaluator of a part on first use; that pass is not counted twice. */
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
