import { describe, expect, test } from 'vitest';
import { digestOf } from '#safety/actions/digest.ts';
import { parsed, Stepper, sha256 } from '../fixtures/compiled.ts';
import { asked, executed, failure, gate, stepping } from '../fixtures/orders-runbook.ts';

const AFTER = '  - { id: after, manual: Look. }\n';
const KILL = `
  - id: end
    title: End it
    effect: change
    preview: { sql: SELECT pid FROM s, max_rows: 2, fresh_for: 5s, volatile: [age] }
    shell: 'kill \${{ preview.row.pid }}'
    timeout: 7s
    undo: { sql: 'SELECT back(\${{ preview.row.pid }})', timeout: 3s }
${AFTER}`;

/** The target leads to this server from now on. */
function reaches(run: Stepper, server: string): void {
  const { db } = run.at.snapshot.context.targets;
  if (db === undefined) throw new Error('there is no db');
  run.send({ type: 'CONNECTED', target: 'db', facts: { ...db, isConnected: true, server } });
}

function confirm(run: Stepper): void {
  const { digest = '', phrase } = run.at.snapshot.context.visit.pending ?? {};
  run.send({ type: 'CONFIRM', digest, phrase, previewAgeMs: 0 });
  if (run.state.endsWith('checking')) run.sameRows();
}

/** Stands at the gate of a change of one row, read from a server. */
function atGate(steps = KILL, server = 'one', row: object = { pid: 7, age: 1 }): Stepper {
  const run = stepping(steps);
  reaches(run, server);
  run.rows(row as { pid: number });
  return run;
}

describe('a gate shows', () => {
  test('what is changed where, with the rows and how long they count', () => {
    expect(gate(atGate())).toMatchObject({
      step: 'end',
      part: 'action',
      title: 'End it',
      effect: 'change',
      simulated: false,
      item: undefined,
      warning: undefined,
      target: undefined,
      action: { kind: 'shell', timeoutMs: 7_000 },
      preview: { rows: [{ pid: 7, age: 1 }], row_count: 1, freshForMs: 5_000 },
    });
  });

  test.each([
    ['undo: { sql: SELECT back() }, sql: SELECT f()', 'It can be undone afterwards: SELECT back()'],
    ["undo: { shell: ' undo it ' }, sql: SELECT f()", 'It can be undone afterwards: undo it'],
    [
      'undo: { sql: "SELECT back(${{ run.id }}, ${{ 1 + 1 }})" }, sql: SELECT f()',
      "It can be undone afterwards: SELECT back('r1', 2)",
    ],
    [
      'undo: { shell: "echo ${{ \'a b\' }}" }, sql: SELECT f()',
      "It can be undone afterwards: echo 'a b'",
    ],
    ['undo: { none: It is gone. }, sql: SELECT f()', 'It is gone.'],
    ['sql: SELECT f()', undefined],
  ])('how it can be undone: %s', (does, text) => {
    const run = stepping(`  - { id: one, effect: change, on: db, ${does} }\n`);
    expect(gate(run)?.undo).toBe(text);
  });

  test('the undo of a change, which no rows are too old for, and which has no undo', () => {
    const run = atGate();
    confirm(run);
    run.send({ type: 'SUCCEEDED', result: { stdout: '' }, at: '', elapsedMs: 0 });
    run.send({ type: 'UNDO.end' });
    expect(gate(run)).toMatchObject({
      part: 'undo',
      undo: undefined,
      target: { name: 'db' },
      action: { kind: 'sql', values: [7], timeoutMs: 3_000 },
      preview: { freshForMs: Number.MAX_SAFE_INTEGER },
    });
  });

  test('in a dry run nothing that has to be typed', () => {
    const steps = `  - { id: drop, effect: destructive, sql: SELECT f() }\n${AFTER}`;
    const run = stepping(steps, { auto: false }, { mode: 'dry-run' });
    run.send({ type: 'CONTINUE' });
    expect(gate(run)).toMatchObject({ simulated: true, level: 'key', phrase: undefined });
    expect(gate(stepping(steps))).toMatchObject({ simulated: false, level: 'type' });
  });

  test('nothing of rows where there are none', () => {
    const run = stepping(`  - { id: one, effect: change, sql: SELECT f() }\n`);
    expect(gate(run)?.preview).toBeUndefined();
    expect(gate(run)?.changes).toBeUndefined();
  });
});

