import { describe, expect, test } from 'vitest';
import {
  compileExpression,
  type Evaluation,
  type Expression,
  evaluate,
} from '#runbook/expression/cel.ts';
import type { Value } from '#runbook/model/value.ts';

function made(text: string): Expression {
  const expression = compileExpression(text, (offset) => offset, []);
  if (expression === undefined) throw new Error(`${text} is not an expression`);
  return expression;
}

function evaluated(text: string, scope: Record<string, Value>): Evaluation {
  return evaluate(made(text), scope);
}

const rows = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ pid: index, name: `session ${index}` }));
const long = 'lorem ipsum '.repeat(80_000);

const TOO_MUCH = { ok: false, reason: expect.stringContaining('too much work') };

describe('an expression that would take too long has no value:', () => {
  test.each([
    ['three macros inside each other', 'r.all(a, r.all(b, r.all(c, a.pid + b.pid + c.pid >= 0)))'],
    ['each kind of macro', 'r.map(a, r.filter(b, r.exists_one(c, a.pid + b.pid == c.pid)))'],
    ['behind what is true anyway', 'r.all(a, r.all(b, r.all(c, c.pid >= 0))) || true'],
    ['behind what is false anyway', 'r.all(a, r.all(b, r.all(c, c.pid >= 0))) && false'],
    ['inside what looks whether a name is there', 'r.all(a, r.all(b, r.all(c, has(c.pid))))'],
    ['a list of lists', 'r.map(a, r)'],
    ['lists that grow', 'r.map(a, r + r + r + r)'],
    ['a long text that is counted again and again', 'r.all(a, long.size() > 0)'],
    ['a long text that is searched again and again', 'r.all(a, !long.contains("zzz"))'],
    ['texts that are put together', 'r.map(a, long + long)'],
    ['patterns again and again', 'r.all(a, !long.matches("(a|b|c)*zzz$"))'],
    ['lists that are compared', 'r.all(a, r == again)'],
    ['rows that are looked for', 'r.all(a, wide.exists(w, w == a) || !(a in wide))'],
    ['words of a long text', 'long.split(" ").all(a, long.split(" ").all(b, a != b + "x"))'],
  ])('%s', (_, text) => {
    const scope = { r: rows(1000), again: rows(1000), wide: rows(1000), long };
    expect(evaluated(text, scope)).toEqual(TOO_MUCH);
  });
});

describe('what people write has one:', () => {
  test.each([
    ['every row', 'r.all(a, a.pid >= 0 && a.name.startsWith("session"))', true],
    ['pairs of a few hundred rows', 'few.all(a, few.exists(b, b.pid == a.pid))', true],
    ['a name in a list', 'r.all(a, a.pid in r.map(b, b.pid)) == true', true],
    ['a list that is made and joined', 'r.map(a, a.name).join(", ").size() > 0', true],
    ['a pattern in a long text', 'long.matches("(a|b|c)*zzz$")', false],
    ['a long text in lines', 'long.split(" ").exists(w, w == "ipsum")', true],
  ])('%s', (_, text, value) => {
    const scope = { r: rows(250), few: rows(200), long };
    expect(evaluated(text, scope)).toEqual({ ok: true, value });
  });
});

test('what is right at the limit is decided the same each time', () => {
  const scope = (size: number) => ({ r: rows(300), s: rows(size) });
  const compiled = () => made('r.all(a, s.all(b, a.pid + b.pid >= 0))');
  const isDecided = (size: number) => evaluate(compiled(), scope(size)).ok;
  let [most, least] = [1, 2000];
  while (least - most > 1) {
    const between = Math.floor((most + least) / 2);
    if (isDecided(between)) most = between;
    else least = between;
  }
  const again = compiled();
  const decided = [most, most, least, least, most].map((size) => evaluate(again, scope(size)).ok);
  expect(decided).toEqual([true, true, false, false, true]);
});

test('after one that took too much, the next has its value', () => {
  const expression = made('r.all(a, r.all(b, a.pid + b.pid >= 0))');
  expect(evaluate(expression, { r: rows(2000) })).toEqual(TOO_MUCH);
  expect(evaluate(expression, { r: rows(10) })).toEqual({ ok: true, value: true });
});
