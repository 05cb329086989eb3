import { expect, test } from 'vitest';
import { emptyLog } from '../fixtures/event-log.ts';
import { frameOf } from '../fixtures/frame.tsx';
import { insideChild } from '../fixtures/inside-log.ts';
import { RUN_STARTED } from '../fixtures/pool-exhausted-steps.ts';

const RDS = 'shop-prod-1.cluster-c9zqexample.eu-central-1.rds.amazonaws.com';

function headerOf(host: string, columns: number, more: object = {}): string {
  const port = 6543;
  const log = emptyLog().add({
    ...RUN_STARTED,
    stepwise: true,
    environment: 'prod',
    targets: [
      {
        name: 'db',
        description: `postgres 18.4 reporting_role@${host}:${port}/shop_production`,
        engine: 'postgres',
        host,
        port,
        database: 'shop_production',
        user: 'reporting_role',
      },
      { name: 'host', description: 'this machine' },
      ...('others' in more ? [{ name: 'app', description: 'ssh deploy@web-7.internal' }] : []),
    ],
  });
  return frameOf(log, { columns }).split('\n')[0] ?? '';
}

test.each([80, 100, 120, 200])(
  'at %s columns engine, host, database and LIVE are whole, whatever else is',
  (columns) => {
    for (const host of ['10.0.3.7', 'db1.internal.example.com']) {
      const header = headerOf(host, columns);
      expect(header).toMatch(new RegExp(`postgres .*${host}.*/shop_production`));
      expect(header).toContain(' prod  LIVE  STEP');
      expect(header.length).toBeLessThanOrEqual(columns);
    }
  },
);

test.each([
  [200, 'Connection pool exhausted  postgres 18.4 reporting_role@10.0.3.7:6543/shop_production'],
  [100, 'postgres 10.0.3.7:6543/shop_production'],
  [80, 'postgres 10.0.3.7:6543/shop_production'],
  [74, 'postgres 10.0.3.7:6543/shop_production'],
])('at %s columns it says %s: title, version and user give way', (columns, said) => {
  expect(headerOf('10.0.3.7', columns)).toContain(said);
});

test('of a host that is longer than the line both ends are left, and the database is whole', () => {
  const header = headerOf(RDS, 80);
  expect(header).toMatch(/postgres shop-pro\S+…\S+aws\.com\/shop_production/);
  expect(header).toContain('LIVE');
  expect(headerOf(RDS, 60)).toMatch(/…\S*\/shop_production /);
});

test('of several targets the database at hand is named, and how many others there are', () => {
  expect(headerOf('10.0.3.7', 80, { others: true })).toContain(
    'db postgres 10.0.3.7:6543/shop_production +1',
  );
  expect(headerOf('10.0.3.7', 160, { others: true })).toContain('app ssh deploy@web-7.internal');
});

test('step by step, with an environment, a long host and several targets, the database is whole at 80', () => {
  const header = headerOf(RDS, 80, { others: true });
  expect(header).toMatch(/db postgres shop\S*…\S+\/shop_production \+1 +prod {2}LIVE {2}STEP/);
});

test('two logins to the same database are one place', () => {
  const place = { engine: 'postgres', host: 'db1', port: 5432, database: 'shop' } as const;
  const targets = ['admin', 'app'].map((user) => ({
    ...place,
    user,
    name: user,
    description: `postgres ${user}@db1:5432/shop`,
  }));
  const [header] = frameOf(emptyLog().add({ ...RUN_STARTED, targets })).split('\n');
  expect(header).toContain('  postgres admin@db1:5432/shop  ');
  expect(header).not.toContain('app@');
});

test('inside of another runbook the header says which, and where that one acts', () => {
  const [header] = frameOf(insideChild, { columns: 120 }).split('\n');
  expect(header).toContain('Connection pool exhausted › Empty the pool');
  expect(header).toContain('mariadb root@db9:3306/orders');
  const [narrow] = frameOf(insideChild, { columns: 80 }).split('\n');
  expect(narrow).toContain('› Empty the pool');
});
