import { expect, test } from 'vitest';
import { appliedTo, pointedAt } from '../../fixtures/effects/applied.ts';

const previewed = (preview: string) =>
  pointedAt(
    appliedTo(
      `- id: it\n  effect: destructive\n  preview: { ${preview} }\n  shell: rm -- x\n  expect: true\n  undo: { none: x }`,
    ),
  );

test.each([
  ['shell: ls', []],
  ['http: { url: "https://h/x" }', []],
  ['probe: { dns: { host: x } }', []],
  ['shell: ./list, read_because: It only lists.', []],
])('a preview of %s is a read', (preview, problems) => {
  expect(previewed(preview)).toEqual(problems);
});

test.each([
  ['shell: ./list', 'effect-not-read'],
  ['shell: rm x', 'effect-not-read'],
  ['shell: rm x, read_because: It only lists.', 'effect-not-read'],
  ['http: { method: POST, url: "https://h/x" }', 'effect-not-read'],
])('a preview of %s is none', (preview, code) => {
  expect(previewed(preview)[0]).toContain(code);
});
