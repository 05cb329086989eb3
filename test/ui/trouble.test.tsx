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
    " Connection pool exh…  postgres 18.4 app@10.0.3.7:5432/shop  LIVE  00:19  ● rec
    ───────────────────────────┬────────────────────────────────────────────────────
     DIAGNOSE                  │ ✗ Who holds the connections?                  10 s
     ✓ How full is the server? │
     – Is it the application's…│ the step failed and no clause of next is about it
     ✗ Who holds the con… 10 s │ timeout · query · 57014
     · What does the applicati…│ canceling statement due to statement timeout
                               │ hint: Another session may hold a lock on a
     FIX                       │ catalog; look at pg_locks, or raise the timeout.
     · End sessions that have …│ runbooks/pool-exhausted.yaml:48:7
     · Lower the application's…│
                               │ ↓ 10 more
     VERIFY                    │
     · Are free slots back?    │ ── What next? ────────────────────────────────────
     · Resolved                │  r  retry      run the step again
     · Hand over               │  e  edit       change inputs, then run it again
                               │  m  mark done  it was done by hand; give evidence
                               │  s  skip       continue without it; give a reason
                               │  b  back       back to the previous step
                               │  j  jump       go to another step
                               │  q  leave      pause the run; it can be resumed
                               │  x  abort      end the run; it cannot be resumed
    ───────────────────────────┴────────────────────────────────────────────────────
     ↑↓ scroll  d details  n note  o output  ! command  ? help  q leave"
  `);
});

test('an unknown outcome after a crash', () => {
  expect(frameOf(troubles.atUnknown)).toMatchInlineSnapshot(`
    " Connection pool exh…  postgres 18.4 app@10.0.3.7:5432/shop  LIVE  02:11  ● rec
    ───────────────────────────┬────────────────────────────────────────────────────
     DIAGNOSE                  │ ? End sessions that have been idle too long  88 ms
     ✓ How full is the server? │
     – Is it the application's…│ the run ended while this ran; whether it took
     ✓ Who holds the connectio…│ effect is not known
     – What does the applicati…│ resumed: a line cut off at the end of the journal
                               │ was set aside
     FIX                       │
     ? End sessions that have …│ │ SELECT pid, pg_terminate_backend(pid) AS ended
     · Lower the application's…│ │ FROM pg_stat_activity
                               │ ↓ 13 more
     VERIFY                    │
     · Are free slots back?    │ ── The outcome is unknown. What next? ────────────
     · Resolved                │  c  check      check now whether it took effect
     · Hand over               │  r  retry      run the step again
                               │  m  mark done  it was done by hand; give evidence
                               │  s  skip       continue without it; give a reason
                               │  b  back       back to the previous step
                               │  j  jump       go to another step
                               │  q  leave      pause the run; it can be resumed
                               │  x  abort      end the run; it cannot be resumed
    ───────────────────────────┴────────────────────────────────────────────────────
     ↑↓ scroll  d details  n note  o output  ! command  ? help  q leave"
  `);
});

test('a condition that cannot be evaluated, with its values and the ways to choose from', () => {
  expect(frameOf(troubles.atDecision)).toMatchInlineSnapshot(`
    " Connection pool exh…  postgres 18.4 app@10.0.3.7:5432/shop  LIVE  00:39  ● rec
    ───────────────────────────┬────────────────────────────────────────────────────
     DIAGNOSE                  │ ✓ Are free slots back?                       30 ms
     ✓ How full is the server? │
     – Is it the application's…│ result.row has no field "free": the statement
     ✓ Who holds the connectio…│ returned no row
     – What does the applicati…│   result.row = {}
                               │
     FIX                       │ no rows
     ✓ End sessions that have …│
     – Lower the application's…│ ── The runbook cannot decide. Which branch? ──────
                               │  1  Resolved
     VERIFY                    │     if result.row.free >= 5  (could not be
     ✓ Are free slots back?    │     evaluated)
     · Resolved                │  2  Hand over
     · Hand over               │     otherwise
                               │  0  Resolved, the next step in the file
                               │
                               │  r retry   s skip   b back   j jump   q leave
                               │  x abort
                               │
                               │
    ───────────────────────────┴────────────────────────────────────────────────────
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
  expect(manual).toContain('y  done');
});

test('help names the keys that work now', () => {
  const frame = frameOf(troubles.atFailure, { keys: typing('?') });
  expect(frame).toContain('r  retry      run the step again');
  expect(frame).toContain('✗ failed');
});
