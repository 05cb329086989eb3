import { describe, expect, test } from 'vitest';
import type { Diagnostic } from '#runbook/diagnostic.ts';
import { compileExpression } from '#runbook/expression/cel.ts';
import { parseRunbook } from '#runbook/parse.ts';

/** Returns what is said of an expression: the text at its place, and the hint. */
function saidOf(text: string): readonly (readonly [string, string | undefined])[] {
  const problems: Diagnostic[] = [];
  compileExpression(text, (offset) => offset, problems);
  return problems.map(({ span, hint }) => [text.slice(span.start, span.end), hint]);
}

/** Returns what is said of a runbook: code, the text at its place, and the hint. */
function saidOfRunbook(text: string): readonly (readonly [string, string, string | undefined])[] {
  const parsed = parseRunbook({ file: 'x.yaml', text });
  const all = parsed.ok ? parsed.warnings : parsed.diagnostics;
  return all.map(({ code, span, hint }) => [code, text.slice(span.start, span.end), hint]);
}

const HEAD = 'name: x\ntitle: T\nsummary: S.\n';
const END = '  - id: done\n    finish: { outcome: resolved, summary: Done. }\n';

describe('operators of other languages are answered with those of CEL', () => {
  test.each([
    ['a === b', '===', 'write =='],
    ['a !== b', '!==', 'write !='],
    ['a <> b', '<>', 'write !='],
    ['a => 3', '=>', 'write >='],
    ['a or b', 'or', 'write ||'],
    ['not a', 'not', 'write !'],
    ['a & b', '&', 'write &&'],
    ['a is null', 'is null', 'write == null, or has(x)'],
    ['a not in b', 'not in', 'write !(x in ["a", "b"])'],
    ['a ?? b', '??', 'write has(x) ? x : other'],
    ['a contains "x"', 'contains', 'write name.contains("text")'],
    ['a > 5m', 'm', 'compare durations: duration(x) > duration("5m")'],
    ['a -gt 3', '-gt', 'write ==, !=, <, <=, > or >='],
    ['a in (1, 2)', 'in (', 'write in ["a", "b"]'],
    ['$a > 3', '$', 'write the name without $'],
    // The words of a text are not operators.
    ['a == "x and y" or b', 'or', 'write ||'],
  ])('%s', (text, place, hint) => {
    expect(saidOf(text)).toEqual([[place, hint]]);
  });

  test('an error without such an operator keeps its own message', () => {
    expect(saidOf('a b')).toEqual([['b', expect.stringContaining('expressions are CEL')]]);
  });
});

describe('functions of other languages are answered with those of CEL', () => {
  test.each([
    ['parseInt(a) > 3', 'parseInt', 'write int(x) or double(x)'],
    ['a.length() > 3', 'length', 'write x.size()'],
    ['a.includes("x")', 'includes', 'write x.contains("text"), or "item" in list'],
    ['a.starts_with("x")', 'starts_with', 'write x.startsWith("text")'],
    ['a.toLowerCase() == "x"', 'toLowerCase', 'write x.lowerAscii()'],
    ['a.int() > 3', 'int', 'write int(x)'],
    ['contains(a, "x")', 'contains', 'write x.contains(…)'],
    ['now() > 3', 'now', expect.stringContaining('has no clock')],
    ['frobnicate(a)', 'frobnicate', expect.stringContaining('there are size, int')],
  ])('%s', (text, place, hint) => {
    expect(saidOf(text)).toEqual([[place, hint]]);
  });

  test('every one of several is named', () => {
    expect(saidOf('len(a) > 3 && b.toInt() > 2').map(([place]) => place)).toEqual(['len', 'toInt']);
  });
});

describe('keys of other tools are answered with those of a runbook', () => {
  test.each([
    ['when: true', 'write if: instead'],
    ['host: db1', 'write on: instead'],
    ['environment: {}', 'write env: instead'],
    ['working-directory: /', 'write cwd: instead'],
    ['with_items: [1]', 'write for_each: instead'],
    ['retries: 3', 'write retry: { attempts: 3 }'],
    ['register: out', 'leave it out: every result is kept as steps.ID'],
    ['rollback: x', 'write undo: instead'],
    ['timeout-minutes: 5', 'write timeout: instead'],
    ['tiemout: 5s', 'did you mean "timeout"?'],
  ])('%s', (line, hint) => {
    const key = line.slice(0, line.indexOf(':'));
    const text = `${HEAD}steps:\n  - id: a\n    shell: uptime\n    ${line}\n${END}`;
    expect(saidOfRunbook(text)).toContainEqual(['unknown-key', key, hint]);
  });

  test.each([
    ['parameters: {}', 'write inputs: instead'],
    ['hosts: {}', 'write targets: instead'],
  ])('at the top: %s', (line, hint) => {
    const key = line.slice(0, line.indexOf(':'));
    expect(saidOfRunbook(`${HEAD}${line}\nsteps:\n${END}`)).toContainEqual([
      'unknown-key',
      key,
      hint,
    ]);
  });
});

describe('texts that are shown otherwise than they look', () => {
  const warned = (line: string) =>
    saidOfRunbook(`${HEAD}inputs: { q: { default: x } }
steps:
  - id: a
    shell: "echo \${{ inputs.q }} \${HOME} $(date) \${q}"
    ${line}
${END}`);

  test.each([
    ['why: The queue {{ q }}', 'placeholder-not-replaced'],
    ['next: [{ finding: "It is ${q}." }]', 'placeholder-not-replaced'],
    ['next: [{ finding: "It is $inputs.q." }]', 'placeholder-not-replaced'],
    ['next: [{ finding: "It is <%= result.stdout %>." }]', 'placeholder-not-replaced'],
    ['why: Team #3 has it', 'text-cut-short'],
  ])('%s', (line, code) => {
    expect(warned(line).map(([one]) => one)).toEqual([code]);
  });

  test.each([
    'why: The queue  # of team 3',
    'why: "Team #3 has it"',
    'why: C#3 is a key',
    'why: A set {a, b} and {c}, and $5',
    "why: Run `docker inspect -f '{{ json }}'`",
    'next: [{ finding: "It is ${{ inputs.q }}." }]',
    'timeout: 10s # long enough',
  ])('nothing is wrong with %s', (line) => {
    expect(warned(line)).toEqual([]);
  });

  test('are found in time that grows with the length of the text', () => {
    const startedAt = performance.now();
    warned(`why: "{{ a${' '.repeat(200_000)}b ${'{a '.repeat(50_000)}"`);
    expect(performance.now() - startedAt).toBeLessThan(3_000);
  });
});
