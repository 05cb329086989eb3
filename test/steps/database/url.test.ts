import { expect, test } from 'vitest';
import { parseDatabaseUrl } from '#steps/database/url.ts';

test.each([
  ['postgres://app:pw@db1:5433/shop', 'postgres app@db1:5433/shop'],
  ['postgresql://app@db1/shop?sslmode=require', 'postgres app@db1:5432/shop'],
  ['postgresql+asyncpg://app:pw@db1/shop', 'postgres app@db1:5432/shop'],
  ['postgres://app:p$%@/:w@127.0.0.1:5432/shop', 'postgres app@127.0.0.1:5432/shop'],
  ['postgres://app:p#s?s@db1/shop', 'postgres app@db1:5432/shop'],
  ['postgres://app:p?a=b@db1/shop?application_name=x@y', 'postgres app@db1:5432/shop'],
  ['postgres://a%40b:pw@db1/sh%20op', 'postgres a@b@db1:5432/sh op'],
  ['postgres://app:p%ss@db1', 'postgres app@db1:5432/app'],
  ['postgres://app:pw@[::1]:5432/shop', 'postgres app@[::1]:5432/shop'],
  ['postgres:///shop?host=/run/postgresql&user=app', 'postgres app@/run/postgresql:5432/shop'],
  ['postgres://app:pw@%2Frun%2Fpostgresql/shop', 'postgres app@/run/postgresql:5432/shop'],
  ['postgres://localhost', 'postgres localhost:5432/'],
  ['mysql://root:pw@db2/shop', 'mysql root@db2:3306/shop'],
  ['mariadb://root:pw@db2:3307/shop', 'mariadb root@db2:3307/shop'],
  ['mysql://root:pw@db2', 'mysql root@db2:3306/'],
  ['mariadb://root:pw@db2?dbname=shop', 'mariadb root@db2:3306/shop'],
  ['  postgres://app:pw@db1/shop\n', 'postgres app@db1:5432/shop'],
])('%s is called %s', (url, description) => {
  expect(parseDatabaseUrl(url)?.description).toBe(description);
});

test('what may be said of a URL never holds its password', () => {
  const address = parseDatabaseUrl('postgres://app:hunter2@db1/shop?password=hunter2');
  expect(address).toEqual({
    engine: 'postgres',
    host: 'db1',
    port: 5432,
    database: 'shop',
    user: 'app',
    description: 'postgres app@db1:5432/shop',
  });
});

test.each(['', 'shop', 'https://db1/shop', 'postgres://db1:99999/shop', 'postgres://h:port/x'])(
  'what is no database URL is not taken for one: %j',
  (text) => {
    expect(parseDatabaseUrl(text)).toBeUndefined();
  },
);
