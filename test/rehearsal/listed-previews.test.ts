import { expect, test } from 'vitest';
import { parsed } from '../fixtures/compiled.ts';
import { failuresOf } from '../fixtures/rehearsed.ts';

const CLEAN = parsed(`
name: inline
title: Clean up
summary: Removes files.
steps:
  - id: clean
    effect: change
    preview: { shell: find . -name x }
    shell: rm -- \${{ preview.lines }}
  - id: restart
    effect: change
    preview: { http: { url: https://api.example/pods } }
    http: { method: POST, url: https://api.example/restart, json: { pods: "\${{ preview.json }}" } }
  - { id: done, finish: { outcome: resolved, summary: Done. } }
`);

const caseOf = (clean: string, path: string) => `cases:
  - name: one
    steps:
      clean: { ${clean} }
      restart: { preview: { json: [p-1, p-2] }, result: { status: 201 } }
    answers: [{ confirm: clean }, { confirm: restart }]
    expect:
      path: ${path}
      gates: ["...", { step: restart, shows: [p-2], rows: 2 }]
`;

test('a case gives what a preview lists as its read would', () => {
  const found = 'preview: { lines: [a, b] }, result: { exit: 0 }';
  expect(failuresOf(CLEAN, caseOf(found, '[clean, restart, done]'))).toBe('');
});

test('rows that changed after the confirmation of a script open its gate again', () => {
  const changed = 'preview: [{ lines: [a, b] }], recheck: { lines: [b] }, result: { exit: 0 }';
  expect(failuresOf(CLEAN, caseOf(changed, '[clean, restart, done]'))).toContain('clean');
});
