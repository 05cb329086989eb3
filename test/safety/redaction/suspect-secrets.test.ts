import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { suspectSecrets } from '#safety/redaction/suspect-secrets.ts';
import { processorMs } from '../../support/processor-time.ts';

const RUNBOOKS = fileURLToPath(new URL('../../../runbooks', import.meta.url));

test.each([
  ['AWS access key', 'key AKIAIOSFODNN7EXAMPLE here'],
  ['GitHub token', `token ghp_${'a1B2'.repeat(9)}`],
  ['Slack token', 'xoxb-1234567890-abcdefghij'],
  ['private key', '-----BEGIN RSA PRIVATE KEY-----\nMIIE'],
  ['JSON web token', 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w'],
  ['password in a connection string', 'postgres://app:hunter22@db1/shop'],
  ['value of a secret name', 'DB_PASSWORD=correct-horse'],
  ['value of a secret name', '{"api_key": "0123456789abcdef"}'],
  ['value of a secret name', 'password: correcthorse'],
  ['value of a secret name', 'password=correct horse'],
  ['value of a secret name', 'connects with password: correcthorse user: app'],
  ['value of a secret name', 'password: correcthorse is what it was'],
  ['bearer token', 'Authorization: Bearer abcdefghijklmnop1234'],
])('looks like a secret: %s', (rule, text) => {
  const [found, ...others] = suspectSecrets(text);
  expect(others).toEqual([]);
  expect(found?.rule).toBe(rule);
  expect(text.slice(found?.at, (found?.at ?? 0) + (found?.length ?? 0)).length).toBe(found?.length);
  expect(found?.looksLike.length).toBeLessThanOrEqual(5);
});

test.each([
  'postgres://app:‹secret:database_url›@db1/shop',
  'password authentication failed for user "app"',
  'password: ********',
  'It has an older secret: restart what has it.',
  'Look for "login failed". A password: correct it in auth_file and RELOAD.',
  'PASSWORD=$DB_PASSWORD',
  'password=<your password>',
  'sha256 9b1e0f4c5d6a7b8c9d0e1f2a3b4c5d6e7f8091a2b3c4d5e6f708192a3b4c5d6e',
  'runbook transcript 20261121-0312-pool-exhausted-k3f9',
  'http://127.0.0.1:8080/health',
  "Access denied for user 'app'@'10.0.0.7' (using password: YES)",
])('is no secret: %s', (text) => {
  expect(suspectSecrets(text)).toEqual([]);
});

const shipped = globSync('*.yaml', { cwd: RUNBOOKS }).filter((file) => !file.includes('.test.'));

test.each(shipped)('a shipped runbook holds nothing that looks like a secret: %s', (file) => {
  const text = readFileSync(join(RUNBOOKS, file), 'utf8');
  expect(suspectSecrets(text).map(({ found }) => found)).toEqual([]);
});

test('a long text takes time in proportion to its length', () => {
  const text = `${'password '.repeat(100_000)}${'a'.repeat(500_000)}${'eyJa'.repeat(50_000)}${'x://y:'.repeat(50_000)}`;
  expect(processorMs(() => suspectSecrets(text))).toBeLessThan(10_000);
});
