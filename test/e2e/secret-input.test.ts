import { join } from 'node:path';
import { expect, test } from 'vitest';
import { newOperator } from './operator.ts';
import { expectNoSecret, filesIn } from './secrets.ts';
import { shopServer } from './shop-server.ts';
import { victimsRunbook } from './victims-runbook.ts';

const shop = shopServer();

test('a secret that is typed in is not shown, not kept, and asked for again on resume', async () => {
  const kim = newOperator();
  kim.writeRunbook('victims', victimsRunbook());
  const first = kim.open(['run', 'victims', '--step']);
  await first.waitFor('database_url');
  first.type('banana');
  first.press('enter');
  await first.waitFor(/database_url" has to be a URL[\s\S]*its value is not[\s\S]*database_url/);
  expect(first.received).not.toContain('banana');
  first.type(shop.urls.oncall);
  first.press('enter');
  await first.waitFor('▸ Count the victims');
  first.press('enter');
  await first.waitFor('0 victims are there.');
  first.type('q');
  await first.waitFor('Pause the run?');
  first.type('y');
  expect((await first.exited).code).toBe(7);

  const nobody = await kim.run(['resume', '--plain']);
  expect(nobody).toMatchObject({ code: 4, stdout: '' });
  expect(nobody.stderr).toContain('secrets are not stored');

  const second = kim.open(['resume']);
  await second.waitFor('database_url');
  second.type(shop.urls.oncall);
  second.press('enter');
  await second.waitFor(/── Next ──[\s\S]*▸ End the victims/);
  expectNoSecret(shop.urls.oncall, [
    ['the first terminal', first.received],
    ['the second terminal', second.received],
    ...filesIn(kim.home),
  ]);
});

test('a secret that is missing is named where nobody can be asked', async () => {
  const kim = newOperator();
  kim.writeRunbook('victims', victimsRunbook());
  const { code, stdout, stderr } = await kim.run(['run', 'victims', '--plain']);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain('missing input: database_url (or DATABASE_URL)');
});

test('a secret that a script prints, in any form, is masked wherever it is shown or kept', async () => {
  const kim = newOperator(shop.env);
  kim.writeRunbook(
    'leaky',
    `name: leaky
title: A leaky script
summary: It says too much.
inputs:
  database_url: { type: url, secret: true, env: DATABASE_URL }
steps:
  - id: print
    title: Print the secret
    effect: read
    read_because: It only prints what it is given.
    env: { URL: "\${{ inputs.database_url }}" }
    shell: |
      echo "as it is: $URL"
      password=\${URL#*://*:}; password=\${password%%@*}
      echo "encoded: $password"
      echo "decoded: $(printf '%b' "\${password//%/\\\\x}")"
      echo "in base64: $(printf '%s' "$URL" | base64 -w 0)"
      echo "to the error stream: $URL" >&2
      echo the end
  - { id: rest, title: Say nothing, effect: read, shell: 'true' }
  - { id: done, title: Done, finish: { outcome: resolved, summary: Said. } }
`,
  );
  const terminal = kim.open(['run', 'leaky', '--step'], { columns: 120, rows: 40 });
  await terminal.waitFor('── Next ──');
  terminal.press('enter');
  await terminal.waitFor('▸ Say nothing');
  terminal.type('o');
  await terminal.waitFor(/the end[\s\S]*\/ search/);
  expect(terminal.text()).toContain('‹secret:database_url');
  terminal.press('escape');
  await terminal.waitFor('── Next ──');
  terminal.press('enter');
  await terminal.waitFor('RESOLVED');
  terminal.press('enter');
  expect((await terminal.exited).code).toBe(0);
  const plain = await kim.run(['run', 'leaky', '--plain'], {
    env: { RUNBOOK_STATE: join(kim.home, 'other') },
  });
  expect(plain.stdout).toContain('the end');
  const { stdout } = await kim.run(['transcript']);
  expect(stdout).toContain('the end');
  expectNoSecret(shop.urls.oncall, [
    ['the terminal', terminal.received],
    ['the lines', plain.stdout + plain.stderr],
    ['the transcript', stdout],
    ...filesIn(kim.home),
  ]);
});
