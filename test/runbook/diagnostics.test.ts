import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { checkRunbook } from '#cli/library/load-runbook.ts';
import { DIAGNOSTIC_CODES, formatDiagnostics } from '#runbook/diagnostic.ts';
import type { Source } from '#runbook/yaml/source.ts';

const folder = new URL('../fixtures/diagnostics/', import.meta.url);
/** A folder is named by a code, and by what is special about it when there are several of a code. */
const cases = readdirSync(folder);
const codeOf = (name: string) => name.split('.')[0];

/** The runbooks that are steps of one stand beside it. */
function besides(name: string, other: string): Source | undefined {
  const url = new URL(`${name}/${other}.yaml`, folder);
  if (!existsSync(url)) return undefined;
  return { file: `${other}.yaml`, text: readFileSync(url, 'utf8') };
}

async function diagnosticsOf(name: string) {
  const source = {
    file: 'runbook.yaml',
    text: readFileSync(new URL(`${name}/runbook.yaml`, folder), 'utf8'),
  };
  const others = readdirSync(new URL(`${name}/`, folder)).flatMap((file) => {
    const other = file.endsWith('.yaml') ? besides(name, file.slice(0, -5)) : undefined;
    return other === undefined ? [] : [[file.slice(0, -5), other] as const];
  });
  const checked = await checkRunbook(source, new Map(others));
  return { source, diagnostics: checked.ok ? checked.warnings : checked.diagnostics };
}

describe('every problem in a runbook is shown at its place, with what would be right', () => {
  test.each(cases)('%s', async (name) => {
    const { source, diagnostics } = await diagnosticsOf(name);
    const shown = `${formatDiagnostics(source, diagnostics)}\n`;
    const expected = new URL(`${name}/expected.txt`, folder);
    if (process.env.UPDATE_FIXTURES) writeFileSync(expected, shown);
    expect(shown).toBe(readFileSync(expected, 'utf8'));
    expect(diagnostics.map(({ code }) => code)).toContain(codeOf(name));
  });

  test('every code has a runbook that shows it, and no runbook shows an unknown one', () => {
    expect([...new Set(cases.map(codeOf))].toSorted()).toEqual([...DIAGNOSTIC_CODES].toSorted());
  });

  test('every problem says what would be right', async () => {
    const all = await Promise.all(cases.map(diagnosticsOf));
    const silent = all.flatMap(({ diagnostics }) =>
      diagnostics.filter(({ hint }) => hint === undefined).map(({ message }) => message),
    );
    expect(silent).toEqual([]);
  });
});
