import { describe, expect, test } from 'vitest';
import { createRedactor } from '#safety/redaction/redactor.ts';

const URL_OF_SHOP = 'postgres://shop:shop@localhost/shop';
const MASK = '‹secret:database_url›';

describe('a password that equals the database and the user', () => {
  const redactor = createRedactor([{ name: 'database_url', value: URL_OF_SHOP }], {
    facts: ['localhost', 'shop', 'postgres shop@localhost/shop'],
  });

  test.each([
    'postgres shop@localhost/shop',
    'FATAL: password authentication failed for user "shop"',
    'the shop is open: shop-web on shop, workshop',
    'type shop to confirm',
    'postgres://shop@localhost/shop?application_name=shop',
    'select * from shop where name = $1 -- shop',
  ])('is not masked where it may be seen: %s', (text) => {
    expect(redactor.text(text)).toBe(text);
  });

  test.each([
    [`connect to ${URL_OF_SHOP} failed`, `connect to ${MASK} failed`],
    ['postgres://shop:shop@db2/shop', 'postgres://shop:‹secret:url-password›@db2/shop'],
    ['PGPASSWORD=shop psql shop', `PGPASSWORD=${MASK} psql shop`],
    ["user=shop password='shop' dbname=shop", `user=shop password='${MASK}' dbname=shop`],
    ['{"user":"shop","password":"shop"}', `{"user":"shop","password":"${MASK}"}`],
    ['{\\"password\\": \\"shop\\"}', `{\\"password\\": \\"${MASK}\\"}`],
    ['mysql -u shop -pshop shop', `mysql -u shop -p${MASK} shop`],
    ['mysql --password=shop shop', `mysql --password=${MASK} shop`],
    ["ALTER ROLE shop PASSWORD 'shop'", `ALTER ROLE shop PASSWORD '${MASK}'`],
    ["CREATE USER shop IDENTIFIED BY 'shop'", `CREATE USER shop IDENTIFIED BY '${MASK}'`],
    ['localhost:5432:shop:shop:shop', `localhost:5432:shop:shop:${MASK}`],
    ['curl -u shop:shop http://shop', `curl -u shop:${MASK} http://shop`],
    ['Authorization: Basic c2hvcDpzaG9w', `Authorization: Basic ${MASK}`],
  ])('is masked where it stands as a password: %s', (text, masked) => {
    expect(redactor.text(text).replace(/Basic .*/, `Basic ${MASK}`)).toBe(masked);
    expect(redactor.text(text)).toContain('‹secret:');
  });

  test('is masked under a name that says password, deep in a value', () => {
    expect(redactor.json({ rows: [{ datname: 'shop', password: 'shop' }] })).toEqual({
      rows: [{ datname: 'shop', password: MASK }],
    });
  });

  test('is masked in a stream where it stands as a password, however it was cut', () => {
    const text = 'PGPASSWORD=shop psql shop\nshop: password=shop';
    const expected = redactor.text(text);
    for (let at = 0; at <= text.length; at += 1) {
      const stream = redactor.stream();
      const pieces = [text.slice(0, at), text.slice(at)].map((piece) =>
        stream.push(Buffer.from(piece)),
      );
      expect(Buffer.concat([...pieces, stream.end()]).toString()).toBe(expected);
    }
  });
});

test('a password that is a part of a host is not masked in the host', () => {
  const redactor = createRedactor([{ name: 'dsn', value: 'mysql://app:db1@db1.example/orders' }]);
  expect(redactor.text('mysql app@db1.example/orders')).toBe('mysql app@db1.example/orders');
  expect(redactor.text('MYSQL_PWD=db1')).toBe('MYSQL_PWD=‹secret:dsn›');
});

test('a secret that equals an input which is none is masked only as a password', () => {
  const redactor = createRedactor([{ name: 'token', value: 'staging' }], { values: ['staging'] });
  expect(redactor.text('deploy to staging')).toBe('deploy to staging');
  expect(redactor.text('API_TOKEN=staging')).toBe('API_TOKEN=‹secret:token›');
});

test('a short password is masked in base64 together with its user', () => {
  const redactor = createRedactor([{ name: 'dsn', value: 'postgres://app:zq7@db1/shop' }]);
  const header = `Authorization: Basic ${Buffer.from('app:zq7').toString('base64')}`;
  expect(redactor.text(header)).toContain('‹secret:dsn›');
  expect(redactor.text('zq7')).toBe('‹secret:dsn›');
});
