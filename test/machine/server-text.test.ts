import { describe, expect, test } from 'vitest';
import type { TargetFacts } from '#machine/context.ts';
import { parsed, Stepper } from '../fixtures/compiled.ts';
import { asked, executed, failure, gate } from '../fixtures/orders-runbook.ts';

const DB: TargetFacts = {
  name: 'db',
  engine: 'mysql',
  host: 'db1',
  port: 3306,
  database: 'shop',
  user: 'oncall',
  description: 'mysql oncall@db1:3306/shop',
};

const TEXTS = '{ mysql: SELECT 1, mariadb: SELECT 2 }';
const READ = `
name: texts
title: Two texts
summary: It depends on the server.
targets: { db: { database: mysql://oncall@db1/shop } }
steps:
  - { id: look, on: db, effect: read, sql: ${TEXTS} }
  - { id: after, manual: Look. }
`;
const CHANGE = READ.replace('read', 'change');
const BY_ROWS = READ.replace(
  `read, sql: ${TEXTS}`,
  `change, preview: { sql: ${TEXTS} }, sql: 'SELECT f(\${{ preview.row.n }})'`,
);
const UNDONE = READ.replace(
  `read, sql: ${TEXTS}`,
  `change, sql: SELECT do_it(), undo: { sql: ${TEXTS} }`,
);

const BOTH = `{ postgres: SELECT 0, mysql: SELECT 1, mariadb: SELECT 2 }`;
const UNDONE_BY_ENGINE = UNDONE.replace('SELECT do_it()', BOTH).replace(TEXTS, BOTH);

function onMysql(steps: string, facts: Partial<TargetFacts> = {}): Stepper {
  return new Stepper(parsed(steps), { targets: { db: { ...DB, ...facts } } });
}

/** The server says which of both it is. */
function answers(run: Stepper, engine: 'mysql' | 'mariadb'): void {
  const facts = { ...DB, engine, isConnected: true } as const;
  run.send({ type: 'CONNECTED', target: 'db', facts });
  run.rows();
}

