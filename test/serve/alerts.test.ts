import { expect, test } from 'vitest';
import { alertState, recordAlerts } from '#serve/alerts.ts';
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
  const status = 'firing' as const;
  const alert = { fingerprint: 'f', status, labels, run: undefined, reason: undefined };
  await recordAlerts(pool, [
    { ...alert, source: 'am', decision: 'started', run: 'r1' },
    { ...alert, source: 'am', decision: 'limited', reason: 'too many' },
    { ...alert, source: 'other', decision: 'started' },
    { ...alert, source: 'am', decision: 'started' },
  ]);
  await recordAlerts(pool, []);
  await pool.query(
    "UPDATE runbook.alert SET received_at = now() - interval '2 minutes' WHERE id = 4",
  );
  const { rows } = await pool.query(
    'SELECT source, labels, decision, reason, run_id FROM runbook.alert ORDER BY id LIMIT 2',
  );
  expect(rows).toEqual([
    { source: 'am', labels, decision: 'started', reason: null, run_id: 'r1' },
    { source: 'am', labels, decision: 'limited', reason: 'too many', run_id: null },
  ]);
  const asked = { fingerprints: [], places: [], startsWithinMs: MINUTE_MS };
  expect((await alertState(pool, asked, 'am')).startedAt).toHaveLength(1);
});
