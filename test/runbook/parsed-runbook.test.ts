import { describe, expect, test } from 'vitest';
import type { ActionStep, Step } from '#runbook/model/runbook.ts';
import { parseRunbook } from '#runbook/parse.ts';
import { parsed } from '../fixtures/compiled.ts';

const HEAD = `
name: orders
title: Orders are stuck
summary: Orders stay in the queue.
`;

function stepsOf(steps: string, head = ''): readonly Step[] {
  return parsed(`${HEAD}${head}steps:\n${steps}`, 'orders.yaml').steps;
}

function actionOf(step: string, head = ''): ActionStep {
  const [first] = stepsOf(`  - { id: one, ${step} }\n`, head);
  if (first === undefined || !('body' in first.does)) throw new Error('this is no action');
  return first.does;
}

function codesOf(text: string): readonly string[] {
  const result = parseRunbook({ file: 'orders.yaml', text });
  return result.ok ? [] : result.diagnostics.map(({ code }) => code);
}

const DB = 'targets: { db: { database: postgres://localhost/shop } }\n';
const BOTH = 'targets: { here: { local: true }, db: { database: postgres://localhost/shop } }\n';

describe('what an author leaves out', () => {
  test('of a runbook', () => {
    expect(parsed(`${HEAD}steps: [{ id: one, wait: 5s }]\n`, 'orders.yaml')).toMatchObject({
      severity: 'medium',
      symptoms: [],
      prerequisites: [],
      inputs: [],
      targets: [],
      prevention: [],
      related: [],
    });
  });

  test('of a step: its title is its id, its phase that of the step before', () => {
    const steps = stepsOf(
      [
        '  - { id: look_at-it, wait: 5s }',
        '  - { id: mend, phase: fix, wait: 5s }',
        '  - { id: wait_more, wait: 5s }',
      ].join('\n'),
    );
    expect(steps.map(({ title, phase, maxVisits }) => [title, phase, maxVisits])).toEqual([
      ['look at it', 'diagnose', 10],
      ['mend', 'fix', 10],
      ['wait more', 'fix', 10],
    ]);
  });

  test('of a statement: it is a change, gated by a key, and has ten seconds', () => {
    expect(actionOf('sql: SELECT 1', DB)).toMatchObject({
      effect: 'change',
      confirm: { level: 'key', phrase: undefined },
      timeoutMs: 10_000,
      body: { kind: 'sql', target: 'db' },
    });
  });

  test('of a script: it is a change, runs here, and has a minute', () => {
    expect(actionOf('shell: ls')).toMatchObject({
      effect: 'change',
      timeoutMs: 60_000,
      body: { kind: 'shell', target: 'local', okExit: [0] },
    });
  });

  test('of a gate: a destructive action always needs a phrase', () => {
    expect(actionOf('shell: ls, effect: destructive').confirm.level).toBe('type');
    expect(actionOf('shell: ls, confirm: { phrase: yes please }').confirm.level).toBe('type');
    expect(actionOf('shell: ls, confirm: { level: type }').confirm.level).toBe('type');
  });

  test('of a preview, a verification and a retry', () => {
    const preview = actionOf('sql: SELECT 1, preview: { sql: SELECT 2 }', DB).preview;
    expect(preview).toMatchObject({ maxRows: 50, freshForMs: 30_000 });
    const verify = actionOf('sql: SELECT 1, verify: { sql: SELECT 2, until: true }', DB).verify;
    expect(verify).toMatchObject({ withinMs: 30_000, everyMs: 2_000 });
    expect(actionOf('shell: ls, effect: read, retry: { attempts: 2 }').retry).toEqual({
      attempts: 2,
      delayMs: 1_000,
      backoff: 2,
      maxDelayMs: 30_000,
      jitter: true,
      on: [],
    });
  });

  test('of a question: one with choices is a choice', () => {
    const [open, closed] = stepsOf(
      '  - { id: a, ask: Which? }\n  - { id: b, ask: { question: Which?, choices: [x, y] } }\n',
    );
    expect(open?.does).toMatchObject({ kind: 'ask', answer: 'text', choices: [] });
    expect(closed?.does).toMatchObject({ kind: 'ask', answer: 'choice', choices: ['x', 'y'] });
  });

  test('of an input: it is a text, and required when it has no default', () => {
    const { inputs } = parsed(
      `${HEAD}inputs: { a: {}, b: { default: x }, c: { required: false } }\nsteps: [{ id: one, wait: 5s }]\n`,
      'orders.yaml',
    );
    expect(inputs.map(({ type, required, default: value }) => [type, required, value])).toEqual([
      ['text', true, null],
      ['text', false, 'x'],
      ['text', false, null],
    ]);
  });
});

describe('where a statement or a script runs', () => {
  test('a statement without a target runs on the only database there is', () => {
    expect(actionOf('sql: SELECT 1', BOTH).body).toMatchObject({ target: 'db' });
  });

  test('what verifies or previews a step on another kind of target runs on the only fitting one', () => {
    const script = actionOf(
      'shell: ls, on: here, preview: { sql: SELECT 1 }, verify: { sql: SELECT 2, until: true }',
      BOTH,
    );
    expect(script).toMatchObject({
      body: { target: 'here' },
      preview: { body: { target: 'db' } },
      verify: { body: { target: 'db' } },
    });
    const statement = actionOf('sql: SELECT 1, on: db, verify: { shell: ls, until: true }', BOTH);
    expect(statement.verify?.body).toMatchObject({ target: 'here' });
  });

  test('it is a mistake when that is not clear, and not passed over', () => {
    const text = `${HEAD}${BOTH.replace(' }\n', ', db2: { database: postgres://localhost/copy } }\n')}steps:
  - { id: one, shell: ls, on: here, verify: { sql: SELECT 2, until: true } }
`;
    expect(codesOf(text)).toEqual(['unknown-target']);
  });
});

describe('everything that is wrong is said at once', () => {
  test('also of steps when the head is not right', () => {
    const text = `name: orders\nsteps:\n  - { id: one, wait: soon }\n  - { id: two, wiat: 5s }\n`;
    expect(codesOf(text)).toEqual(['missing-key', 'missing-key', 'wrong-value', 'step-kind']);
  });

  test('once, even where a script and its verification share what is wrong', () => {
    const text = `${HEAD}steps:
  - id: one
    shell: ls
    env: { QUEUE: "\${{ inputs.queue }}" }
    verify: { shell: ls, until: true }
`;
    expect(codesOf(text)).toEqual(['unknown-name']);
  });

  test('a condition that is not right does not make its clause a default', () => {
    const text = `${HEAD}steps:
  - id: one
    manual: Look.
    next:
      - if: result.done &&
        goto: one
      - goto: one
`;
    expect(codesOf(text)).toEqual(['expression-syntax']);
  });
});

describe('the name of a runbook', () => {
  const text = `${HEAD}steps: [{ id: one, wait: 5s }]\n`;

  test.each([
    'orders.yaml',
    'orders.yml',
    '/etc/runbooks/orders.yaml',
    'C:\\runbooks\\orders.yaml',
  ])('fits the file %s', (file) => {
    expect(parseRunbook({ file, text }).ok).toBe(true);
  });

  test('is not compared with what is no file', () => {
    expect(parseRunbook({ file: 'standard input', text }).ok).toBe(true);
  });
});
