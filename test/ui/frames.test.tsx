import { expect, test } from 'vitest';
import { frameOf, typing } from '../fixtures/frame.tsx';
import * as story from '../fixtures/pool-exhausted-log.ts';
import * as questions from '../fixtures/question-log.ts';

test('before the first step: what the run is about, and what Enter will run', () => {
  expect(frameOf(story.atFirstStart)).toMatchInlineSnapshot(`
    " Connection pool exhaust…  postgres app@10.0.3.7/shop  LIVE  STEP  00:00  ● rec
    ────────────────────────────────────────────────────────────────────────────────
     Connection pool exhausted
     Requests hang or fail because every connection is taken.

     severity      high
     db            postgres 18.4 app@10.0.3.7:5432/shop
     database_url  ••••••
     idle_for      10m
     operator      ana
     run           20261121-031200-k7f2

     ── Next ───────────────────────────────────────────────────────── read-only ──
     ▸ How full is the server?
     Separates a full server from a pool that leaks inside one application.
     │ SELECT count(*)::int AS used,
     │        current_setting('max_connections')::int -
     │            current_setting('superuser_reserved_connections')::int AS usable,
     │        current_setting('max_connections')::int AS max_connections
     │ FROM pg_stat_activity
     │ WHERE backend_type = 'client backend'
     on db · postgres app@10.0.3.7:5432/shop
    ────────────────────────────────────────────────────────────────────────────────
     ⏎ run  a auto  d details  s skip  : jump  n note  ! command  ? help  q leave"
  `);
});

test('between two steps: what was found and why the run went this way, then the next step', () => {
  expect(frameOf(story.atSecondStart)).toMatchInlineSnapshot(`
    " Connection pool exhaust…  postgres app@10.0.3.7/shop  LIVE  STEP  00:06  ● rec
    ────────────────────────────────────────────────────────────────────────────────
     ✓ How full is the server?                                               212 ms
     17 of 17 usable connections are taken.

     used  usable  max_connections
       17      17               20

     → because result.row.used >= result.row.usable * 0.9
       result.row.used = 17 · result.row.usable = 17

     ── Next ───────────────────────────────────────────────────────── read-only ──
     ▸ Who holds the connections?
     Groups sessions by application and state, so that the least harmful remedy
     comes first.
     │ SELECT application_name, usename, state, count(*)::int AS sessions,
     │        max(now() - state_change)::text AS longest
     │ FROM pg_stat_activity
     │ WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()
     │ GROUP BY 1, 2, 3
     │ ORDER BY sessions DESC
     on db · postgres app@10.0.3.7:5432/shop
    ────────────────────────────────────────────────────────────────────────────────
     ⏎ run  a auto  d details  s skip  : jump  n note  o output  ? help  q leave"
  `);
});

test('before a change, the card says that it asks first', () => {
  expect(frameOf(story.atChangeStart)).toMatchInlineSnapshot(`
    " Connection pool exhaust…  postgres app@10.0.3.7/shop  LIVE  STEP  00:16  ● rec
    ────────────────────────────────────────────────────────────────────────────────
     ✓ Who holds the connections?                                             96 ms
     11 sessions of shop-web have been idle for up to 48 minutes.

     application_name  usename  state                sessions  longest
     shop-web          shop     idle                       11  00:48:11
     shop-worker       shop     idle in transaction         3  00:12:40
     report-日本       report   active                      2  00:00:03
     … 1 more row

     → because result.row.state == "idle" && result.row.sessions > 5
       result.row.state = "idle" · result.row.sessions = 11

     ── Next ──────────────────────────────────────────── asks before any change ──
     ▸ End sessions that have been idle too long
     Their clients hold a slot and do nothing with it.
     │ SELECT pid, backend_start, usename, application_name, client_addr, state,
     │        (now() - state_change)::text AS idle_for, left(query, 60) AS
     │            last_query
       … 5 more lines: d shows all
     on db · postgres app@10.0.3.7:5432/shop
    ────────────────────────────────────────────────────────────────────────────────
     ⏎ run  a auto  d details  s skip  : jump  n note  o output  ? help  q leave"
  `);
});

test('a running script: exact command, time, the end of its output', () => {
  const lines = Array.from({ length: 30 }, (_, index) => `line ${index + 1}`);
  const live = { step: 'app_log', lines, bytes: 240 };
  expect(frameOf(questions.runningShell, { later: 3_200, live })).toMatchInlineSnapshot(`
    " Connection pool ex…  postgres app@10.0.3.7:5432/shop  LIVE  STEP  00:03  ● rec
    ────────────────────────────────────────────────────────────────────────────────
     ▶ What does the application say?
     · End sessions that have been idle too long
     · Lower the application's pool size
     · Are free slots back?
     ── What does the application say? ───────────────────────────────────── 3 s ──
     A pool that leaks says so in its log before the server is full.

     │ journalctl -u 'shop' --since '-15min' | tail -n 50
       SERVICE=shop
     on app · this machine

     ── running ───────────────────────────────────────────────────────────────────
     ↑ 23 more
     line 24
     line 25
     line 26
     line 27
     line 28
     line 29
     line 30
    ────────────────────────────────────────────────────────────────────────────────
     ↑↓ scroll  n note  o output  d details  ? help  ^C stop"
  `);
});

