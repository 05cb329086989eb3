import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { STUCK_ORDERS } from '../../fixtures/team-books.ts';
import { pagesOver } from '../../support/team-pages.ts';
import { teamStage } from '../../support/team-stage.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const stage = teamStage();
const alter = (run: string, what: string) =>
  stage().pool.query(`UPDATE runbook.run SET ${what} WHERE id = $1`, [run]);

/** Pages where Sam approves in staging and watches in prod. */
function servedToSam() {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'stuck-orders.yaml'), STUCK_ORDERS);
  const here = { label: 'eu', maxOpen: 5, holdMs: undefined };
  const environments = new Map([
    ['prod', here],
    ['staging', here],
  ]);
  const roles = { everywhere: {}, environments: new Map([['staging', { approver: ['stg'] }]]) };
  const policy = { roles, approval: [] };
  return pagesOver(stage(), folder, { policy, environments });
}

test('a run whose environment is altered is confirmed by nobody of the other environment', async () => {
  const { app, tokenOf } = servedToSam();
  const token = await tokenOf('sam', 'viewer', 'act');
  await stage().pool.query("UPDATE runbook.person SET groups = '{viewer,stg}' WHERE id = 'sam'");
  const run = await stage().create();
  await stage().startWorker();
  const { gate, awaited } = await stage().asks(run, 'gate');
  const confirm = async () => {
    const intent = { type: 'confirm', digest: gate?.digest };
    const reply = await app.request(`/api/runs/${run}/intents`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body: JSON.stringify({ intent, at_seq: awaited?.seq }),
    });
    return { status: reply.status, text: await reply.text() };
  };
  expect((await confirm()).status).toBe(403);
  await alter(run, "environment = 'staging'");
  expect((await confirm()).status).toBe(403);
  const said = await (
    await app.request(`/api/runs/${run}`, { headers: { authorization: `Bearer ${token}` } })
  ).json();
  expect(said).toMatchObject({
    run: { environment: 'prod', trouble: expect.stringContaining('the environment of the run') },
  });
  await expect(stage().send(run, { type: 'note', text: 'x' })).rejects.toThrow(
    'the control plane was altered: the environment of the run differs from its journal',
  );
  expect(await stage().changes(run)).toBe(0);
});

test('a worker believes neither roles of another environment, nor a permission for another gate', async () => {
  const { create, asks, send, answered, finished, changes, pool, store } = stage();
  const run = await create();
  await stage().startWorker();
  const { gate, awaited } = await asks(run, 'gate');
  const confirm = { type: 'confirm', digest: gate?.digest ?? '' } as const;
  const verdictOf = async (forged: string) => {
    const id = await send(run, confirm, 1, 'sam');
    await pool.query(
      `INSERT INTO runbook.run_intent (run_id, person, via, at_seq, intent, roles, signed_in_at, environment, digest)
       SELECT run_id, person, via, $2, intent, roles, signed_in_at, ${forged}
       FROM runbook.run_intent WHERE id = $1`,
      [id, awaited?.seq],
    );
    const all = await store.intents(run);
    return (await answered(run, all.at(-1)?.id ?? '')).verdict;
  };
  expect(await verdictOf("'staging', digest")).toMatchObject({ code: 'not-allowed' });
  expect(await verdictOf('NULL, digest')).toMatchObject({ code: 'not-allowed' });
  expect(await verdictOf("environment, 'sha256:of another'")).toMatchObject({
    code: 'not-allowed',
  });
  expect(await verdictOf('environment, NULL')).toMatchObject({ code: 'not-allowed' });
  expect(await changes(run)).toBe(0);
  await send(run, confirm, awaited?.seq);
  await finished(run);
  expect(await changes(run)).toBe(1);
});

test('a worker does not continue a run whose row differs from its journal, and says so', async () => {
  const { create, asks, store, send } = stage();
  const run = await create();
  const worker = await stage().startWorker({ holdMs: 0 });
  const { awaited } = await asks(run, 'gate');
  await vi.waitFor(async () => expect((await store.run(run))?.holder).toBeUndefined());
  await alter(run, `inputs = '{"read_seconds": "9"}'`);
  await expect(send(run, { type: 'refresh' }, awaited?.seq)).rejects.toThrow('was altered');
  await stage().pool.query(
    `INSERT INTO runbook.run_intent (run_id, person, via, intent) VALUES ($1, 'sam', 'page', '{"type":"look"}')`,
    [run],
  );
  await alter(run, "changed_at = now() - interval '1 day'");
  const notice = await worker.says('notice');
  expect(notice.text).toContain('the inputs of the run differs');
  await asks(run, 'gate');
}, 120_000);
