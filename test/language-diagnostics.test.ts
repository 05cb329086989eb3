import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { DIAGNOSTIC_CODES, formatDiagnostics } from '../src/runbook/diagnostic.ts';
import { parseRunbook } from '../src/runbook/parse-runbook.ts';

const folder = new URL('./fixtures/diagnostics/', import.meta.url);
/** A folder is named by a code, and by what is special about it when there are several of a code. */
const cases = readdirSync(folder);
const codeOf = (name: string) => name.split('.')[0];

function diagnosticsOf(name: string) {
  const source = {
    file: 'runbook.yaml',
    text: readFileSync(new URL(`${name}/runbook.yaml`, folder), 'utf8'),
  };
  const parsed = parseRunbook(source);
  if (parsed.ok) throw new Error(`${name} is valid`);
  return { source, diagnostics: parsed.diagnostics };
}

describe('every problem in a runbook is shown at its place, with what would be right', () => {
  test.each(cases)('%s', (name) => {
    const { source, diagnostics } = diagnosticsOf(name);
    const shown = `${formatDiagnostics(source, diagnostics)}\n`;
    const expected = new URL(`${name}/expected.txt`, folder);
    if (process.env.UPDATE_FIXTURES) writeFileSync(expected, shown);
    expect(shown).toBe(readFileSync(expected, 'utf8'));
    expect(diagnostics.map(({ code }) => code)).toContain(codeOf(name));
  });

  test('every code has a runbook that shows it, and no runbook shows an unknown one', () => {
    expect([...new Set(cases.map(codeOf))].toSorted()).toEqual([...DIAGNOSTIC_CODES].toSorted());
  });

  test('every problem says what would be right', () => {
    const silent = cases.flatMap((name) =>
      diagnosticsOf(name)
        .diagnostics.filter(({ hint }) => hint === undefined)
        .map(({ message }) => `${name}: ${message}`),
    );
    expect(silent).toEqual([]);
  });
});
