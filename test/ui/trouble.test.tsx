import { expect, test } from 'vitest';
import { frameOf, typing } from '../fixtures/frame.tsx';
import * as questions from '../fixtures/question-log.ts';
import * as troubles from '../fixtures/trouble-log.ts';

test('a retry counts down', () => {
  const frame = frameOf(troubles.retrying, { later: 500 });
  expect(frame).toContain('attempt 2 in 2 s');
  expect(frame).toContain('reset · query · ECONNRESET');
  expect(frameOf(troubles.retrying, { later: 1_200 })).toContain('attempt 2 in 1 s');
});

test('the failure menu', () => {
  expect(frameOf(troubles.atFailure)).toMatchInlineSnapshot(`
    " Connection pool exhaust…  postgres app@10.0.3.7/shop  LIVE  STEP  00:19  ● rec
    ────────────────────────────────────────────────────────────────────────────────
     ✗ Who holds the connections?                                              10 s

     the step failed and no clause of next is about it
     timeout · query · 57014
     canceling statement due to statement timeout
     hint: Another session may hold a lock on a catalog; look at pg_locks, or raise
     the timeout.
     runbooks/pool-exhausted.yaml:48:7

     │ SELECT application_name, usename, state, count(*)::int AS sessions,
     │        max(now() - state_change)::text AS longest
     │ FROM pg_stat_activity
     │ WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()
     │ GROUP BY 1, 2, 3
     │ ORDER BY sessions DESC
     on db · postgres app@10.0.3.7:5432/shop

     ── The step failed. What next? ───────────────────────────────────────────────
      r retry   e edit   m mark done   s skip   b back   : jump   x abort

    ────────────────────────────────────────────────────────────────────────────────
     d details  n note  o output  ! command  ? help  q leave"
  `);
});

test('an unknown outcome after a crash', () => {
  expect(frameOf(troubles.atUnknown)).toMatchInlineSnapshot(`
    " Connection pool exhaust…  postgres app@10.0.3.7/shop  LIVE  STEP  02:11  ● rec
    ────────────────────────────────────────────────────────────────────────────────
     ? End sessions that have been idle too long                              88 ms

     the run ended while this ran; whether it took effect is not known
     resumed: a line cut off at the end of the journal was set aside

     │ SELECT pid, pg_terminate_backend(pid) AS ended
     │ FROM pg_stat_activity
     │ WHERE (pid, backend_start) IN (SELECT * FROM unnest($1::int[],
     │     $2::timestamptz[]))
       $1 = {48120,48127,48134,48141,48148,48155,48162,48169,48176,48183,48190}
       $2 =
       {2026-11-21T01:10:07.512Z,2026-11-21T01:11:07.512Z,2026-11-21T01:12:07.512Z,
       2026-11-21T01:13:07.512Z,2026-11-21T01:14:07.512Z,2026-11-21T01:15:07.512Z,2
       026-11-21T01:16:07.512Z,2026-11-21T01:17:07.512Z,2026-11-21T01:18:07.512Z,20
       26-11-21T01:19:07.512Z,2026-11-21T01:20:07.512Z}
     on db · postgres app@10.0.3.7:5432/shop

     ── The outcome is unknown. What next? ────────────────────────────────────────
      c check   r retry   m mark done   s skip   b back   : jump   x abort

    ────────────────────────────────────────────────────────────────────────────────
     d details  n note  o output  ! command  ? help  q leave"
  `);
});

test('a condition that cannot be evaluated, with its values and the ways to choose from', () => {
  expect(frameOf(troubles.atDecision)).toMatchInlineSnapshot(`
    " Connection pool exhaust…  postgres app@10.0.3.7/shop  LIVE  STEP  00:39  ● rec
    ────────────────────────────────────────────────────────────────────────────────
     ✓ How full is the server?            17 of 17 usable connections…       212 ms
     ✓ Who holds the connections?                                             96 ms
       11 sessions of shop-web have been idle for up to 48 minutes.
     ✓ End sessions that have been idle too long  11 sessions terminated     266 ms
     ──────────────────────────────────────────────────────────────────────────────
     ✓ Are free slots back?                                                   30 ms

     result.row has no field "free": the statement returned no row
       result.row = {}

     no rows

     ── The runbook cannot decide. Which branch? ──────────────────────────────────
      1  Resolved · Free slots are back
         if result.row.free >= 5 (could not be evaluated)
      2  Hand over
         otherwise
      0  Resolved, the next step in the file

      r retry   s skip   b back   : jump   q leave   x abort
    ────────────────────────────────────────────────────────────────────────────────
     0–2 choose  d details  n note  o output  ! command  ? help  q leave"
  `);
});

test('questions and instructions', () => {
  expect(frameOf(questions.atChoice, { keys: [{ name: 'down' }] })).toContain(
    ' ▸ 2  some are free',
  );
  expect(frameOf(questions.atQuestion, { keys: typing('v1.4') })).toContain('> v1.4▏');
  const secret = frameOf(questions.atSecret, { keys: typing('hunter2') });
  expect(secret).toContain('> •••••••▏');
  expect(secret).not.toContain('hunter2');
  const manual = frameOf(questions.atManual);
  expect(manual).toContain('Set DB_POOL_SIZE=5');
  expect(manual).toContain('y done');
});

test('help names the keys that work now', () => {
  const frame = frameOf(troubles.atFailure, { keys: typing('?'), rows: 40 });
  expect(frame).toContain('r  retry      run the step again');
  expect(frame).toContain('✗ failed');
});
