import { expect, test } from 'vitest';
import type { ActionStep, WaitStep } from '#runbook/model/runbook.ts';
import { parseRunbook } from '#runbook/parse.ts';
import { HEAD, runbookOf } from '../fixtures/one-step.ts';

const IDLE = '  - { id: idle, on: db, sql: "SELECT pid FROM s WHERE n > ${{ inputs.port }}" }\n';
const LIST =
  '  - { id: list, on: shop, shell: ./list, parse: json, read_because: It only lists. }\n';

const doesOf = (steps: string) => runbookOf(steps).steps.at(-1)?.does;

function problemsOf(steps: string) {
  const result = parseRunbook({ file: 'steps.yaml', text: `${HEAD}steps:\n${steps}` });
  const all = result.ok ? [] : result.diagnostics.filter(({ severity }) => severity === 'error');
  return all.map(({ code, message }) => `${code}: ${message}`);
}

test('a verification repeats the read of an earlier step, on its target', () => {
  const does = doesOf(
    `${IDLE}  - { id: end, on: shop, shell: x, verify: { again: idle, until: result.row_count == 0, every: 5s } }\n`,
  ) as ActionStep;
  const [first] = runbookOf(IDLE).steps;
  expect(does.verify?.body).toEqual((first?.does as ActionStep | undefined)?.body);
  expect(does.verify).toMatchObject({ everyMs: 5000, body: { kind: 'sql', target: 'db' } });
});

test('a script keeps how it is parsed and why it only reads, unless something else is given', () => {
  const verified = (more: string) =>
    (
      doesOf(
        `${LIST}  - { id: end, shell: x, verify: { again: list, until: true${more} } }\n`,
      ) as ActionStep
    ).verify;
  expect(verified('')).toMatchObject({
    readBecause: 'It only lists.',
    body: { target: 'shop', parse: 'json' },
  });
  expect(verified(', on: cache, parse: lines, read_because: y')).toMatchObject({
    readBecause: 'y',
    body: { target: 'cache', parse: 'lines' },
  });
});

test('a wait and a preview repeat one too', () => {
  const wait = doesOf(
    `${LIST}  - { id: end, wait: { again: list, until: result.json.ok, within: 1m } }\n`,
  ) as WaitStep;
  expect(wait.until).toMatchObject({ readBecause: 'It only lists.', body: { target: 'shop' } });
  const previewed = doesOf(
    `${LIST}  - { id: end, shell: "rm -- \${{ preview.json }}", preview: { from: list } }\n`,
  ) as ActionStep;
  expect(previewed.preview).toMatchObject({ body: { parse: 'json' }, maxRows: 50 });
});

test('a read keeps what its script is given and which exit codes are answers', () => {
  const read = `{ id: look, on: shop, shell: grep -q x "$FILE", env: { FILE: a.log }, cwd: /srv, stdin: y, ok_exit: [0, 1] }`;
  const given = { cwd: { text: '/srv' }, stdin: { text: 'y' }, okExit: [0, 1] };
  const env = { FILE: { text: 'a.log' } };
  const verified = doesOf(
    `  - ${read}\n  - { id: end, shell: x, env: { MODE: on }, verify: { again: look, until: result.exit_code == 0 } }\n`,
  ) as ActionStep;
  expect(verified.verify?.body).toMatchObject({ ...given, env: { ...env, MODE: { text: 'on' } } });
  const waited = doesOf(
    `  - ${read}\n  - { id: end, wait: { again: look, until: result.exit_code == 0, within: 1m } }\n`,
  ) as WaitStep;
  expect(waited.until?.body).toMatchObject({ ...given, env });
  const previewed = doesOf(
    `  - ${read}\n  - { id: end, shell: x, preview: { from: look, env: { FILE: b.log } } }\n`,
  ) as ActionStep;
  expect(previewed.preview?.body).toMatchObject({ ...given, env: { FILE: { text: 'b.log' } } });
});

test('a repeated step repeats a read of its item', () => {
  const read = `{ id: look, on: shop, shell: "ls \${{ item }}", for_each: '["a"]' }`;
  const check = (list: string) =>
    `  - ${read}\n  - { id: end, on: shop, shell: x, ${list}verify: { again: look, until: "true" } }\n`;
  expect(problemsOf(check(`for_each: '["a"]', `))).toEqual([]);
  expect(problemsOf(check(`for_each: '["a"]', as: host, `)).join()).toContain('item');
});

test('what is read in the other step is known here, with its types', () => {
  const step = (until: string) =>
    problemsOf(`${LIST}  - { id: end, wait: { again: list, until: ${until}, within: 1m } }\n`);
  expect(step('result.json.ok')).toEqual([]);
  expect(step('result.rows.size() > 0')[0]).toContain('result has no "rows"');
});

test.each([
  ['again: nothing', 'unknown-step: there is no step "nothing"'],
  ['again: end', 'step-not-before: "end" does not come before this step'],
  ['again: later', 'step-not-before: "later" does not come before this step'],
  ['again: idle, sql: SELECT 1', 'keys-conflict: again repeats a read, and there is sql as well'],
  ['again: hands', 'keys-conflict: "hands" reads nothing that could be repeated'],
  [
    'again: in_terminal',
    'keys-conflict: "in_terminal" has interactive, which cannot be repeated here',
  ],
  ['again: of_each', 'keys-conflict: "of_each" has for_each, which cannot be repeated here'],
  ['sql: SELECT 1, env: { A: b }, on: db', 'unknown-key: a verification with sql has no "env"'],
])('%s is reported, once', (verify, problem) => {
  const steps = `${IDLE}  - { id: hands, manual: x }
  - { id: in_terminal, shell: top, interactive: true, read_because: It shows. }
  - { id: of_each, shell: "ls \${{ item }}", for_each: '["a"]' }
  - { id: end, shell: x, verify: { ${verify}, until: true } }
  - { id: later, shell: ls }
`;
  expect(problemsOf(steps)).toEqual([problem]);
});

test('what changes something cannot be repeated as a check', async () => {
  const { appliedTo, pointedAt } = await import('../fixtures/effects/applied.ts');
  const applied = appliedTo(
    '- { id: first, shell: rm x }\n- { id: it, shell: ls, effect: change, verify: { again: first, until: true } }',
  );
  expect(pointedAt(applied).join()).toContain('effect-not-read');
});
