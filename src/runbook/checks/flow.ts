import type { Clause, Step } from '../model/runbook.ts';
import type { Source, Span } from '../yaml/source.ts';

/**
 * The transitions between the steps of a runbook, by index; the end of the file is one past the
 * last.
 */
export type Flow = {
  readonly steps: readonly Step[];
  /** The possible successors of each step, without jumps by the operator. */
  readonly ways: readonly (readonly number[])[];
};

/** Returns the transitions between steps. */
export function flowOf(steps: readonly Step[]): Flow {
  const indexes = new Map(steps.map(({ id }, index) => [id, index]));
  const first = steps.findIndex(({ isFinal }) => isFinal);
  const ways = steps.map((step, index) => {
    const isFinal = step.isFinal ?? false;
    const after = index + 1 === first ? steps.length : index + 1;
    // A run can be aborted at any step, which leads to `finally`.
    const ended = first === -1 || isFinal ? [] : [first];
    const places = step.next.map(({ goto }) => indexes.get(goto ?? '') ?? after);
    if (step.does.kind === 'finish') return ended;
    return [...new Set([...(canFallThrough(step) ? [...places, after] : places), ...ended])];
  });
  return { steps, ways };
}

/** Returns whether a step can be followed by the next one in the file because no clause is true. */
export function canFallThrough({ next, if: condition, does }: Step): boolean {
  const last = next.at(-1);
  if (last !== undefined && last.if === undefined) return false;
  return condition !== undefined || !isCovering(next, does);
}

/** After a success, a clause that tests for a failure is never true. */
export function isAboutAnswer({ if: condition }: Clause): boolean {
  return condition !== undefined && !condition.names.some(({ path }) => path[0] === 'error');
}

/** One flag for each step, and one for the end of the file after them. */
export type Marks = Readonly<Uint8Array>;

/** Marks every step reachable from `from`, those included, without passing through `closed`. */
export function reachableFrom(
  { ways }: Flow,
  from: readonly number[],
  closed: number | undefined = undefined,
): Marks {
  const marks = new Uint8Array(ways.length + 1);
  const waiting = [...from];
  for (let index = waiting.pop(); index !== undefined; index = waiting.pop()) {
    if (index === closed || marks[index] === 1) continue;
    marks[index] = 1;
    for (const next of ways[index] ?? []) if (marks[next] === 0) waiting.push(next);
  }
  return marks;
}

/** Two opposite conditions are exhaustive, and so is a clause for every answer. */
function isCovering(next: readonly Clause[], does: Step['does']): boolean {
  const conditions = next.flatMap((clause) => (clause.if === undefined ? [] : [clause.if.text]));
  const texts = conditions.map((text) => text.trim());
  if (texts.some((one) => texts.some((other) => isOpposite(one, other)))) return true;
  if (does.kind !== 'ask' || does.answer !== 'choice' || does.choicesFrom) return false;
  return does.choices.every((choice) =>
    [JSON.stringify(choice), `'${choice}'`].some((it) => texts.includes(`result.answer == ${it}`)),
  );
}

const OPPOSITES: Readonly<Record<string, string>> = {
  '==': '!=',
  '<': '>=',
  '>': '<=',
};

const COMPARISON = /^([^&|?<>=!]+?)\s*(==|!=|<=|>=|<|>)\s*([^&|?<>=!]+)$/;

function isOpposite(one: string, other: string): boolean {
  if (one === `!${other}` || one === `!(${other})`)
    return !/&&|\|\|/.test(other) || one.endsWith(')');
  const [, left, sign = '', right] = COMPARISON.exec(one) ?? [];
  const [, otherLeft, otherSign, otherRight] = COMPARISON.exec(other) ?? [];
  return (
    left !== undefined &&
    left === otherLeft &&
    right === otherRight &&
    OPPOSITES[sign] === otherSign
  );
}

/** Returns the place of a step's ID, which stands for the whole step in a message. */
export function idPlace({ text }: Source, { id, span }: Step): Span {
  const at = text.indexOf(id, span.start);
  return at === -1 || at + id.length > span.end
    ? { start: span.start, end: span.start + 1 }
    : { start: at, end: at + id.length };
}