describe('a confirmation is of', () => {
  const script = { id: 'one', effect: 'change', shell: 'date > /tmp/x' };

  test('what runs here, where no target is named', () => {
    const run = stepping(`  - ${JSON.stringify(script)}\n`);
    const { action, digest } = gate(run) ?? {};
    if (action === undefined) throw new Error('there is no gate');
    expect(digest).toBe(digestOf({ step: 'one', action, where: 'here', rows: [] }, sha256));
  });

  test('what is done, not of its undo', () => {
    const run = stepping(
      `  - { id: one, effect: change, sql: SELECT f(), undo: { sql: SELECT f() } }\n${AFTER}`,
    );
    const { action, digest } = gate(run) ?? {};
    confirm(run);
    run.rows();
    run.send({ type: 'UNDO.one' });
    expect(gate(run)?.action).toEqual({ ...action, origin: expect.anything() });
    expect(gate(run)?.digest).not.toBe(digest);
  });

  test('rows from one server, also where a script acts on them', () => {
    expect(gate(atGate(KILL, 'one'))?.digest).not.toBe(gate(atGate(KILL, 'two'))?.digest);
    expect(gate(atGate(KILL, 'one'))?.digest).toBe(gate(atGate(KILL, 'one'))?.digest);
  });

  test('rows without what only informs', () => {
    const digestWith = (row: object) => gate(atGate(KILL, 'one', row))?.digest;
    expect(digestWith({ pid: 7, age: 9 })).toBe(digestWith({ pid: 7, age: 1 }));
    expect(digestWith({ pid: 7, age: 1, app: 'x' })).not.toBe(digestWith({ pid: 7, age: 1 }));
  });

  test('a change on one server', () => {
    const digestOn = (server: string) => {
      const run = stepping(`  - { id: one, on: db, effect: change, sql: SELECT f() }\n`);
      reaches(run, server);
      run.send({ type: 'REFRESH' });
      return gate(run)?.digest;
    };
    expect(digestOn('one')).not.toBe(digestOn('two'));
    expect(digestOn('one')).toBe(digestOn('one'));
  });
});

describe('a gate that is put again says', () => {
  test('that a row was added, gone or changed, and nothing of the server', () => {
    const run = atGate();
    run.send({ type: 'REFRESH' });
    run.rows({ pid: 8, age: 1 });
    expect(gate(run)?.changes).toEqual({
      server: false,
      rows: { changed: [], gone: [{ pid: 7, age: 1 }], added: [{ pid: 8, age: 1 }] },
    });
  });

  test('that the rows are the same, from another server', () => {
    const run = atGate();
    reaches(run, 'two');
    run.send({ type: 'REFRESH' });
    run.rows({ pid: 7, age: 2 });
    expect(gate(run)?.changes).toEqual({ server: true, rows: undefined });
  });

  test('nothing where there is no difference', () => {
    const run = stepping(`  - { id: one, effect: change, sql: SELECT f() }\n`);
    run.send({ type: 'REFRESH' });
    expect(gate(run)).toMatchObject({ changes: undefined });
  });

  test('what was different before it was put the last time, and no longer what was before that', () => {
    const run = atGate();
    run.send({ type: 'REFRESH' });
    run.rows({ pid: 8, age: 1 });
    run.send({ type: 'REFRESH' });
    run.rows({ pid: 8, age: 1 });
    expect(gate(run)?.changes).toBeUndefined();
  });

  test('what changed since it was shown, also when it could not be read in between', () => {
    const run = atGate();
    run.send({ type: 'REFRESH' });
    run.rows({ pid: 8, age: 1 }, { pid: 9, age: 1 }, { pid: 10, age: 1 });
    expect(asked(run)).toMatchObject({
      for: 'failure',
      error: {
        kind: 'too_many_rows',
        message: 'the preview has 3 rows, more than the 2 this step may touch',
        hint: 'narrow it down, or act on these by hand',
      },
    });
  });
});

