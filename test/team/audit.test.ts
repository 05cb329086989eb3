import { expect, test } from 'vitest';
import { Audit } from '#team/audit/log.ts';
import { addWorker, controlPlane, queuedRun } from '../support/control-plane.ts';

const plane = controlPlane();
const audit = () => new Audit(plane().pool);

async function entries() {
  const found: unknown[] = [];
  const all = audit().entries();
  let next = await all.next();
  for (; next.done !== true; next = await all.next()) found.push(next.value.read.entry);
  return { found, broken: next.value };
}

test('entries of several servers at once are one chain', async () => {
  const two = [audit(), audit()];
  await Promise.all(
    Array.from({ length: 8 }, (_, index) =>
      two[index % 2]?.note({ what: 'signed-in', person: `p${index}` }),
    ),
  );
  const { found, broken } = await entries();
  expect(broken).toBeUndefined();
  expect(found).toHaveLength(8);
  expect(found).toContainEqual({ what: 'signed-in', person: 'p7' });
});

test('workers that came and died, and intents that they refused, are collected once', async () => {
  const { pool, store } = plane();
  const worker = await addWorker(plane());
  const run = await queuedRun(plane());
  const intent = { type: 'note', text: 'a typed text' } as const;
  const sent = {
    run,
    person: 'eve',
    via: 'page',
    roles: [],
    environment: 'prod',
    signedInAt: undefined,
  } as const;
  const [refused] = [
    await store.addIntent({ ...sent, intent }),
    await store.addIntent({ ...sent, intent }),
  ];
  const answer = JSON.stringify({ accepted: false, code: 'not-allowed', reason: 'no' });
  await pool.query('UPDATE runbook.run_intent SET done_at = now(), answer = $2 WHERE id = $1', [
    ...[refused, answer],
  ]);
  await Promise.all([audit().collect(), audit().collect()]);
  await pool.query("UPDATE runbook.worker SET state = 'dead' WHERE id = $1", [worker]);
  await audit().collect();
  await audit().collect();
  const { found, broken } = await entries();
  expect(broken).toBeUndefined();
  const more = { worker, labels: 'default', program: 'test' };
  expect(found.slice(8)).toEqual([
    { what: 'worker-came', more },
    {
      ...{ what: 'intent-refused', person: 'eve', run },
      more: { intent: 'note', code: 'not-allowed', by: 'worker' },
    },
    { what: 'worker-dead', more: { worker } },
  ]);
  expect(JSON.stringify(found)).not.toContain('a typed text');
});

test.each([
  ["UPDATE runbook.audit SET line = replace(line, 'p3', 'px')", /does not follow|not readable/],
  ['DELETE FROM runbook.audit WHERE seq = 4', /entry 4 is missing/],
])('a chain that was altered is broken: %s', async (sql, reason) => {
  const { pool } = plane();
  await pool.query('CREATE TABLE IF NOT EXISTS kept AS TABLE runbook.audit');
  await pool.query(sql);
  expect((await entries()).broken).toMatch(reason);
  await pool.query('TRUNCATE runbook.audit');
  await pool.query('INSERT INTO runbook.audit TABLE kept');
});
