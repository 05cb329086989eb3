import { expect, test } from 'vitest';
import { parsed, Stepper } from '../fixtures/compiled.ts';
import { asked, executed, failure } from '../fixtures/orders-runbook.ts';

const CHECKED = `
name: checked
title: Checked
summary: Needs something.
prerequisites:
  - A cup of coffee
  - { text: The database can be reached, sql: SELECT 1 AS one, on: db, expect: result.row.one == 1 }
targets: { db: { database: postgres://localhost/shop } }
steps:
  - { id: look, effect: read, sql: SELECT 2 }
`;

test('what has to be there is looked at before the first step', () => {
  const run = new Stepper(parsed(CHECKED));
  expect(executed(run)).toMatchObject([{ step: 'prerequisite-2', effect: 'read' }]);
  run.rows({ one: 1 });
  expect(executed(run)).toMatchObject([{ step: 'look' }]);
});

test('what is not there is said, and the operator decides', () => {
  const run = new Stepper(parsed(CHECKED));
  run.send(failure('refused'));
  expect(asked(run)).toMatchObject({
    step: 'prerequisite-2',
    for: 'failure',
    why: { kind: 'prerequisite' },
    error: { kind: 'refused' },
  });
  run.send({ type: 'RETRY' });
  run.rows({ one: 2 });
  expect(asked(run)).toMatchObject({ why: { kind: 'prerequisite' } });
  run.send({ type: 'SKIP', reason: 'it will do' });
  expect(executed(run)).toMatchObject([{ step: 'look' }]);
});

test('it waits for Enter where reads do', () => {
  const run = new Stepper(parsed(CHECKED), { auto: false });
  expect(asked(run)).toMatchObject({ step: 'prerequisite-2', for: 'start' });
});