describe('a statement with a text for MySQL and one for MariaDB', () => {
  test.each([
    ['mysql', 'SELECT 1'],
    ['mariadb', 'SELECT 2'],
  ] as const)('is read on %s after the server was asked', (engine, text) => {
    const run = onMysql(READ);
    expect(executed(run)).toMatchObject([
      { part: 'action', action: { kind: 'connect', target: 'db' } },
    ]);
    answers(run, engine);
    expect(executed(run)).toMatchObject([{ action: { kind: 'sql', text } }]);
    run.rows({ n: 1 });
    expect(run.state).toBe('after.asking');
  });

  test('is shown on a gate after the server was asked, by a read', () => {
    const run = onMysql(CHANGE);
    expect(run.state).toBe('look.connecting');
    expect(executed(run)).toMatchObject([
      { part: 'action', effect: 'read', action: { kind: 'connect' } },
    ]);
    answers(run, 'mariadb');
    expect(gate(run)).toMatchObject({ action: { kind: 'sql', text: 'SELECT 2' } });
    run.send({ type: 'CONFIRM', digest: gate(run)?.digest ?? '' });
    expect(executed(run)).toMatchObject([{ effect: 'change', action: { text: 'SELECT 2' } }]);
  });

  test.each(['shell: ls', 'sql: { mysql: SELECT 3 }'])(
    'is shown on a gate after the server was asked, with rows that told nothing of it: %s',
    (preview) => {
      const run = onMysql(CHANGE.replace('change,', `change, preview: { ${preview} },`));
      expect(run.state).toBe('look.previewing');
      run.rows({ n: 1 });
      expect(run.state).toBe('look.connecting');
      answers(run, 'mariadb');
      expect(gate(run)).toMatchObject({
        action: { text: 'SELECT 2' },
        preview: { rows: [{ n: 1 }] },
      });
      run.send({ type: 'CONFIRM', digest: gate(run)?.digest ?? '' });
      run.rows({ n: 1 });
      expect(executed(run)).toMatchObject([{ effect: 'change', action: { text: 'SELECT 2' } }]);
    },
  );

  test.each([READ, CHANGE])('needs no question where the server is known', (steps) => {
    const run = onMysql(steps, { engine: 'mariadb', isConnected: true });
    const reads = executed(run).map(({ action }) => action);
    expect(reads).toHaveLength(steps === READ ? 1 : 0);
    const action = reads[0] ?? gate(run)?.action;
    expect(action).toMatchObject({ kind: 'sql', text: 'SELECT 2' });
  });

  test.each([
    ['fails', failure('refused')],
    ['is not heard of', { ...failure('refused'), type: 'UNKNOWN' }],
  ] as const)('changes nothing when the connection %s', (_, event) => {
    const run = onMysql(CHANGE);
    run.send(event);
    expect(run.state).toBe('look.failed');
    expect(asked(run)).toMatchObject({ for: 'failure', error: { kind: 'refused' } });
  });

  test('connects again in a later process', () => {
    const run = onMysql(CHANGE);
    run.send({ type: 'INTERRUPTED', started: true });
    expect(executed(run)).toMatchObject([{ action: { kind: 'connect' } }]);
  });

  test('finds the rows of a change after the server was asked', () => {
    const run = onMysql(BY_ROWS);
    expect(executed(run)).toMatchObject([{ part: 'preview', action: { kind: 'connect' } }]);
    answers(run, 'mariadb');
    expect(executed(run)).toMatchObject([{ part: 'preview', action: { text: 'SELECT 2' } }]);
    run.rows({ n: 1 });
    expect(run.state).toBe('look.gate');
  });

  test('undoes a change after the server was asked', () => {
    const run = onMysql(UNDONE);
    const confirm = () => run.send({ type: 'CONFIRM', digest: gate(run)?.digest ?? '' });
    confirm();
    run.rows();
    run.send({ type: 'UNDO.look' });
    expect(executed(run)).toMatchObject([{ part: 'undo', action: { kind: 'connect' } }]);
    answers(run, 'mariadb');
    expect(gate(run)).toMatchObject({ part: 'undo', action: { text: 'SELECT 2' } });
    confirm();
    expect(executed(run)).toMatchObject([{ part: 'undo', action: { text: 'SELECT 2' } }]);
  });

  test.each([
    [
      'checks an action',
      READ.replace(
        `sql: ${TEXTS}`,
        `sql: SELECT 9, verify: { sql: ${TEXTS}, until: result.row.ok }`,
      ),
    ],
    [
      'waits',
      READ.replace(
        `effect: read, sql: ${TEXTS}`,
        `wait: { sql: ${TEXTS}, until: result.row.ok, within: 1m }`,
      ),
    ],
  ])('%s after the server was asked', (_, steps) => {
    const run = onMysql(steps);
    if (run.state === 'look.running') run.rows({ n: 1 });
    expect(executed(run)).toMatchObject([{ part: 'verify', action: { kind: 'connect' } }]);
    answers(run, 'mariadb');
    expect(executed(run)).toMatchObject([{ part: 'verify', action: { text: 'SELECT 2' } }]);
    run.rows({ ok: true });
    expect(run.state).toBe('after.asking');
  });
});

/** The target leads to another server from now on. */
function leadsTo(run: Stepper, engine: 'mysql' | 'mariadb', server: string): void {
  const facts = { ...DB, engine, server, isConnected: true } as const;
  run.send({ type: 'CONNECTED', target: 'db', facts });
}

function confirm(run: Stepper): void {
  const { digest = '', phrase } = run.at.snapshot.context.visit.pending ?? {};
  run.send({ type: 'CONFIRM', digest, phrase, previewAgeMs: 0 });
}

const SWITCHED = { kind: 'other_server', message: 'it is another server' } as const;