describe('an undo on another server', () => {
  const CHANGE = `
  - { id: one, on: db, effect: change, sql: SELECT f(), undo: { sql: SELECT back() } }
  - { id: look, on: db, effect: read, sql: SELECT 1 }
`;

  /** Has changed something, then the target was edited to lead to this host. */
  function movedTo(facts: object): Stepper {
    const run = stepping(CHANGE);
    confirm(run);
    run.rows();
    run.send(failure('refused'));
    const { db } = run.at.snapshot.context.targets;
    if (db === undefined) throw new Error('there is no db');
    run.send({ type: 'EDIT', inputs: {}, targets: { db: { ...db, ...facts } } });
    run.send(failure('refused'));
    run.send({ type: 'UNDO.one' });
    return run;
  }

  test('is refused, and says which it was', () => {
    const run = movedTo({ host: 'db2', description: 'postgres oncall@db2:5432/shop' });
    expect(asked(run)?.error).toEqual({
      kind: 'config',
      message:
        'it ran on postgres oncall@db1:5432/shop, and db is postgres oncall@db2:5432/shop now',
    });
  });

  test('is not refused where it is the same place under another description', () => {
    expect(gate(movedTo({ description: 'the shop' }))).toMatchObject({ part: 'undo' });
  });
});

test('an undo on a target that is no database is not refused when that is described anew', () => {
  const app = {
    ...{ name: 'app', engine: null, host: null, port: null, database: null, user: null },
    description: 'here',
  };
  const run = new Stepper(
    parsed(`
name: script
title: A script
summary: It runs here.
targets: { app: { local: true } }
steps:
  - { id: one, on: app, effect: change, shell: date > /tmp/x, undo: { shell: rm /tmp/x } }
  - { id: two, manual: Look. }
`),
    { targets: { app } },
  );
  confirm(run);
  run.send({ type: 'SUCCEEDED', result: { stdout: '' }, at: '', elapsedMs: 0 });
  run.send({ type: 'CONNECTED', target: 'app', facts: { ...app, host: 'web1' } });
  run.send({ type: 'UNDO.one' });
  expect(gate(run)).toMatchObject({ part: 'undo', action: { kind: 'shell' } });
});

test('a change is not shown before it is known which engine it is for', () => {
  const run = new Stepper(
    parsed(`
name: texts
title: Two texts
summary: It depends on the server.
targets: { db: { database: mysql://oncall@db1/shop } }
steps:
  - { id: one, on: db, effect: change, sql: { mysql: SELECT 1, mariadb: SELECT 2 } }
`),
    {
      targets: {
        db: {
          name: 'db',
          engine: 'mysql',
          host: 'db1',
          port: 3306,
          database: 'shop',
          user: 'oncall',
          description: 'mysql oncall@db1:3306/shop',
        },
      },
    },
  );
  expect(run.state).toBe('one.connecting');
  run.rows();
  expect(run.state).toBe('one.failed');
  expect(asked(run)?.error).toEqual({
    kind: 'config',
    message: 'which engine the server is, is not known',
  });
  expect(executed(run)).toEqual([]);
});

test('in a runbook that runs as a step, a phrase is the step as that runbook calls it', () => {
  const child = `
name: child
title: Child
summary: It changes.
targets: { own: { database: 'mysql://oncall@db1/shop' } }
steps:
  - { id: look, probe: { tcp: { host: localhost, port: 1 } } }
  - { id: script, effect: read, shell: date }
  - { id: drop, on: own, effect: destructive, sql: SELECT f() }
`;
  const run = stepping('  - { id: call, runbook: child }\n', {}, { others: { child } });
  expect(executed(run)[0]?.action).toMatchObject({ kind: 'probe' });
  expect(executed(run)[0]?.action).not.toHaveProperty('target');
  run.send({ type: 'SUCCEEDED', result: { ms: 1 }, at: '', elapsedMs: 0 });
  run.send({ type: 'SUCCEEDED', result: { stdout: '' }, at: '', elapsedMs: 0 });
  expect(gate(run)).toMatchObject({
    step: 'call/drop',
    phrase: 'drop',
    action: { target: 'call/own' },
  });
});
