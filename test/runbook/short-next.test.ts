import { expect, test } from 'vitest';
import { parseRunbook } from '#runbook/parse.ts';

function parsed(next: string) {
  const text = `name: turn
title: Turn
summary: Turn
steps:
  - { id: first, manual: x, next: ${next} }
  - { id: second, manual: y }
  - { id: end, finish: { outcome: resolved, summary: It is over. } }
`;
  return parseRunbook({ file: 'x', text });
}

/** The clauses of the first step, without their places. */
function clausesOf(next: string) {
  const result = parsed(next);
  if (!result.ok) throw new Error(result.diagnostics.map(({ message }) => message).join());
  return result.value.steps[0]?.next.map(({ span: _, ...clause }) => clause);
}

test('the name of a step is short for one clause that goes there', () => {
  expect(clausesOf('end')).toEqual(clausesOf('[{ goto: end }]'));
  expect(clausesOf('end')).toHaveLength(1);
});

test('a step that does not exist is reported at its name, with the nearest one', () => {
  const result = parsed('secnd');
  if (result.ok) throw new Error('it is accepted');
  expect(result.diagnostics).toMatchObject([
    { code: 'unknown-step', message: 'there is no step "secnd"', hint: 'did you mean "second"?' },
  ]);
  const [{ span } = { span: { start: 0, end: 0 } }] = result.diagnostics;
  expect(span.end - span.start).toBe('secnd'.length);
});
