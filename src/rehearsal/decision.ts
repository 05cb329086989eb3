import type { EventOf } from '#events/log/event.ts';
import { valueTexts } from '#events/wording/phrases.ts';
import type { Step } from '#runbook/model/runbook.ts';
import { lineName, type Source } from '#runbook/yaml/source.ts';

/** Returns the name of a clause for messages: its number, its condition and its line. */
export function clauseName(step: Step, index: number | null, source: Source): string {
  if (index === null) return 'no clause, so the next step in order';
  const clause = step.next[index];
  if (clause === undefined) return `clause ${index + 1}`;
  const { start } = clause.span;
  const line = start < source.text.length ? lineName(source, start) : 'line 0';
  const condition = clause.if === undefined ? ', the default' : ` "${oneLine(clause.if.text)}"`;
  return `clause ${index + 1}${condition} (${line})`;
}

/** Explains a transition, line by line: the clause, the values, the other clauses. */
export function decisionLines(
  taken: EventOf<'branch.taken'>,
  step: Step,
  source: Source,
): readonly string[] {
  const by = taken.by === 'operator' ? ', chosen by the operator' : '';
  const others = step.next.flatMap((clause, index) =>
    index === taken.clause ||
    clause.if === undefined ||
    (taken.clause !== null && index > taken.clause)
      ? []
      : [`  not ${clauseName(step, index, source)}`],
  );
  return [
    `${taken.step} went to ${taken.goto} by ${clauseName(step, taken.clause, source)}${by}`,
    ...others,
    ...valueTexts(taken.values).map((value) => `  where ${value}`),
  ];
}

function oneLine(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > 70 ? `${line.slice(0, 69)}…` : line;
}
