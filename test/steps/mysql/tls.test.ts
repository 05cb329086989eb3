import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseDatabaseLogin } from '#steps/database/url.ts';
import { type MysqlTls, readMysqlTls } from '#steps/mysql/tls.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

function tlsOf(query: string): MysqlTls {
  return readMysqlTls(parseDatabaseLogin(`mysql://app:pw@db1/shop?${query}`)?.parameters ?? {});
}

const PLAIN = { ssl: false, orPlain: false };
const PREFERRED = { ssl: { rejectUnauthorized: false }, orPlain: true };
const REQUIRED = { ssl: { rejectUnauthorized: false }, orPlain: false };
const ANY_NAME = { ssl: { rejectUnauthorized: true, verifyIdentity: false }, orPlain: false };
const VERIFIED = { ssl: { rejectUnauthorized: true, verifyIdentity: true }, orPlain: false };

test.each([
  ['', PREFERRED],
  ['connect_timeout=3&charset=utf8mb4', PREFERRED],
  ['ssl-mode=DISABLED', PLAIN],
  ['ssl-mode=PREFERRED', PREFERRED],
  ['ssl-mode=REQUIRED', REQUIRED],
  ['ssl-mode=VERIFY_CA', ANY_NAME],
  ['ssl-mode=VERIFY_IDENTITY', VERIFIED],
  ['ssl_mode=required', REQUIRED],
  ['sslMode=VERIFY_IDENTITY', VERIFIED],
  ['sslmode=disable', PLAIN],
  ['sslmode=prefer', PREFERRED],
  ['sslmode=require', REQUIRED],
  ['sslmode=verify-ca', ANY_NAME],
  ['sslmode=verify-full', VERIFIED],
  ['ssl=true', VERIFIED],
  ['ssl=1', VERIFIED],
  ['ssl=false', PLAIN],
  ['ssl={"rejectUnauthorized":false}', REQUIRED],
  ['ssl={"rejectUnauthorized":true}', ANY_NAME],
  ['ssl={}', ANY_NAME],
])('%j is read', (query, expected) => {
  expect(tlsOf(query)).toEqual(expected);
});

test('the versions of TLS are read as in a PostgreSQL URL', () => {
  expect(tlsOf('ssl-mode=REQUIRED&ssl_max_protocol_version=TLSv1.2').ssl).toEqual({
    ...REQUIRED.ssl,
    maxVersion: 'TLSv1.2',
  });
  expect(tlsOf('ssl_min_protocol_version=tlsv1.3')).toEqual({
    ssl: { ...PREFERRED.ssl, minVersion: 'TLSv1.3' },
    orPlain: true,
  });
  expect(() => tlsOf('ssl_max_protocol_version=1.2')).toThrow(/is not one of TLSv1,/);
});

test('a certificate is a wish for TLS, and a CA one for its verification', () => {
  const file = join(temporaryFolder(), 'ca.pem');
  writeFileSync(file, 'PEM');
  const ca = Buffer.from('PEM');
  expect(tlsOf(`ssl-ca=${file}`)).toEqual({ ssl: { ...ANY_NAME.ssl, ca }, orPlain: false });
  expect(tlsOf(`sslmode=require&sslrootcert=${file}`).ssl).toEqual({ ...ANY_NAME.ssl, ca });
  expect(tlsOf(`ssl-mode=VERIFY_IDENTITY&ssl_ca=${file}`).ssl).toEqual({ ...VERIFIED.ssl, ca });
  expect(() => tlsOf(`ssl-cert=${file}`)).toThrow(/certificate or key cannot be used/);
});

describe('what is not understood is never taken for a connection in the clear', () => {
  test.each([
    ['ssl-mode=ALWAYS', /ssl-mode=ALWAYS is not one of DISABLED, PREFERRED/],
    ['ssl-mode=', /is not one of/],
    ['ssl=require', /ssl=require is not understood/],
    ['ssl=Amazon RDS', /not understood/],
    ['ssl={"ca":"x"}', /not understood/],
    ['useSSL=true', /useSSL= is not understood: say it with ssl-mode=/],
    ['tls=skip-verify', /tls= is not understood/],
    ['requireSSL=true', /not understood/],
    ['ssl-ca=/no/such/file', /ENOENT/],
  ])('%s', (query, message) => {
    expect(() => tlsOf(query)).toThrow(message);
  });
});
