import { expect, test } from 'vitest';
import type { GateView } from '#events/view/run-view.ts';
import type { TargetFacts } from '#machine/context.ts';
import { changeOf, placesOf } from '#run/changes/identity.ts';

type Changes = { readonly values?: readonly string[]; readonly pids?: readonly number[] };

/** A gate that ends the listed sessions, with the other values of its statement. */
function gateOf({ values = [], pids }: Changes = {}): GateView {
  const at = '2026-11-21T03:12:00.000Z';
  const rows = (pids ?? []).map((pid) => ({ pid }));
  return {
    ...{ step: 'end', title: 'End them', effect: 'change', digest: 'd', level: 'key', at, seq: 1 },
    action: {
      ...{ kind: 'sql', text: `SELECT ${rows.length}`, where: 'db · postgres kim@db1:5432/shop' },
      values: [...rows.map(({ pid }) => String(pid)), ...values],
    },
    ...(pids === undefined ? {} : { preview: { columns: ['pid'], rows, freshForMs: 1, at } }),
  };
}

test('a change is the same with other rows of its preview, and another one with other values', () => {
  const listed = changeOf('pool', gateOf({ pids: [7, 8], values: ['10m'] }));
  expect(changeOf('pool', gateOf({ pids: [9], values: ['10m'] }))).toBe(listed);
  expect(changeOf('pool', gateOf({ pids: [7, 8], values: ['5m'] }))).not.toBe(listed);
  expect(changeOf('other', gateOf({ pids: [7, 8], values: ['10m'] }))).not.toBe(listed);
  const plain = changeOf('pool', gateOf({ values: ['a'] }));
  expect(changeOf('pool', gateOf({ values: ['a'] }))).toBe(plain);
  expect(changeOf('pool', gateOf({ values: ['b'] }))).not.toBe(plain);
});

const DB: TargetFacts = {
  ...{ name: 'db', engine: 'postgres', host: 'db1', port: 5432, database: 'shop', user: 'kim' },
  description: 'postgres kim@db1:5432/shop',
};

test('a database is the same place for every login, and by the identity of its server', () => {
  const places = (facts: Partial<TargetFacts>, where: string) =>
    placesOf({ action: { ...gateOf().action, where } }, { db: { ...DB, ...facts } }, 'desk');
  const kims = places({}, 'db · postgres kim@db1:5432/shop');
  const bos = { user: 'bo', description: 'postgres bo@db1:5432/shop' };
  expect(places(bos, 'db · postgres bo@db1:5432/shop')).toEqual(kims);
  const known = places({ server: 's1' }, 'db · postgres kim@db1:5432/shop');
  expect(known).toEqual([...kims, 's1/shop']);
  expect(places({ host: 'localhost' }, `db · ${DB.description}`)).not.toEqual(kims);
});

test('what is local is another place on another machine, and a request is at its origin', () => {
  const action = { ...gateOf().action, kind: 'shell', where: 'local · this machine' } as const;
  expect(placesOf({ action }, {}, 'desk')).toEqual(['this machine of desk']);
  expect(placesOf({ action }, {}, 'laptop')).not.toEqual(placesOf({ action }, {}, 'desk'));
  const request = { ...action, kind: 'http', text: 'PUT https://api:8443/flags/a\na: b' } as const;
  expect(placesOf({ action: request }, {}, 'desk')).toEqual(['https://api:8443']);
});

test('a gate for several items is at the place of each', () => {
  const action = { ...gateOf().action, kind: 'shell', where: '2 places' } as const;
  const items = [
    { label: 'one', where: 'ssh kim@one' },
    { label: 'two', where: 'ssh kim@two' },
  ];
  expect(placesOf({ action, items }, {}, 'desk')).toEqual(['ssh one', 'ssh two']);
});

test.each<[string | null, string]>([
  [null, 'desk'],
  ['localhost', 'desk'],
  ['127.0.0.1', 'desk'],
  ['127.1.2.3', 'desk'],
  ['::1', 'desk'],
  ['/var/run/postgresql', 'desk'],
  ['db1', 'db1'],
  ['mylocalhost', 'mylocalhost'],
  ['localhost.example', 'localhost.example'],
  ['10.127.0.1', '10.127.0.1'],
  ['fe80::1', 'fe80::1'],
])('a database at %s is a place of %s', (host, named) => {
  const action = { ...gateOf().action, where: `db · ${DB.description}` };
  const facts = { db: { ...DB, host } };
  expect(placesOf({ action }, facts, 'desk')).toEqual([`postgres ${named}:5432/shop`]);
});

test('the place of a database is that of its own target, and names what is known of it', () => {
  const other = { ...DB, name: 'copy', host: 'db2', description: 'postgres kim@db2:5432/shop' };
  const action = { ...gateOf().action, where: `copy · ${other.description}` };
  expect(placesOf({ action }, { db: DB, copy: other }, 'desk')).toEqual(['postgres db2:5432/shop']);
  const bare = { ...other, port: null, database: null, server: 's2' };
  expect(placesOf({ action }, { copy: bare }, 'desk')).toEqual(['postgres db2:/', 's2/']);
});

test('what the names of places contain is read at their beginning', () => {
  const at = (where: string) =>
    placesOf({ action: { ...gateOf().action, kind: 'shell', where } }, {}, 'desk');
  expect(at('app · docker web')).toEqual(['docker web of desk']);
  expect(at('ssh kim@not-this machine')).toEqual(['ssh not-this machine']);
  expect(at('kubernetes ssh kim@a')).toEqual(['kubernetes ssh kim@a']);
});

test('a change without rows is its text, and one of a script with rows its values no more', () => {
  const { preview, action, ...gate } = gateOf({ pids: [7] });
  const textOf = (text: string) => changeOf('pool', { ...gate, action: { ...action, text } });
  expect(textOf('a')).not.toBe(textOf('b'));
  if (preview === undefined) throw new Error('it has no rows');
  const script = (values: readonly string[]) =>
    changeOf('pool', { ...gate, preview, action: { ...action, kind: 'shell', values } });
  expect(script(['x'])).toBe(script(['y']));
});
