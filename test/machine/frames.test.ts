import { describe, expect, test } from 'vitest';
import { connected, isSamePlace } from '#machine/context/frames.ts';
import type { ChildFrame, MachineContext, TargetFacts } from '#machine/context.ts';

const DB: TargetFacts = {
  name: 'db',
  engine: 'postgres',
  host: 'db1',
  port: 5432,
  database: 'shop',
  user: 'oncall',
  description: 'as written',
};
const OTHER: TargetFacts = { ...DB, name: 'other', host: 'db2' };
/** Nothing is known of it before it is connected to. */
const UNKNOWN: TargetFacts = {
  name: 'open',
  engine: null,
  host: null,
  port: null,
  database: null,
  user: null,
  description: 'open',
};
const LEARNT: TargetFacts = { ...DB, description: 'PostgreSQL 18', isConnected: true };

function context(targets: MachineContext['targets'], inner: MachineContext['targets'] = {}) {
  const frame: ChildFrame = {
    inputs: {},
    targets: inner,
    steps: {},
    visits: {},
    findings: [],
    caller: { attempt: 1 },
  };
  const base: MachineContext = {
    run: { id: 'r1', operator: 'ada', started_at: '' },
    inputs: {},
    targets,
    steps: {},
    visits: {},
    frames: { call: frame },
    auto: true,
    stopping: false,
    visit: { attempt: 1 },
    slots: {},
    undoable: {},
    unsettled: {},
  };
  return base;
}

function learnt(before: MachineContext, target: string) {
  const after = connected(before, target, LEARNT);
  return { own: after.targets, inner: after.frames.call?.targets };
}

describe('a connection is known', () => {
  test('to its target, and to no other place', () => {
    const before = context({ db: DB, other: OTHER }, { theirs: OTHER });
    expect(learnt(before, 'db')).toEqual({
      own: { db: LEARNT, other: OTHER },
      inner: { theirs: OTHER },
    });
  });

  test('to all targets that are the same place, each by its name', () => {
    const before = context({ db: DB }, { theirs: { ...DB, name: 'theirs' } });
    const known = { own: { db: LEARNT }, inner: { theirs: { ...LEARNT, name: 'theirs' } } };
    expect(learnt(before, 'db')).toEqual(known);
    expect(learnt(before, 'call/theirs')).toEqual(known);
  });

  test('to a target of which nothing was known, and to no other such target', () => {
    const before = context({ open: UNKNOWN, more: UNKNOWN }, { open: UNKNOWN });
    expect(learnt(before, 'open')).toEqual({
      own: { open: { ...LEARNT, name: 'open' }, more: UNKNOWN },
      inner: { open: UNKNOWN },
    });
    expect(learnt(before, 'call/open')).toEqual({
      own: { open: UNKNOWN, more: UNKNOWN },
      inner: { open: { ...LEARNT, name: 'open' } },
    });
  });

  test('to a target that the runbook does not name, unless another runbook does', () => {
    const before = context({ other: OTHER });
    expect(learnt(before, 'local').own).toEqual({ other: OTHER, local: LEARNT });
    expect(learnt(before, 'gone/local').own).toEqual({ other: OTHER });
  });
});

describe('two targets are the same place', () => {
  test('when all that leads there is the same', () => {
    expect(isSamePlace(DB, { ...DB, name: 'x', description: 'y', engine: 'mysql' })).toBe(true);
  });

  test.each([{ host: 'db2' }, { port: 5433 }, { database: 'other' }, { user: 'ada' }])(
    'not with %o',
    (other) => {
      expect(isSamePlace(DB, { ...DB, ...other })).toBe(false);
    },
  );

  test('never where one of them is no known place', () => {
    expect(isSamePlace(DB, undefined)).toBe(false);
    expect(isSamePlace({ ...DB, engine: null }, DB)).toBe(false);
    expect(isSamePlace(DB, { ...DB, engine: null })).toBe(false);
  });
});

test('a target that logs in as somebody else than a connection did keeps its own login', () => {
  const app = { ...DB, name: 'app' };
  const unnamed = { ...DB, name: 'app', user: null };
  const reserve = { ...LEARNT, user: 'postgres' };
  const { targets, frames } = connected(context({ db: DB }, { app }), 'db', reserve);
  expect(targets.db).toEqual({ ...reserve, name: 'db' });
  expect(Object.values(frames)[0]?.targets.app).toEqual(app);
  const login = { ...DB, user: null };
  const named = connected(context({ db: login, app: unnamed }), 'db', LEARNT);
  expect(named.targets.app).toEqual({ ...LEARNT, name: 'app' });
});
