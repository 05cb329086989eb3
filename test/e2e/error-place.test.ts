import { expect, test } from 'vitest';
import { newOperator } from './operator.ts';
import { shopServer } from './shop-server.ts';

const shop = shopServer();

const OUTER = `name: outer
title: Outside
summary: It runs another one.
inputs: { database_url: { type: url, secret: true, env: DATABASE_URL } }
steps:
  - { id: inner, title: The other one, runbook: inner, with: { database_url: "\${{ inputs.database_url }}" } }
  - { id: done, finish: { outcome: resolved, summary: Over. } }
`;

/** The name that does not exist stands in line 12, from column 28. */
const INNER = `name: inner
title: Inside
summary: It asks for what is not there.
inputs: { database_url: { type: url, secret: true } }
targets: { db: { database: "\${{ inputs.database_url }}", engine: postgres } }
steps:
  - id: ask
    title: Ask for it
    effect: read
    on: db
    sql: |
      SELECT count(*) FROM not_there
  - { id: end, finish: { outcome: resolved, summary: Over. } }
`;

test('the place of an SQL error inside another runbook is one in that runbook', async () => {
  const kim = newOperator(shop.env);
  kim.writeRunbook('outer', OUTER);
  kim.writeRunbook('inner', INNER);
  const terminal = kim.open(['run', 'outer', '--auto']);
  const failed = await terminal.waitFor('What next?');
  expect(failed).toContain('42P01');
  expect(failed).toContain('inner.yaml:12:28');
  expect(kim.events('step.settled')).toMatchObject([
    { step: 'inner/ask', error: { at: { file: 'runbooks/inner.yaml', line: 12, column: 28 } } },
  ]);
});
