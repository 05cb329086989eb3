import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { LAB_ENGINES } from '#lab/engines.ts';
import { EVERY_FAULT } from '#lab/faults/all.ts';
import type { Proven } from '../support/proven.ts';

const { provenPage, readProven } = await import(resolve('bin/documents/proven-page.js'));

const shown: readonly Proven[] = await readProven();

test('the page says what the last complete run of the tests has shown', async () => {
  expect(readFileSync('docs/reference/proven.md', 'utf8')).toBe(await provenPage());
});

test('what was shown is about faults and engines that there are', () => {
  const names = new Set(EVERY_FAULT.map(({ name }) => name));
  const onEngines = shown.filter(({ on }) => (LAB_ENGINES as readonly string[]).includes(on));
  expect(onEngines.filter(({ fault }) => !names.has(fault))).toEqual([]);
});

test('every fault of the lab was shown to be found by triage or ended by its runbook', () => {
  const proven = new Set(shown.map(({ fault }) => fault));
  expect(EVERY_FAULT.flatMap(({ name }) => (proven.has(name) ? [] : [name]))).toEqual([]);
});
