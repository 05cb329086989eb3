import { describe, expect, test } from 'vitest';
import { type Diagnostic, formatDiagnostic, formatDiagnostics } from '#runbook/diagnostic.ts';
import { lineAt, positionAt } from '#runbook/yaml/source.ts';

function problemAt(text: string, wrong: string, hint?: string): Diagnostic {
  const start = text.indexOf(wrong);
  const about = hint === undefined ? {} : { hint };
  const span = { start, end: start + wrong.length };
  return { severity: 'error', code: 'wrong-value', message: 'this is wrong', span, ...about };
}

function frameOf(text: string, wrong: string, hint?: string): readonly string[] {
  return formatDiagnostic({ file: 'x.yaml', text }, problemAt(text, wrong, hint)).split('\n');
}

describe('a diagnostic quotes the line and points at what is wrong', () => {
  test('with place, carets and what would be right', () => {
    expect(frameOf('a: 1\nb: tow\n', 'tow', 'did you mean "two"?')).toEqual([
      'error[wrong-value]: this is wrong',
      ' --> x.yaml:2:4',
      '  |',
      '2 | b: tow',
      '  |    ^^^ did you mean "two"?',
    ]);
  });

  test('the gutter is as wide as the number of the line', () => {
    expect(frameOf(`${'\n'.repeat(99)}a: x`, 'x').slice(1)).toEqual([
      '   --> x.yaml:100:4',
      '    |',
      '100 | a: x',
      '    |    ^',
    ]);
  });

  test('of what goes over several lines, the first is shown', () => {
    expect(frameOf('a: one\n  two\nb: 1', 'one\n  two').slice(3)).toEqual([
      '1 | a: one',
      '  |    ^^^',
    ]);
  });

  test('carets stand under tabs and wide characters too', () => {
    expect(frameOf('a:\t"数据库" x', 'x').at(-1)).toBe('  |   \t \u3000\u3000\u3000  ^');
  });

  test('lines that end as in Windows are quoted without their end', () => {
    expect(frameOf('a: 1\r\nb: x\r\n', 'x').slice(1)).toEqual([
      ' --> x.yaml:2:4',
      '  |',
      '2 | b: x',
      '  |    ^',
    ]);
  });

  test('what would steer the terminal is not printed', () => {
    const frame = frameOf('a: \u001b[2J\u202ex', 'x').join('\n');
    expect(frame).toContain('a: \ufffd[2J\ufffdx');
    expect(frame).not.toContain('\u001b');
  });

  test('of a line of a megabyte, the part around it is shown', () => {
    const text = `a: ${'x'.repeat(500_000)}!${'y'.repeat(500_000)}`;
    const [, place, , line = '', carets = ''] = frameOf(text, '!');
    expect(place).toBe(' --> x.yaml:1:500004');
    expect(line.length).toBeLessThan(200);
    expect(line[carets.indexOf('^')]).toBe('!');
  });
});

describe('many diagnostics', () => {
  test('come in the order of the text', () => {
    const text = 'a: 1\nb: 2\n';
    const shown = formatDiagnostics({ file: 'x', text }, [
      problemAt(text, '2'),
      problemAt(text, '1'),
    ]);
    expect(shown.match(/x:\d/g)).toEqual(['x:1', 'x:2']);
  });

  test('are counted after the first fifty', () => {
    const problems = Array.from({ length: 53 }, () => problemAt('a', 'a'));
    const shown = formatDiagnostics({ file: 'x', text: 'a' }, problems);
    expect(shown.match(/error/g)).toHaveLength(50);
    expect(shown).toMatch(/\n\nand 3 more$/);
  });
});

describe('an offset has a line and a column, from 1', () => {
  const source = { file: 'x', text: 'ab\n\ncd' };

  test.each([
    [0, 1, 1],
    [2, 1, 3],
    [3, 2, 1],
    [4, 3, 1],
    [6, 3, 3],
    [99, 3, 3],
    [-1, 1, 1],
  ])('offset %i is %i:%i', (offset, line, column) => {
    expect(positionAt(source, offset)).toEqual({ file: 'x', line, column });
  });

  test('an offset has the line that it is in', () => {
    expect([0, 2, 3, 5, 99].map((offset) => lineAt(source, offset))).toEqual([
      'ab',
      'ab',
      '',
      'cd',
      'cd',
    ]);
  });
});
