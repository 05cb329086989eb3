import { describe, expect, test } from 'vitest';
import type { TargetFacts } from '#machine/context.ts';
import type { Await, Execute, MachineEffect, OpenGate } from '#machine/effect.ts';
import { type Recording, recordedFact } from '#run/session/recorded-facts.ts';
import type { Action } from '#safety/actions/action.ts';
import { parsed } from '../../fixtures/compiled.ts';

const RUNBOOK = parsed(`
name: facts
title: Facts
summary: Has clauses.
inputs: { token: { secret: true }, table: {}, gone: { secret: true, required: false } }
steps:
  - id: look
    effect: read
    shell: 'true'
    next:
      - { if: result.exit_code == 1, goto: done, finding: It fails. }
      - { goto: other }
  - { id: other, manual: Look. }
  - { id: done, finish: { outcome: resolved, summary: Done } }
`);
const DB: TargetFacts = {
  ...{ name: 'db', engine: 'postgres', host: 'h', port: 1, database: 'd', user: 'u' },
  ...{ description: 'postgres u@h/d', isConnected: true, server: 's' },
};
const HERE: Recording = {
  ...{ runbook: RUNBOOK, operator: 'ada', targets: { db: DB } },
  can: () => ['continue'],
  undoable: () => ['look'],
};
const SQL: Action = {
  ...{ kind: 'sql', target: 'db', text: 'SELECT 1', values: [], readOnly: true },
  ...{ timeoutMs: 10_000, origin: [] },
};
const SHOWN = { kind: 'sql', text: 'SELECT 1', values: [], where: 'db · postgres u@h/d' };
const ITEM = { index: 2, count: 3, label: 'b' };

const eventOf = (effect: MachineEffect, recording: Recording = HERE) =>
  recordedFact(effect, recording);

test('what the machine decided is recorded as it is', () => {
  const params = { type: 'step.entered', step: 'look', visit: 2 } as const;
  expect(eventOf({ type: 'record', params })).toBe(params);
});

test('a refusal is not recorded: it stands in the answer', () => {
  expect(
    eventOf({ type: 'refuse', params: { step: 'look', why: { kind: 'other-gate' } } }),
  ).toBeUndefined();
});

describe('a gate is recorded', () => {
  const gate: OpenGate = {
    ...{ step: 'look', part: 'action', item: undefined, simulated: false, title: 'Look' },
    ...{ effect: 'change', action: SQL, target: undefined, digest: 'd', level: 'key' },
    ...{ phrase: undefined, warning: undefined, notRead: undefined, undo: undefined },
    ...{ preview: undefined, changes: undefined },
  };
  const plain = {
    ...{ type: 'gate.opened', step: 'look', title: 'Look', effect: 'change', action: SHOWN },
    ...{ digest: 'd', level: 'key', operator: 'ada' },
  };
  const opened = (more: Partial<OpenGate> = {}) =>
    eventOf({ type: 'openGate', params: { ...gate, ...more } });

  test('as it is, and without what it does not have', () => {
    expect(opened()).toStrictEqual(plain);
  });

  test('with all that was shown', () => {
    const preview = { columns: ['a'], rows: [{ a: 1 }], row_count: 1, at: 't', server: 's' };
    const shown = { phrase: 'p', warning: 'w', notRead: 'n', undo: 'u' };
    expect(
      opened({
        ...{ part: 'undo', item: ITEM, simulated: true, ...shown },
        ...{ preview: { ...preview, freshForMs: 5 } },
        ...{ changes: { server: true } },
      }),
    ).toStrictEqual({
      ...{ ...plain, part: 'undo', item: ITEM, simulated: true, ...shown },
      ...{ changes: { server: true } },
      ...{ preview: { columns: ['a'], rows: [{ a: 1 }], freshForMs: 5, at: 't' } },
    });
    const rows = { added: 1 } as never;
    expect(opened({ changes: { server: false, rows } })).toMatchObject({
      changes: { server: false, rows },
    });
  });

  test('with the place that it was opened for, also where the run knows it no more', () => {
    const target = { ...DB, description: 'postgres u@other/d' };
    expect(opened({ target })).toMatchObject({ action: { where: 'db · postgres u@other/d' } });
    const wait: Action = { kind: 'wait', ms: 1000 };
    expect(opened({ target, action: wait })).toMatchObject({ action: { where: 'here' } });
    const alone = eventOf(
      { type: 'openGate', params: { ...gate, target } },
      { ...HERE, targets: {} },
    );
    expect(alone).toMatchObject({ action: { where: 'db · postgres u@other/d' } });
  });
});

