import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { STATE_SIGN } from '#events/wording/phrases.ts';
import { OUTCOME_FACTS } from '#runbook/model/outcomes.ts';
import { asciiText } from '#text/glyphs.ts';
import { widthOf } from '#text/width.ts';

test('every sign of the program has an ASCII sign of the same width', () => {
  const folder = join(import.meta.dirname, '../../src/ui');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const drawn = files
    .filter((file) => /\.tsx?$/.test(file))
    .flatMap((file) => [...readFileSync(join(folder, file), 'utf8')])
    .filter((character) => character > '\u007f');
  const signs = [
    ...drawn,
    ...Object.values(STATE_SIGN),
    ...Object.values(OUTCOME_FACTS).map(({ sign }) => sign),
  ];
  for (const sign of new Set(signs)) {
    expect(asciiText(sign), sign).toMatch(/^[ -~]$/);
    if (sign !== '?') expect(asciiText(sign), sign).not.toBe('?');
  }
});

test('the states of steps stay apart', () => {
  const signs = Object.values(STATE_SIGN).map(asciiText);
  expect(new Set(signs).size).toBeGreaterThanOrEqual(signs.length - 1);
});

test('a frame keeps its width, its escape sequences, and the name of the Enter key', () => {
  const line = '\u001b[1m ⏎\u001b[22m run │ ✓ 日本 “naïve” …';
  expect(asciiText(line)).toBe('\u001b[1m^M\u001b[22m run | + ???? "na?ve" ~');
  expect(widthOf(asciiText('日本 é ▸'))).toBe(widthOf('日本 é ▸'));
});
