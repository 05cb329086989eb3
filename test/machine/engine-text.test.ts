import { describe, expect, test } from 'vitest';
import { differsByServer, engineOf, isEngineOpen } from '#machine/context/open-engine.ts';
import { isOtherServer } from '#machine/context/reached-server.ts';
import type { MachineContext, TargetFacts } from '#machine/context.ts';
import { placedSteps } from '#machine/placed-step.ts';
import type { Body } from '#runbook/model/runbook.ts';
import { parsed, Stepper } from '../fixtures/compiled.ts';

const HEAD = `
name: texts
title: Texts
summary: They depend on the server.
targets: { db: { database: mysql://oncall@db1/shop } }
steps:
`;

function bodyOf(does: string): Body {
  const [step] = parsed(`${HEAD}  - { id: one, ${does} }\n`).steps;
  if (step === undefined || !('body' in step.does)) throw new Error('it executes nothing');
  return step.does.body;
}

const BOTH = bodyOf('on: db, effect: read, sql: { mysql: SELECT 1, mariadb: SELECT 2 }');

describe('a text differs by the server', () => {
  test.each([
    ['on: db, effect: read, sql: { mysql: SELECT 1, mariadb: SELECT 2 }', true],
    ['on: db, effect: read, sql: SELECT 1', false],
    ['on: db, effect: read, sql: { mysql: SELECT 1 }', false],
    ['on: db, effect: read, sql: { mariadb: SELECT 1 }', true],
    ['effect: read, shell: date', false],
  ])('%s: %s', (does, differs) => {
    expect(differsByServer(bodyOf(does))).toBe(differs);
  });

  test('never without one', () => {
    expect(differsByServer(undefined)).toBe(false);
  });
});

describe('a connection is needed first', () => {
  const db: TargetFacts = {
    name: 'db',
    engine: 'mysql',
    host: 'db1',
    port: 3306,
    database: 'shop',
    user: 'oncall',
    description: 'mysql oncall@db1:3306/shop',
  };
  const run = new Stepper(parsed(`${HEAD}  - { id: one, manual: Look. }\n`), { targets: { db } });
  const step = placedSteps(parsed(`${HEAD}  - { id: one, manual: Look. }\n`)).get('one');
  if (step === undefined) throw new Error('there is no step');
  const at = (targets: MachineContext['targets'], visit = {}): MachineContext => {
    const { context } = run.at.snapshot;
    return { ...context, targets, visit: { ...context.visit, ...visit } };
  };
  const undoing = (then: TargetFacts) => ({
    undoing: {
      item: undefined,
      visit: { attempt: 1 },
      frame: { inputs: {}, targets: { db: then }, steps: {}, visits: {} },
      frames: {},
    },
  });
  const known: TargetFacts = { ...db, engine: 'mariadb', isConnected: true };

  test.each<[string, MachineContext, boolean]>([
    ['for a server that may be one or the other', at({ db }), true],
    ['for one that may be the other', at({ db: { ...db, engine: 'mariadb' } }), true],
    ['not for a server that has said which it is', at({ db: known }), false],
    ['not for another engine', at({ db: { ...db, engine: 'postgres' } }), false],
    ['not for a target that nobody knows', at({}), false],
    ['not to undo what ran where it was known', at({ db }, undoing(known)), false],
    ['not to undo what is known by now', at({ db: known }, undoing(db)), false],
    ['to undo where it was not known', at({ db }, undoing(db)), true],
  ])('%s', (_, context, isOpen) => {
    expect(isEngineOpen(context, step, BOTH)).toBe(isOpen);
  });

  test('and the engine is that of the server now, or of where it ran', () => {
    expect(engineOf(at({ db }), step, BOTH)).toBe('mysql');
    expect(engineOf(at({ db: { ...db, engine: null } }), step, BOTH)).toBeUndefined();
    expect(engineOf(at({}), step, BOTH)).toBeUndefined();
    expect(engineOf(at({ db }, undoing(known)), step, BOTH)).toBe('mariadb');
    const away: TargetFacts = { ...db, engine: 'mysql', isConnected: true };
    expect(engineOf(at({ db: away }, undoing(known)), step, BOTH)).toBe('mysql');
  });
});

test.each([
  ['one', 'two', true],
  ['one', 'one', false],
  ['one', undefined, false],
  [undefined, 'two', false],
  [undefined, undefined, false],
])('from the server %s to %s is another one: %s', (then, now, isOther) => {
  expect(isOtherServer(then, now)).toBe(isOther);
});
