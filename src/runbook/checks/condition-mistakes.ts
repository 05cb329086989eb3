import type { Diagnostic } from '../diagnostic.ts';
import { constantCondition } from '../expression/constant-condition.ts';
import type { LocatedMapping, LocatedNode, LocatedScalar } from '../yaml/located.ts';

/** The keys of conditions. */
export const CONDITIONS: ReadonlySet<string> = new Set(['if', 'until', 'expect']);

/** Returns warnings about a condition that decides nothing, or compares what is never equal. */
export function conditionMistakes(condition: LocatedScalar): readonly Diagnostic[] {
  return [...alwaysSame(condition), ...lineEnds(condition)];
}

function alwaysSame({ text, span }: LocatedScalar): readonly Diagnostic[] {
  const constant = constantCondition(text);
  if (constant === undefined) return [];
  return [
    {
      severity: 'warning',
      code: 'always-the-same',
      message: `this condition is ${constant.is ? 'always' : 'never'} true`,
      span,
      hint: constant.hint,
    },
  ];
}

const COMPARED =
  /\b(?:result|steps\.\w+)\.(?:stdout|stderr)\s*[!=]=\s*(?:"((?:\\.|[^"\\])+)"|'((?:\\.|[^'\\])+)')/g;

function lineEnds({ text, offsets }: LocatedScalar): readonly Diagnostic[] {
  return [...text.matchAll(COMPARED)].flatMap(({ 0: found, 1: one, 2: other, index }) => {
    if ((one ?? other ?? '').endsWith(String.raw`\n`)) return [];
    const name = found.slice(0, found.search(/\s*[!=]=/));
    return [
      {
        severity: 'warning',
        code: 'line-end-compared',
        message: 'the output of a command ends a line, so it never equals this text',
        span: { start: offsets(index), end: offsets(index + found.length - 1) + 1 },
        hint: `compare ${name}.trim()`,
      },
    ];
  });
}

/**
 * Returns a warning about each clause of a change that holds after any error and tells a finding: a
 * change that the operator declined is one of them, and the finding would be told of it, too.
 */
export function declinedToo(step: LocatedMapping): readonly Diagnostic[] {
  const effect = step.entries.get('effect')?.value;
  const next = step.entries.get('next')?.value;
  if (effect?.kind !== 'scalar' || effect.text === 'read' || next?.kind !== 'sequence') return [];
  const named = next.items.findIndex((clause) => textOf(clause, 'if').includes('declined'));
  return next.items.flatMap((clause, index) => {
    const condition = clause.kind === 'mapping' ? clause.entries.get('if')?.value : undefined;
    if (condition?.kind !== 'scalar' || !AFTER_ANY_ERROR.test(condition.text)) return [];
    // A finding with the error in it says itself what it was.
    const finding = textOf(clause, 'finding');
    if (finding === '' || finding.includes('error.') || (named !== -1 && named <= index)) return [];
    return [
      {
        severity: 'warning',
        code: 'declined-too',
        message: 'this also holds when the operator declines, and the record then has this finding',
        span: condition.span,
        hint: 'write a clause for it before this one: if: error.kind == "declined"',
      },
    ];
  });
}

const AFTER_ANY_ERROR =
  /^\s*(?:error\.kind\s*!=\s*["']none["']|["']none["']\s*!=\s*error\.kind)\s*$/;

function textOf(clause: LocatedNode, key: string): string {
  const value = clause.kind === 'mapping' ? clause.entries.get(key)?.value : undefined;
  return value?.kind === 'scalar' ? value.text : '';
}
