import { describe, expect, test } from 'vitest';
import type { Runbook } from '#runbook/model/runbook.ts';
import { parseRunbook } from '#runbook/parse.ts';

function parsedWith(question: string, library: string) {
  return parseRunbook({
    file: 'ask.yaml',
    text: `name: ask
title: Ask
summary: Ask.
uses: [shared]
steps:
  - id: ask
    ask: ${question}
  - id: stop
    finish: { outcome: unresolved, summary: Nothing. }
--- # lib/shared.yaml
${library}`,
  });
}

function questionOf(runbook: Runbook): string | undefined {
  const does = runbook.steps[0]?.does;
  return does?.kind === 'ask' ? does.question.text : undefined;
}

function asked(question: string, library: string): string | undefined {
  const parsed = parsedWith(question, library);
  return parsed.ok
    ? questionOf(parsed.value)
    : parsed.diagnostics.map(({ message }) => message).join();
}

describe('an insertion', () => {
  test.each([
    ['"Is @{it}?"', 'Is the fragment?'],
    ['"Is @{ it }@{it}?"', 'Is the fragmentthe fragment?'],
    [`"@{twice what='@{it}'}"`, 'the fragment and the fragment'],
    [`'@{twice what="a }"}'`, 'a } and a }'],
    [`>-\n      @{twice what='@{twice what="b"}'}`, 'b and b and b and b'],
    ['"HEAD@{1} and a@b {it}"', 'HEAD@{1} and a@b {it}'],
  ])('%s is %s', (question, expected) => {
    const library = `fragments:
  it: the fragment
  twice: { params: [what], text: "@{what} and @{what}" }
`;
    expect(asked(question, library)).toBe(expected);
  });

  test('indents the lines of a fragment as the line that it is in', () => {
    const question = '|\n      a:\n        - @{list}\n      b';
    expect(asked(question, 'fragments:\n  list: |\n    one\n    - two\n\n    - three\n')).toBe(
      'a:\n  - one\n  - two\n\n  - three\nb\n',
    );
  });

  test('is left alone in a runbook that uses no library file', () => {
    const parsed = parseRunbook({
      file: 'ask.yaml',
      text: `name: ask\ntitle: A\nsummary: A.\nsteps:\n  - id: ask\n    ask: 'git show HEAD@{upstream}?'\n  - id: stop\n    finish: { outcome: unresolved, summary: N. }\n`,
    });
    expect(parsed.ok ? questionOf(parsed.value) : undefined).toBe('git show HEAD@{upstream}?');
  });

  test('of fragments that double each other ends before memory does', () => {
    const names = Array.from({ length: 40 }, (_, index) => `f${index}`);
    const doubling = names.map((name, index) => {
      const next = names[index + 1];
      return `  ${name}: "${next === undefined ? 'x'.repeat(99) : `@{${next}} @{${next}}`}"`;
    });
    const began = performance.now();
    expect(asked('"@{f0}"', `fragments:\n${doubling.join('\n')}\n`)).toContain(
      'this makes the runbook too large',
    );
    expect(performance.now() - began).toBeLessThan(20_000);
  });
});
