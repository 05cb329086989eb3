import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatDiagnostics } from '../src/runbook/diagnostic.ts';
import { parseRunbook } from '../src/runbook/parse-runbook.ts';

const GENEROUS = { timeout: 120_000 };

const shipped = readFileSync(new URL('../runbooks/pool-exhausted.yaml', import.meta.url), 'utf8');
const lines = shipped.split('\n');

/**
 * Parses a text and renders what is wrong with it: neither may throw, point outside, or take more than
 * `ms` of the processor's time. Returns whether it is valid.
 */
function survives(text: string, ms = 1_000): boolean {
  const source = { file: 'fuzzed', text };
  const before = process.cpuUsage();
  const parsed = parseRunbook(source);
  const problems = parsed.ok ? parsed.warnings : parsed.diagnostics;
  const shown = formatDiagnostics(source, problems);
  const { user, system } = process.cpuUsage(before);
  expect((user + system) / 1_000).toBeLessThan(ms);
  expect(parsed.ok || problems.length > 0).toBe(true);
  for (const { span, message } of problems) {
    expect(span.start).toBeGreaterThanOrEqual(0);
    expect(span.start).toBeLessThanOrEqual(text.length);
    expect(span.end).toBeGreaterThanOrEqual(span.start);
    expect(message).not.toMatch(/undefined|\[object|Error:/);
  }
  expect(shown).not.toContain('undefined');
  return parsed.ok;
}

/** A piece that means something somewhere in a runbook. */
const piece = fc.constantFrom(
  '${{',
  '}}',
  '${{ inputs.idle_for }}',
  '${{ 1 / 0 }}',
  "'",
  '"',
  ': ',
  '- ',
  '\n',
  '\t',
  '  ',
  '|',
  '>-',
  '{',
  '}',
  '[',
  ']',
  '&a ',
  '*a',
  '!!set ',
  '#',
  '---\n',
  '\\',
  '\u0000',
  '\u202e',
  '<<: ',
  '? ',
  '~',
  'null',
  '__proto__: ',
  'goto: ',
  'if: ',
  'sql: ',
  'result.row.x',
  'matches("a")',
);

type Edit = { readonly at: number; readonly cut: number; readonly put: string };

const edit: fc.Arbitrary<Edit> = fc.record({
  at: fc.nat(shipped.length),
  cut: fc.oneof({ weight: 3, arbitrary: fc.nat(20) }, fc.nat(2_000)),
  put: fc.oneof(piece, fc.string({ unit: 'binary', maxLength: 20 }), fc.constant('')),
});

function edited(text: string, edits: readonly Edit[]): string {
  return edits.reduce(
    (now, { at, cut, put }) => now.slice(0, at) + put + now.slice(at + cut),
    text,
  );
}

describe('whatever text it is given, the parser says what is wrong and where', () => {
  test('a shipped runbook with pieces cut out and put in', GENEROUS, () => {
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 4 }), (edits) => {
        survives(edited(shipped, edits));
      }),
      { numRuns: 400 },
    );
  });

  test('a shipped runbook with one line left out, doubled or indented', GENEROUS, () => {
    fc.assert(
      fc.property(
        fc.nat(lines.length - 1),
        fc.constantFrom('left out', 'doubled', 'indented', 'moved'),
        (at, how) => {
          const line = lines[at] ?? '';
          const changed = {
            'left out': [],
            doubled: [line, line],
            indented: [`  ${line}`],
            moved: [lines[at + 1] ?? '', line],
          }[how];
          survives(lines.toSpliced(at, how === 'moved' ? 2 : 1, ...changed).join('\n'));
        },
      ),
      { numRuns: 300 },
    );
  });

  test('a mapping of any keys and values in place of a part', GENEROUS, () => {
    const part = fc.constantFrom(
      'inputs',
      'targets',
      'symptoms',
      'steps',
      'severity',
      'related',
      'prerequisites',
    );
    fc.assert(
      fc.property(part, fc.jsonValue({ maxDepth: 4 }), (name, value) => {
        const steps = [{ id: 'one', wait: '1s' }];
        survives(JSON.stringify({ name: 'x', title: 'X', summary: 'X', steps, [name]: value }));
      }),
      { numRuns: 300 },
    );
  });

  test('a step with any value in place of a part', GENEROUS, () => {
    const step = {
      id: 'one',
      sql: 'SELECT 1',
      preview: { sql: 'SELECT 2' },
      verify: { sql: 'SELECT 3', until: 'true' },
    };
    const key = fc.constantFrom(
      ...['id', 'sql', 'shell', 'ask', 'finish', 'next', 'if', 'on', 'retry', 'preview'],
      ...['confirm', 'verify', 'expect', 'timeout', 'undo', 'effect', 'max_visits', 'phase'],
    );
    fc.assert(
      fc.property(key, fc.jsonValue({ maxDepth: 4 }), (name, value) => {
        const targets = { db: { database: 'postgres://localhost/x' } };
        const steps = [{ ...step, [name]: value }];
        survives(JSON.stringify({ name: 'x', title: 'X', summary: 'X', targets, steps }));
      }),
      { numRuns: 300 },
    );
  });

  test('any text at all', GENEROUS, () => {
    const text = fc.array(fc.oneof(piece, fc.string({ unit: 'binary' })), { maxLength: 60 });
    fc.assert(
      fc.property(text, (pieces) => {
        survives(pieces.join(''));
      }),
      { numRuns: 500 },
    );
  });

  test('any expression', GENEROUS, () => {
    const word = fc.oneof(
      fc.constantFrom(
        'result.row.x',
        'r',
        'has(',
        'all(',
        '(',
        ')',
        '[',
        ']',
        '&&',
        '||',
        '!',
        '?',
      ),
      fc.constantFrom(
        ':',
        '.',
        ',',
        '==',
        '>',
        'in',
        '+',
        '/',
        '%',
        '1',
        '0',
        '1.5',
        '"a"',
        "'",
        '{',
      ),
      fc.string({ maxLength: 5 }),
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 15 }), (words) => {
        survives(
          JSON.stringify({
            name: 'x',
            title: 'X',
            summary: 'X',
            steps: [{ id: 'one', if: words.join(' '), wait: '1s' }],
          }),
        );
      }),
      { numRuns: 500 },
    );
  });
});

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
  ])('%s', GENEROUS, (_, text, isValid) => {
    expect(survives(text, 15_000)).toBe(isValid);
  });
});