describe('after a switch from MySQL to MariaDB', () => {
  const TWO = CHANGE.replace(`sql: ${TEXTS}`, `sql: ${TEXTS}, undo: { sql: ${TEXTS} }`);
  const onFirst = { server: 'one', isConnected: true } as const;

  test.each([
    ['is known before the confirmation', (run: Stepper) => leadsTo(run, 'mariadb', 'two')],
    ['shows right before it runs', () => {}],
  ])("a change is never made with MySQL's text: it %s", (_, switched) => {
    const run = onMysql(TWO, onFirst);
    const shown = gate(run);
    expect(shown).toMatchObject({ action: { text: 'SELECT 1' } });
    switched(run);
    confirm(run);
    for (const { server } of executed(run)) expect(server).toBe('one');
    if (run.state === 'look.running') {
      leadsTo(run, 'mariadb', 'two');
      run.send({ type: 'FAILED', error: SWITCHED, elapsedMs: 0, random: 0 });
    }
    expect(executed(run)).toEqual([]);
    expect(gate(run)).toMatchObject({ action: { text: 'SELECT 2' }, changes: { server: true } });
    expect(gate(run)?.digest).not.toBe(shown?.digest);
    confirm(run);
    expect(executed(run)).toMatchObject([{ action: { text: 'SELECT 2' }, server: 'two' }]);
  });

  test.each([
    ['before it is asked for', (run: Stepper) => leadsTo(run, 'mariadb', 'two')],
    ['at its gate', () => {}],
  ])("an undo has MariaDB's text, on a gate that names the server: %s", (_, switched) => {
    const run = onMysql(TWO, onFirst);
    confirm(run);
    run.rows();
    switched(run);
    run.send({ type: 'UNDO.look' });
    if (gate(run)?.changes === undefined) {
      leadsTo(run, 'mariadb', 'two');
      confirm(run);
    }
    expect(executed(run)).toEqual([]);
    expect(gate(run)).toMatchObject({
      ...{ part: 'undo', action: { text: 'SELECT 2' }, changes: { server: true } },
    });
    confirm(run);
    expect(executed(run)).toMatchObject([{ action: { text: 'SELECT 2' }, server: 'two' }]);
  });

  test.each(['verify', 'wait'])("`again` in a %s reads with MariaDB's text", (part) => {
    const look = `{ id: look, on: db, effect: read, sql: ${TEXTS} }`;
    const again = '{ again: look, until: result.row.ok';
    const repeats =
      part === 'wait'
        ? `{ id: repeats, wait: ${again}, within: 1m } }`
        : `{ id: repeats, on: db, effect: change, sql: SELECT 9, verify: ${again} } }`;
    const steps = READ.replace(/ {2}- \{ id: look.*\n/, `  - ${look}\n  - ${repeats}\n`);
    const run = onMysql(steps, onFirst);
    expect(executed(run)).toMatchObject([{ action: { text: 'SELECT 1' } }]);
    leadsTo(run, 'mariadb', 'two');
    run.rows({ ok: false });
    if (part === 'verify') {
      confirm(run);
      run.rows();
    }
    expect(executed(run)).toMatchObject([
      { effect: 'read', action: { text: 'SELECT 2', readOnly: true } },
    ]);
  });
});

describe('a gate tells how a change is undone', () => {
  test.each([
    ['mysql', 'SELECT 1'],
    ['mariadb', 'SELECT 2'],
  ] as const)('in the words of %s', (engine, text) => {
    const run = onMysql(UNDONE_BY_ENGINE);
    answers(run, engine);
    expect(gate(run)?.undo).toBe(`It can be undone afterwards: ${text}`);
  });

  test('and that it depends on the server, until that is known', () => {
    expect(gate(onMysql(UNDONE))?.undo).toBe(
      'It can be undone afterwards; the statement depends on whether the server is MySQL or MariaDB.',
    );
  });
});
