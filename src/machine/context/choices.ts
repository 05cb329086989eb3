import { evaluate } from '#runbook/expression/cel.ts';
import { textOf } from '#runbook/expression/template.ts';
import type { Question } from '#runbook/model/runbook.ts';
import type { Value } from '#runbook/model/value.ts';
import { counted } from '#text/count.ts';
import { harmlessLine } from '#text/harmless.ts';
import type { MachineContext } from '../context.ts';
import type { Placed } from '../placed-step.ts';
import { scopeOf } from './scope.ts';

/** Returns the question of an ask step, or that of one of its fields. */
export function questionOf({ does }: Placed, field: string | undefined): Question | undefined {
  if (does.kind !== 'ask') return undefined;
  return field === undefined ? does : does.fields?.find(({ name }) => name === field);
}

/** The most choices of a question: a longer list is not a question. */
export const MOST_CHOICES = 100;

type Choices =
  | { readonly ok: true; readonly value: readonly string[] }
  | { readonly ok: false; readonly reason: string };

/** Returns the choices of a question as written or listed by its expression, or why there are none. */
export function choicesOf(context: MachineContext, step: Placed, field?: string): Choices {
  const { choices = [], choicesFrom: from } = questionOf(step, field) ?? {};
  if (from === undefined) return { ok: true, value: choices };
  const cannot = (why: string): Choices => ({
    ok: false,
    reason: `cannot tell what to choose from: ${from.text}: ${why}`,
  });
  const evaluation = evaluate(from, scopeOf(context, step));
  if (!evaluation.ok) return cannot(evaluation.reason);
  if (!Array.isArray(evaluation.value)) return cannot('it is not a list');
  const texts = new Set<string>();
  for (const item of evaluation.value) {
    const flaw = flawOf(item);
    if (flaw !== undefined) return cannot(flaw);
    texts.add(textOf(item));
  }
  if (texts.size === 0) return cannot('the list is empty');
  if (texts.size > MOST_CHOICES)
    return cannot(`${counted(texts.size, 'choice')}, and at most ${MOST_CHOICES} can be shown`);
  return { ok: true, value: [...texts] };
}

function flawOf(item: Value): string | undefined {
  if (item === null || typeof item === 'object') return 'an item is neither text nor number';
  const text = textOf(item);
  if (text.trim() === '') return 'an item is empty';
  return harmlessLine(text) === text ? undefined : 'an item has control characters';
}

/** Returns the choices of a question that has them, and none otherwise. */
export function listedChoices(
  context: MachineContext,
  step: Placed,
  field?: string,
): Question['choices'] {
  const choices = choicesOf(context, step, field);
  return choices.ok ? choices.value : [];
}
