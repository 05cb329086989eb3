import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { expectNoSecret, filesIn } from '../../e2e/secrets.ts';
import { shopServer } from '../../e2e/shop-server.ts';
import { ConfigOperator } from '../../support/config-operator.ts';

const shop = shopServer();

/** Says its secret in every way, through a script and through the server. */
const LEAKY = `name: leaky
title: A leaky runbook
summary: It says too much.
inputs:
  database_url: { type: url, secret: true }
  note: { required: false }
targets:
  db: { database: "\${{ inputs.database_url }}" }
  other: { database: "postgres://nobody@127.0.0.1:1/none" }
steps:
  - id: print
    title: Print the secret
    effect: read
    read_because: It only prints what it is given.
    env: { URL: "\${{ inputs.database_url }}", NOTE: "\${{ inputs.note == null ? '' : inputs.note }}" }
    shell: |
      echo "as it is: $URL"
      password=\${URL#*://*:}; password=\${password%%@*}
      echo "encoded: $password"
      echo "decoded: $(printf '%b' "\${password//%/\\\\x}")"
      echo "in base64: $(printf '%s' "$URL" | base64 -w 0)"
      echo "to the error stream: $URL" >&2
      echo "note $NOTE"
  - { id: ask, title: Ask the server, on: db, effect: read, sql: "SELECT \${{ inputs.database_url }}::text AS url, current_user AS me" }
  - { id: other, title: Ask the other one, on: other, effect: read, sql: "SELECT \${{ inputs.database_url }}::text AS url, current_user AS you" }
  - { id: done, title: Done, finish: { outcome: resolved, summary: Said. } }
`;

function operatorWithPass(config: string): ConfigOperator {
  const kim = new ConfigOperator();
  kim.writeRunbook('leaky', LEAKY);
  kim.writeUserConfig(config);
  // The URLs stand in variables of the store alone: files of the operator must not hold them either.
  kim.writeProgram(
    'pass',
    `case "$*" in
  'show prod/db') printf '%s\\nlogin: oncall\\n' "$STORE_DB" ;;
  'show prod/other') printf '%s\\n' "$STORE_OTHER" ;;
  *) echo "Error: $2 is not in the password store." >&2; exit 1 ;;
esac`,
  );
  return kim;
}

function store(): Readonly<Record<string, string>> {
  return { STORE_DB: shop.urls.oncall, STORE_OTHER: shop.urls.viewer };
}

test('a secret from a password store is in nothing that is shown or kept, in no form', async () => {
  const kim = operatorWithPass(`environments:
  prod:
    inputs:
      database_url: "command: pass show prod/db"
      note: "command: pass show prod/other"
    targets:
      other: { database: { command: pass show prod/other } }
`);
  const run = await kim.run(['run', 'leaky', '--env', 'prod'], store());
  expect(run).toMatchObject({ code: 0, stderr: '' });
  expect(run.stdout).toMatch(/note ‹secret:(?:note|other)›/);
  expect(run.stdout).toMatch(/‹secret:database_url› +oncall/);
  expect(run.stdout).toMatch(/‹secret:database_url› +viewer/);
  const transcript = await kim.run(['transcript']);
  const doctor = await kim.run(['doctor', 'leaky', '--env', 'prod'], store());
  expect(doctor.stdout).toContain('everything is set for leaky');
  for (const url of [shop.urls.oncall, shop.urls.viewer])
    expectNoSecret(url, [
      ['the lines', run.stdout + run.stderr],
      ['the transcript', transcript.stdout],
      ['the doctor', doctor.stdout + doctor.stderr],
      ...filesIn(kim.home),
    ]);
});

test('an address of a target that no input has is masked as well', async () => {
  const kim = operatorWithPass(`environments:
  prod:
    inputs: { database_url: "env:STORE_DB" }
    targets: { other: { database: "env:STORE_OTHER" } }
`);
  // Somebody left it lying about, and a script finds it.
  kim.write('other-url', shop.urls.viewer);
  kim.writeRunbook(
    'leaky',
    LEAKY.replace('echo "note $NOTE"', 'echo "other: $(cat ../other-url)"'),
  );
  const run = await kim.run(['run', 'leaky', '--env', 'prod'], store());
  expect(run.stdout).toContain('other: ‹secret:other›');
  expectNoSecret(shop.urls.viewer, [
    ['the lines', run.stdout],
    ...filesIn(join(kim.home, 'state')),
  ]);
});

test('a secret that fails a check, or a command that fails after printing one, is not said', async () => {
  const kim = operatorWithPass(`environments:
  wrong: { inputs: { database_url: "command: pass show prod/db | tr -d :" } }
  late: { inputs: { database_url: "command: pass show prod/db; echo oh no >&2; exit 9" } }
`);
  for (const environment of ['wrong', 'late']) {
    const run = await kim.run(['run', 'leaky', '--env', environment], store());
    const doctor = await kim.run(['doctor', 'leaky', '--env', environment], store());
    expect([run.code, doctor.code]).toEqual([5, 5]);
    expectNoSecret(shop.urls.oncall, [
      [environment, run.stdout + run.stderr],
      ['doctor', doctor.stdout + doctor.stderr],
      ...filesIn(kim.home),
    ]);
  }
});

test('a run goes on in its environment, with values got anew', async () => {
  const kim = operatorWithPass(`environments:
  prod:
    inputs: { database_url: "command: pass show prod/db" }
    targets: { other: { database: "command: pass show prod/other" } }
`);
  kim.writeRunbook(
    'leaky',
    LEAKY.replace(
      '  - { id: ask,',
      '  - { id: hands, title: By hand, manual: Do it. }\n  - { id: ask,',
    ).replace(
      '  - { id: done,',
      '  - { id: again, title: By hand again, manual: Do it too. }\n  - { id: done,',
    ),
  );
  const left = await kim.run(['run', 'leaky', '--env', 'prod'], store());
  expect(left.code).toBe(4);
  const locked = await kim.run(['resume'], { ...store(), STORE_DB: '' });
  expect(locked.code).toBe(5);
  expect(locked.stderr).toContain('database_url has no value: its first line is empty');

  const resumed = kim.open(['resume', '--plain'], store());
  // What is typed before its question is there is dropped.
  await resumed.waitFor('y done');
  resumed.type('y');
  resumed.press('enter');
  expect(resumed.received).toContain('environment prod');
  await resumed.waitFor('What did you see?');
  resumed.type('seen');
  resumed.press('enter');
  await vi.waitFor(() => expect(kim.events('step.entered').at(-1)?.step).toBe('again'), 20_000);
  await resumed.close();
  expectNoSecret(shop.urls.oncall, [['the terminal', resumed.received], ...filesIn(kim.home)]);

  kim.writeUserConfig('environments: { staging: {} }\n');
  const gone = await kim.run(['resume']);
  expect(gone).toMatchObject({ code: 2, stdout: '' });
  expect(gone.stderr).toContain('unknown environment "prod"');
});

test('the journal keeps no digest of a secret either', async () => {
  const kim = operatorWithPass(`environments:
  prod: { inputs: { database_url: "env:STORE_DB" }, targets: { other: { database: "env:STORE_DB" } } }
`);
  await kim.run(['run', 'leaky', '--env', 'prod'], store());
  const digest = createHash('sha256').update(shop.urls.oncall).digest('hex');
  for (const [, text] of filesIn(kim.home)) expect(text).not.toContain(digest);
});