test('a verification shows its last check and when the next one is due', () => {
  const frame = frameOf(story.verifying);
  expect(frame).toContain('checking · check 1');
  expect(frame).toContain('check 2 in 2 s');
});

test('the end: outcome, findings, prevention', () => {
  expect(frameOf(story.resolved)).toMatchInlineSnapshot(`
    " Connection pool ex…  postgres 18.4 app@10.0.3.7:5432/shop  LIVE  00:42  ■ over
    ────────────────────────────────────────────────────────────────────────────────
     ✓ RESOLVED in 42 s                                         pool-exhausted k7f2

     Cause      11 sessions of shop-web have been idle for up to 48 minutes.
     Changed    03:12:36  End sessions that have been idle too long: 11         ana
                          sessions terminated
     Now        11 idle sessions of shop-web were ended; 14 of 20 connections are
                free.

     ── Steps ─────────────────────────────────────────────────────────────────────
     ✓ How full is the server?                                               212 ms
       17 of 17 usable connections are taken.
     ✓ Who holds the connections?         see above                           96 ms
     ✓ End sessions that have been idle too long  11 sessions terminated     266 ms
     ✓ Are free slots back?               14 connections are free again.      19 ms
       3 other steps not needed

     ── Prevention ────────────────────────────────────────────────────────────────
     •  Return connections in a finally block or a context manager.
     •  Alert at 80 % of usable connections.

    ────────────────────────────────────────────────────────────────────────────────
     t transcript  p postmortem  o output  / search  ? help  ⏎ close"
  `);
});

test('a narrow terminal shows one column, and a gate with its keys', () => {
  expect(frameOf(story.atSecondStart, { columns: 60, rows: 18 })).toMatchInlineSnapshot(`
    " postgres app@10.0.3.7/shop        LIVE  STEP  00:06  ● rec
    ────────────────────────────────────────────────────────────
     ✓ How full is the server?                           212 ms
     17 of 17 usable connections are taken.

     used  usable  max_connections
       17      17               20

     → because result.row.used >= result.row.usable * 0.9
       result.row.used = 17 · result.row.usable = 17
     ── Next ───────────────────────────────────── read-only ──
     ▸ Who holds the connections?
     │ SELECT application_name, usename, state, count(*)::int
     │     AS sessions,
       … 6 more lines: d shows all
     on db · postgres app@10.0.3.7:5432/shop
    ────────────────────────────────────────────────────────────
     ⏎ run  a auto  d details  s skip  : jump  ? help  q leave"
  `);
  expect(frameOf(story.atGate, { columns: 40, rows: 12 })).toMatchInlineSnapshot(`
    " postgres 10.0.3.7/shop      LIVE  STEP
     End sessions that have been idle too
     long
     on db · postgres
     app@10.0.3.7:5432/shop
     Make the terminal at least 60 columns
     by 15 rows to see and confirm it.




     ^R read again  Esc decline  ^C stop"
  `);
});

test('a name from the database cannot move the cursor', () => {
  expect(frameOf(story.atChangeStart, { columns: 120 })).toContain('report-日本');
});

test('the output of a step in the pager, with a search', () => {
  const open = [{ name: 'text', text: 'o' } as const, ...typing('/tail')];
  const found = frameOf(questions.afterShell, { keys: [...open, { name: 'enter' }] });
  expect(found).toContain("│ journalctl -u 'shop' --since '-15min' | tail -n 50");
  expect(found).toContain('n N next “tail”');
  const keys = [...open, ...typing('x'), { name: 'enter' } as const];
  expect(frameOf(questions.afterShell, { keys })).toContain('“tailx”');
});

test('a step that was passed by is not listed; the help names its sign', () => {
  expect(frameOf(story.atSecondStart, { columns: 160 })).not.toContain("– Is it the application's");
  expect(frameOf(story.atSecondStart, { keys: typing('?'), rows: 40 })).toMatch(/ – not taken/);
});

test('who leaves is told how to go on, and how to hand the run over', () => {
  const frame = frameOf(story.atSecondStart, { keys: typing('q') });
  expect(frame).toContain('runbook resume 20261121-031200-k7f2');
  expect(frame).toContain('runbook handover 20261121-031200-k7f2 --to NAME');
});
