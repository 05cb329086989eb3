import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { byHandOf, EVERY_BY_HAND } from '#lab/app/by-hand-scripts.ts';
import { EVERY_FAULT } from '#lab/faults/all.ts';

const folder = new URL('../../src/lab/faults/', import.meta.url);

test('a blind drill knows everything that is done by hand on any fault', () => {
  const faults = new Set(EVERY_FAULT.map(({ name }) => name));
  const named = readdirSync(folder, { recursive: true, encoding: 'utf8' }).flatMap((file) => {
    if (!file.endsWith('.ts')) return [];
    const text = readFileSync(new URL(file, folder), 'utf8');
    return [...text.matchAll(/name: '([a-z-]+)',\s*title:/g)].map(([, name = '']) => name);
  });
  const byHand = [...new Set(named)].filter((name) => !faults.has(name)).toSorted();
  expect(byHand.length).toBeGreaterThan(5);
  expect(EVERY_BY_HAND.map(({ name }) => name)).toEqual(byHand);
});

test.each([
  ['mariadb', ['drop-anonymous', 'grant-privilege', 'widen-column']],
  ['postgres', ['correct-host-rules', 'end-last-client']],
  ['pgbouncer', ['correct-host-rules', 'end-last-client', 'turn-off-prepared-statements']],
  ['failover', ['correct-host-rules', 'end-last-client', 'lead-proxy-to-primary']],
] as const)('a blind drill on %s offers what can be needed there', (engine, own) => {
  const names = byHandOf(engine).map(({ name }) => name);
  const everywhere = EVERY_BY_HAND.filter(({ engines }) => engines === undefined);
  expect(names).toEqual([...everywhere.map(({ name }) => name), ...own].toSorted());
});
