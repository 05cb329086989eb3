import { describe, expect, test } from 'vitest';
import { loadEffectParsers } from '#cli/library/effect-parsers.ts';
import { adhocRunbook } from '#machine/adhoc-runbook.ts';
import { type JudgedLine, judgeLine } from '#safety/effects/judge-line.ts';
import { parsed, Stepper } from '../fixtures/compiled.ts';
import { executed, gate } from '../fixtures/orders-runbook.ts';

const AROUND = parsed(`
name: around
title: What goes on around
summary: It waits.
symptoms: [too many connections]
prerequisites: [{ text: The server answers, sql: SELECT 1, expect: result.row_count == 1 }]
inputs: { least: { default: none } }
prevention: [Watch it.]
targets: { db: { database: postgres://localhost/shop } }
steps: [{ id: hand, manual: Look. }]
`);

const parsers = await loadEffectParsers({ shell: false, postgres: true });

const LINE = { text: 'SELECT 1', target: 'db', kind: 'sql', engine: 'postgres' } as const;

/** A command that was judged to be this, as a runbook. */
function command(judged: Partial<JudgedLine>, phrase = 'shop') {
  const line = {
    ...judgeLine(LINE, parsers),
    because: ['it says so'],
    ...judged,
  };
  return adhocRunbook({ id: '!1', title: 'A command', judged: line, phrase }, AROUND);
}

function entered(judged: Partial<JudgedLine>, phrase?: string): Stepper {
  return new Stepper(command(judged, phrase));
}

describe('a command of the operator', () => {
  test('is a runbook of that step alone, on the targets of the run', () => {
    const runbook = command({ effect: 'read' });
    expect(runbook.steps.map(({ id, title }) => [id, title])).toEqual([['!1', 'A command']]);
    expect(runbook).toMatchObject({ title: 'A command', targets: AROUND.targets });
    const { symptoms, prerequisites, inputs, prevention, related } = runbook;
    expect([symptoms, prerequisites, inputs, prevention, related]).toEqual([[], [], [], [], []]);
  });

  test('runs at once as a proven read, and ends there', () => {
    const run = entered({ effect: 'read', certain: true });
    expect(executed(run)).toMatchObject([
      { effect: 'read', action: { text: 'SELECT 1', readOnly: true, timeoutMs: 10_000 } },
    ]);
    run.rows({ n: 1 });
    expect(run.state).toBe('finished');
  });

  test('that is known to be a mere change needs a key', () => {
    const run = entered({ effect: 'change', certain: true });
    expect(gate(run)).toMatchObject({
      level: 'key',
      phrase: undefined,
      notRead: 'It changes: it says so',
    });
  });

  test.each([
    ['is not known whole', 'change', false, 'It cannot be proven to only read: it says so'],
    ['destroys', 'destructive', true, 'It destroys: it says so'],
    [
      'destroys and is not known whole',
      'destructive',
      false,
      'It cannot be proven to only read: it says so',
    ],
  ] as const)('that %s needs its phrase', (_, effect, certain, notRead) => {
    const run = entered({ effect, certain }, 'shop db');
    expect(gate(run)).toMatchObject({ effect, level: 'type', phrase: 'shop db', notRead });
    expect(executed(run)).toEqual([]);
  });

  test('that is refused is no step at all', () => {
    const run = entered({ effect: 'read', refused: 'it is not run' });
    expect(executed(run)).toEqual([]);
    expect(run.state).toBe('finished');
  });

  test('does not say why a read is none', () => {
    const [step] = command({ effect: 'read' }).steps;
    expect(step?.does).toMatchObject({ effect: 'read', confirm: { notRead: undefined } });
  });
});
