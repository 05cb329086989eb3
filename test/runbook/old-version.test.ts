import { expect, test } from 'vitest';
import { oldVersionNote } from '#runbook/model/engines.ts';

test.each([
  ['mysql', '5.7.29'],
  ['mysql', '5.6'],
  ['mariadb', '10.4.34'],
  ['postgres', '12.22'],
])('%s %s is said to be older than the library', (engine, version) => {
  expect(oldVersionNote(engine, version)).toContain(`${version} is older than`);
});

test.each([
  ['mysql', '8.0.11'],
  ['mysql', '9.7.4'],
  ['mariadb', '10.5.1'],
  ['mariadb', '11.8'],
  ['postgres', '13.23'],
  ['mysql', 'unknown'],
])('nothing is said of %s %s', (engine, version) => {
  expect(oldVersionNote(engine, version)).toBeUndefined();
});
