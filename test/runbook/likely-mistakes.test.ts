import { expect, test } from 'vitest';
import { parseRunbook } from '#runbook/parse.ts';

function codesOf(step: string): readonly string[] {
  const text = `name: x\ntitle: X\nsummary: X\ntargets: { db: { database: "postgres://h/d" } }\nsteps:\n${step}\n  - { id: done, finish: { outcome: resolved, summary: Done. } }\n`;
  const parsed = parseRunbook({ file: 'x.yaml', text });
  const found = parsed.ok ? parsed.warnings : parsed.diagnostics;
  return found
    .map(({ code }) => code)
    .filter((code) =>
      /always|declined|no-time|line-end|no-is-failure|every-row|folded|empty-path|syntax|unknown|wrong/.test(
        code,
      ),
    );
}

const shell = (script: string, rest = '') => `  - id: look\n    shell: ${script}\n${rest}`;
/** A change with these clauses. */
const change = (...clauses: readonly string[]) =>
  shell('touch a', `    effect: change\n    next: [${clauses.join(', ')}, { goto: done }]`);
const failed = (finding: string) =>
  `{ if: 'error.kind != "none"', finding: '${finding}', goto: done }`;
const next = (condition: string) => `    next: [{ if: '${condition}', goto: done }]`;

test.each([
  [shell('uptime', next('result.stdout == "up"')), 'line-end-compared'],
  [shell('uptime', next('steps.look.stderr != "up"')), 'line-end-compared'],
  [shell('diff a b'), 'no-is-failure'],
  [shell('dmesg | grep oom'), 'no-is-failure'],
  [shell('systemctl --user is-enabled app'), 'no-is-failure'],
  [
    shell(
      'touch a',
      '    verify: { shell: pgrep app, until: result.stdout.trim() != "", within: 5s }',
    ),
    'no-is-failure',
  ],
  ['  - { id: free, on: db, sql: delete from locks }', 'every-row'],
  ['  - { id: free, on: db, sql: "/* why */ UPDATE locks SET note = \'where\'" }', 'every-row'],
  [shell('>\n      cat a\n      uptime'), 'folded-script'],
  [shell('rm -rf "$DIR"/*', '    env: { DIR: a }'), 'empty-path'],
  [change(failed('It failed.')), 'declined-too'],
  [shell('uptime', '    timeout: 0s'), 'no-time'],
  [shell('uptime', next('result.exit_code >= 0 || 1 == 1')), 'always-the-same'],
  [shell('cd a && rm -r -f ${DIR}/cache', '    env: { DIR: a }'), 'empty-path'],
])('is almost never meant: %s', (step, code) => {
  expect(codesOf(step)).toEqual([code]);
});

test.each([
  shell('uptime', next('result.stdout.trim() == "up"')),
  shell('uptime', next(String.raw`result.stdout == "up\n"`)),
  shell('uptime', next('result.stdout == ""')),
  shell('diff a b', '    ok_exit: [0, 1]'),
  shell('grep oom a || true'),
  shell('df | grep -oE "[0-9]+"'),
  shell('grep oom a', next('error.kind == "exit"')),
  '  - { id: free, on: db, sql: DELETE FROM locks WHERE true }',
  '  - { id: free, on: db, sql: SELECT 1 }',
  shell('>\n      psql -h a\n      --command "select 1"\n      | cat'),
  shell('|\n      cat a\n      uptime'),
  shell('>\n      cat a &&\n      uptime'),
  shell('rm -rf "${DIR:?}"/*', '    env: { DIR: a }'),
  shell('rm -rf "$DIR"', '    env: { DIR: a }'),
  change(failed('It failed: ${{ error.message }}')),
  change(`{ if: 'error.kind == "declined"', goto: done }`, failed('It failed.')),
  change(`{ if: 'error.kind != "none"', goto: done }`),
  shell('touch a', '    verify: { shell: ls a, until: result.stdout != "", within: 0s }'),
  shell('touch a', '    verify: { shell: ls a, until: result.stdout != "", within: 5s }'),
])('is said well: %s', (step) => {
  expect(codesOf(step)).toEqual([]);
});
