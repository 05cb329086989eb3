import { describe, expect, test } from 'vitest';
import { survives } from '../fixtures/survives.ts';

describe('a file of a megabyte is read within seconds', () => {
  const head =
    'name: x\ntitle: X\nsummary: X\ntargets: { db: { database: postgres://h/d } }\nsteps:\n';
  const many = (count: number, part: (at: number) => string) =>
    Array.from({ length: count }, (_, at) => part(at)).join('');

  test.each([
    [
      'of many steps',
      head +
        many(
          6_000,
          (at) =>
            `  - { id: s${at}, effect: read, sql: "SELECT \${{ steps.s0.row.x }}", next: [{ if: result.row.x > ${at}, goto: s${(at * 7) % 6_000} }] }\n`,
        ),
      true,
    ],
    [
      'of one statement with many placeholders',
      `${head}  - id: one\n    sql: |\n${many(20_000, () => '      SELECT ${{ run.id }}, 1 -- x\n')}`,
      true,
    ],
    [
      'of one script with many placeholders',
      `${head}  - id: one\n    shell: |\n${many(20_000, () => '      echo ${{ run.id }} "x" # c\n')}`,
      true,
    ],
    ['of many unknown keys', `name: x\n${many(60_000, (at) => `key${at}: value\n`)}`, false],
    ['of many doubled keys', many(100_000, () => 'key: value\n'), false],
    ['of many steps that are wrong', head + many(30_000, (at) => `  - { idd: s${at} }\n`), false],
    [
      'of two very long names that are not the same',
      `${head}  - { id: ${'a'.repeat(400_000)}, wait: 1s, next: [{ goto: ${'b'.repeat(400_000)} }] }\n`,
      false,
    ],
    ['of brackets', '['.repeat(1_000_000), false],
    [
      'of one expression',
      `${head}  - { id: one, wait: 1s, if: "${'1 + '.repeat(200_000)}1" }\n`,
      false,
    ],
  ])('%s', (_, text, isValid) => {
    expect(survives(text, 15_000)).toBe(isValid);
  });
});