describe('a gate names the volatile columns that its rows do not have', () => {
  const withPreview = (preview: string) =>
    parsed(`
name: facts
title: Facts
summary: Has a preview.
targets: { db: { database: postgres://localhost/shop } }
steps:
  - id: look
    on: db
    preview: ${preview}
    sql: DELETE FROM t WHERE (a) IN (\${{ preview.rows }})
  - { id: bare, on: db, sql: DELETE FROM t }
  - { id: done, finish: { outcome: resolved, summary: Done } }
`);
  const gate: OpenGate = {
    ...{ step: 'look', part: 'action', item: undefined, simulated: false, title: 'Look' },
    ...{ effect: 'change', action: SQL, target: undefined, digest: 'd', level: 'key' },
    ...{ phrase: undefined, warning: undefined, notRead: undefined, undo: undefined },
    preview: { columns: ['a', 'b'], rows: [], row_count: 0, at: 't', freshForMs: 5, server: 's' },
    changes: undefined,
  };
  const ONE = '{ sql: SELECT * FROM t, volatile: [b, idel] }';
  const recorded = (more: Partial<OpenGate> = {}, preview = ONE) =>
    eventOf(
      { type: 'openGate', params: { ...gate, ...more } },
      { ...HERE, runbook: withPreview(preview) },
    );

  test('the first time it opens', () => {
    expect(recorded()).toMatchObject({ preview: { missing: ['idel'] } });
    expect(recorded({ changes: { server: true } })).not.toHaveProperty('preview.missing');
    expect(recorded({ preview: undefined })).not.toHaveProperty('preview');
  });

  test('but not of rows that have them all, and not where no columns are declared', () => {
    const all = { columns: ['b', 'idel'], rows: [], row_count: 0, at: 't', server: 's' };
    expect(recorded({ preview: { ...all, freshForMs: 5 } })).not.toHaveProperty('preview.missing');
    expect(recorded({ step: 'bare' })).not.toHaveProperty('preview.missing');
    expect(recorded({ step: 'done' })).not.toHaveProperty('preview.missing');
    expect(recorded({ step: '!1' })).not.toHaveProperty('preview.missing');
  });

  test('but not where each engine has a text of its own', () => {
    const two = '{ sql: { postgres: SELECT 1, mysql: SELECT 2 }, volatile: [idel] }';
    expect(recorded({}, two)).not.toHaveProperty('preview.missing');
    const single = '{ sql: { postgres: SELECT 1 }, volatile: [idel] }';
    expect(recorded({}, single)).toMatchObject({ preview: { missing: ['idel'] } });
  });
});

describe('a question is recorded', () => {
  const awaited = (params: Partial<Await>, recording = HERE) =>
    eventOf({ type: 'await', params: { step: 'look', for: 'failure', ...params } }, recording);
  const plain = { type: 'operator.awaited', step: 'look', for: 'failure', can: ['continue'] };

  test('with what can be done, what can be undone, and nothing that is missing', () => {
    const { undoable: _, ...alone } = HERE;
    expect(awaited({ why: undefined })).toStrictEqual({
      ...plain,
      undoable: ['look'],
    });
    expect(awaited({}, { ...HERE, undoable: () => [] })).toStrictEqual(plain);
    expect(awaited({}, alone)).toStrictEqual(plain);
    expect(awaited({ for: 'gate' })).toStrictEqual({ ...plain, for: 'gate' });
  });

  test('with its text, its values and what would run', () => {
    const values = [{ name: 'x', value: 1 }];
    const why = { kind: 'prerequisite' } as const;
    expect(awaited({ why, prompt: 'p', values, action: SQL, secret: false })).toStrictEqual({
      ...{
        ...plain,
        reason: 'a prerequisite is not met',
        why,
        prompt: 'p',
        secret: false,
        undoable: ['look'],
      },
      ...{ values, action: SHOWN },
    });
  });
});

describe('a start is recorded', () => {
  const execute: Execute = {
    ...{ step: 'look', part: 'action', visit: 1, attempt: 2, effect: 'change', action: SQL },
    ...{ digest: undefined, item: undefined, isFirstLook: false },
  };
  const plain = {
    ...{ type: 'step.started', step: 'look', visit: 1, part: 'action', attempt: 2 },
    ...{ effect: 'change', action: SHOWN },
  };
  const started = (more: Partial<Execute>, type: 'executeRead' | 'executeChange') =>
    eventOf({ type, params: { ...execute, ...more } });

  test('with the digest of what runs, and with that of what was confirmed where it is another', () => {
    expect(started({}, 'executeRead')).toStrictEqual(plain);
    expect(started({ digest: 'd', confirmed: 'd' }, 'executeChange')).toStrictEqual({
      ...plain,
      digest: 'd',
    });
    expect(started({ digest: 'd', confirmed: 'e', item: ITEM }, 'executeChange')).toStrictEqual({
      ...{ ...plain, digest: 'd', confirmed: 'e', item: ITEM },
    });
    expect(started({ digest: 'd' }, 'executeChange')).toStrictEqual({ ...plain, digest: 'd' });
  });

  test('but not of an action that could not be rendered', () => {
    expect(started({ action: { unresolved: 'no' } }, 'executeRead')).toBeUndefined();
  });
});

test('a timer is recorded with its item, if it has one', () => {
  const params = { step: 'look', for: 'retry', ms: 5, attempt: 2 } as const;
  const event = { type: 'timer.armed', ...params };
  expect(eventOf({ type: 'arm', params })).toStrictEqual(event);
  expect(eventOf({ type: 'arm', params: { ...params, item: ITEM } })).toStrictEqual({
    ...event,
    item: ITEM,
  });
});

test('a runbook that begins is recorded without its secrets and with the places of its targets', () => {
  const inputs = { token: 'hidden', table: 2n ** 60n };
  const call = { step: 'c', item: undefined, runbook: RUNBOOK, inputs, targets: { db: DB } };
  const { isConnected: _, server: __, ...place } = DB;
  const event = {
    ...{ type: 'child.started', step: 'c', runbook: { name: 'facts', title: 'Facts' } },
    inputs: [
      { name: 'token', secret: true, value: '‹secret:token›' },
      { name: 'table', secret: false, value: String(2n ** 60n) },
      { name: 'gone', secret: true, value: null },
    ],
    targets: [place],
  };
  expect(eventOf({ type: 'call', params: call })).toStrictEqual(event);
  expect(eventOf({ type: 'call', params: { ...call, item: ITEM } })).toStrictEqual({
    ...event,
    item: ITEM,
  });
});
