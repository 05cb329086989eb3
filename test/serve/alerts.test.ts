import { expect, test } from 'vitest';
import { alertCounts, alertState, recordAlerts, withoutSecrets } from '#serve/alerts.ts';
import { runAlert } from '../fixtures/alert-files.ts';
import { controlPlane, queuedRun } from '../support/control-plane.ts';

const plane = controlPlane();
const MINUTE_MS = 60_000;

test('the state has open and finished runs of the fingerprints, and open runs of the places', async () => {
  const { pool } = plane();
  const [open, finished] = [await queuedRun(plane()), await queuedRun(plane())];
  await pool.query("UPDATE runbook.run SET fingerprint = 'open' WHERE id = $1", [open]);
  await pool.query(
    "UPDATE runbook.run SET fingerprint = 'over', finished_at = '2026-11-22T21:15:00Z' WHERE id = $1",
    [finished],
  );
  const asked = {
    fingerprints: ['open', 'over', 'unknown'],
    places: [
      { runbook: 'waits', environment: 'prod' },
      { runbook: 'waits', environment: 'staging' },
    ],
    startsWithinMs: MINUTE_MS,
  };
  const state = await alertState(pool, asked, 'am');
  expect(state.open).toEqual(new Map([['open', open]]));
  expect(state.finishedAt).toEqual(new Map([['over', Date.parse('2026-11-22T21:15:00Z')]]));
  expect(state.openRuns).toEqual([{ runbook: 'waits', environment: 'prod', count: 1 }]);
});

test('alerts are kept with their decisions, and recent starts of their source count', async () => {
  const { pool } = plane();
  const labels = { alertname: 'Stuck "here"', path: 'C:\\x', unit: 'µs' };
  const kept = { fingerprint: 'f', run: undefined, reason: undefined };
  const am = { ...kept, alert: runAlert({ labels, key: 'k' }) };
  await recordAlerts(pool, [
    { ...am, decision: 'started', run: 'r1' },
    { ...am, decision: 'limited', reason: 'too many' },
    { ...kept, alert: runAlert({ source: 'other' }), decision: 'started' },
    { ...am, decision: 'started' },
  ]);
  await recordAlerts(pool, []);
  await pool.query(
    "UPDATE runbook.alert SET received_at = now() - interval '2 minutes' WHERE id = 4",
  );
  const { rows } = await pool.query(
    `SELECT source, key, labels, told->>'title' AS title, told->'links' AS links, decision, reason, run_id
     FROM runbook.alert ORDER BY id LIMIT 2`,
  );
  const { title, links } = am.alert;
  const told = { source: 'am', key: 'k', labels, title, links };
  expect(rows).toEqual([
    { ...told, decision: 'started', reason: null, run_id: 'r1' },
    { ...told, decision: 'limited', reason: 'too many', run_id: null },
  ]);
  const asked = { fingerprints: [], places: [], startsWithinMs: MINUTE_MS };
  expect((await alertState(pool, asked, 'am')).startedAt).toHaveLength(1);
});

test('the alerts of a run are counted by their keys, and their last time is known', async () => {
  const { pool } = plane();
  const kept = { fingerprint: 'f', run: 'counted', reason: undefined } as const;
  const [one, two] = [runAlert({ key: 'one' }), runAlert({ key: 'two' })];
  await recordAlerts(pool, [
    { ...kept, alert: one, decision: 'started' },
    { ...kept, alert: one, decision: 'joined' },
    { ...kept, alert: two, decision: 'joined' },
    { ...kept, alert: { ...one, status: 'resolved' }, decision: 'resolved' },
  ]);
  expect(await alertCounts(pool, 'counted')).toEqual(
    expect.arrayContaining([
      { source: 'am', key: 'one', seen: 2, lastAt: expect.any(Date) },
      { source: 'am', key: 'two', seen: 1, lastAt: expect.any(Date) },
    ]),
  );
});

test('what looks like a secret in an alert is masked wherever it stands', () => {
  const url = 'postgres://shop:hunter2hunter2@db-7/shop';
  const { labels, annotations, title } = withoutSecrets(
    runAlert({
      labels: { url },
      annotations: { hint: `try ${url}` },
      title: `Cannot reach ${url}`,
    }),
  );
  const masked = 'postgres://shop:‹secret:password in a connection string›@db-7/shop';
  expect([labels.url, annotations.hint, title]).toEqual([
    ...[masked, `try ${masked}`, `Cannot reach ${masked}`],
  ]);
});
