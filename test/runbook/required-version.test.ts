import { expect, test } from 'vitest';
import { parseRunbook } from '#runbook/parse.ts';
import { HEAD } from '../fixtures/one-step.ts';

function problemsOf(requires: string, version: string | undefined): readonly string[] {
  const text = `${HEAD}requires: ${requires}\nunheard: of\nsteps: [{ id: a, manual: x }]\n`;
  const parsed = parseRunbook({ file: 'steps.yaml', text }, { version });
  return parsed.ok ? [] : parsed.diagnostics.map(({ code }) => code);
}

test.each([
  ['">=1.4"', '1.3.9'],
  ['">=1.4.1"', '1.4.0'],
  ['">= 2"', '1.99.0'],
  ['">=1.10"', '1.9.0'],
])('%s is more than %s, and nothing else is reported', (requires, version) => {
  expect(problemsOf(requires, version)).toEqual(['program-too-old']);
});

test.each([
  ['">=1.4"', '1.4.0'],
  ['">=1.4"', '2.0.0'],
  ['">=1"', '1.0.0-beta.1'],
  ['">=99"', undefined],
])('%s is not more than %s, so the other problems are reported', (requires, version) => {
  expect(problemsOf(requires, version)).toContain('unknown-key');
});

test.each(['1.4', '"^1.4"', '">=1.x"', '"<2"'])('%s is no least version', (requires) => {
  expect(problemsOf(requires, '1.0.0')).toEqual(['wrong-value']);
});
