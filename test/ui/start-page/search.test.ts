import { expect, test } from 'vitest';
import { entriesOf, firstFound } from '#ui/start-page/entries.ts';
import { PAGE, pastRun } from '../../fixtures/start-page.ts';

function found(query: string): readonly string[] {
  return entriesOf(PAGE, query).all.map(({ key }) => key);
}

test('a query finds by name first, then by what is said, then by symptoms', () => {
  expect(found('pool')).toEqual([
    'run r4-pool',
    'runbook pool-exhausted',
    'runbook connection-leak',
    'runbook pgbouncer',
  ]);
  expect(found('57P01')).toEqual(['runbook stale-connections']);
});

test('letters may be left out of a name, in their order, and accents and case do not matter', () => {
  expect(found('plexh')).toEqual(['run r4-pool', 'runbook pool-exhausted']);
  expect(found('exhpl')).toEqual([]);
  expect(found('PÓOL-EX')).toEqual(['run r4-pool', 'runbook pool-exhausted']);
});

test('every word has to be found somewhere', () => {
  expect(found('connection never')).toEqual(['runbook connection-leak']);
  expect(found('connection zebra')).toEqual([]);
});

test('runs are found by who had them and where they stopped', () => {
  expect(found('sam')).toEqual(['run r2-dns']);
  expect(found('end_idle')).toEqual(['run r4-pool']);
});

test('only unfinished runs are listed, newest first, and not so many that they hide the runbooks', () => {
  expect(found('').slice(0, 3)).toEqual(['run r4-pool', 'run r2-dns', 'runbook connection-leak']);
  const runs = Array.from({ length: 9 }, (_, index) => pastRun(`r${9 - index}`, 'paused'));
  const many = entriesOf({ ...PAGE, runs }, '');
  expect(many.all.filter(({ kind }) => kind === 'run')).toHaveLength(4);
  expect(many.moreRuns).toBe(5);
  expect(entriesOf({ ...PAGE, runs }, 'r3').all).toMatchObject([{ key: 'run r3' }]);
});

test('triage stands before the other runbooks, as long as nothing is searched for', () => {
  const [leak] = PAGE.runbooks;
  if (leak === undefined) throw new Error('the page has no runbook');
  const triage = { ...leak, name: 'triage', summary: 'Something never works.', symptoms: [] };
  const page = { ...PAGE, runs: [], runbooks: [...PAGE.runbooks, triage] };
  expect(entriesOf(page, '').all[0]?.key).toBe('runbook triage');
  expect(entriesOf(page, 'leak').all[0]?.key).toBe('runbook connection-leak');
});

test('a search selects a runbook rather than an old run, and no search selects nothing', () => {
  expect(firstFound(PAGE, 'pool')).toBe('runbook pool-exhausted');
  expect(firstFound(PAGE, 'sam')).toBe('run r2-dns');
  expect(firstFound(PAGE, '  ')).toBeUndefined();
});
