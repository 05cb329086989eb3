import { expect, test } from 'vitest';
import { frameOf, typing } from '../fixtures/frame.tsx';
import * as story from '../fixtures/pool-exhausted-log.ts';
import * as questions from '../fixtures/question-log.ts';

test('before the first step: what the run is about, and what Enter will run', () => {
  expect(frameOf(story.atFirstStart)).toMatchInlineSnapshot(`
    " Connection pool exh…  postgres 18.4 app@10.0.3.7:5432/shop  LIVE  00:00  ● rec
    ───────────────────────────┬────────────────────────────────────────────────────
     DIAGNOSE                  │ Connection pool exhausted
     ▸ How full is the server? │ Requests hang or fail because every connection is
     · Is it the application's…│ taken.
     · Who holds the connectio…│
     · What does the applicati…│ severity      high
                               │ db            postgres 18.4 app@10.0.3.7:5432/shop
     FIX                       │ database_url  ••••••
     · End sessions that have …│ idle_for      10m
     · Lower the application's…│ operator      ana
                               │ run           20261121-031200-k7f2
     VERIFY                    │
     · Are free slots back?    │ ── Next ───────────────────────────── read-only ──
     · Resolved                │ How full is the server?
     · Hand over               │ Separates a full server from a pool that leaks
                               │ inside one application.
                               │ │ SELECT count(*)::int AS used,
                               │ │        current_setting('max_connections')::int -
                               │ │            current_setting('superuser_reserved_c
                               │   … 5 more lines: d shows all
                               │ on db · postgres app@10.0.3.7:5432/shop
    ───────────────────────────┴────────────────────────────────────────────────────
     ⏎ run  a auto  d details  s skip  j jump  n note  ! command  ? help  q leave"
  `);
});

test('between two steps: what was found and why the run went this way, then the next step', () => {
  expect(frameOf(story.atSecondStart)).toMatchInlineSnapshot(`
    " Connection pool exh…  postgres 18.4 app@10.0.3.7:5432/shop  LIVE  00:06  ● rec
    ───────────────────────────┬────────────────────────────────────────────────────
     DIAGNOSE                  │ ✓ How full is the server?                   212 ms
     ✓ How full is the server? │ 17 of 17 usable connections are taken.
     – Is it the application's…│
     ▸ Who holds the connectio…│ used  usable  max_connections
     · What does the applicati…│   17      17               20
                               │
     FIX                       │ → because result.row.used >= result.row.usable *
     · End sessions that have …│   0.9
     · Lower the application's…│   result.row.used = 17 · result.row.usable = 17
                               │
     VERIFY                    │ ── Next ───────────────────────────── read-only ──
     · Are free slots back?    │ Who holds the connections?
     · Resolved                │ Groups sessions by application and state, so that
     · Hand over               │ the least harmful remedy comes first.
                               │ │ SELECT application_name, usename, state,
                               │ │     count(*)::int AS sessions,
                               │ │        max(now() - state_change)::text AS
                               │ │            longest
                               │   … 5 more lines: d shows all
                               │ on db · postgres app@10.0.3.7:5432/shop
    ───────────────────────────┴────────────────────────────────────────────────────
     ⏎ run  a auto  d details  s skip  j jump  n note  o output  ? help  q leave"
  `);
});

test('before a change, the card says that it asks first', () => {
  expect(frameOf(story.atChangeStart)).toMatchInlineSnapshot(`
    " Connection pool exh…  postgres 18.4 app@10.0.3.7:5432/shop  LIVE  00:16  ● rec
    ───────────────────────────┬────────────────────────────────────────────────────
     DIAGNOSE                  │ ✓ Who holds the connections?                 96 ms
     ✓ How full is the server? │ 11 sessions of shop-web have been idle for up to
     – Is it the application's…│ 48 minutes.
     ✓ Who holds the connectio…│
     – What does the applicati…│ application…  usename  state              sessions
                               │ shop-web      shop     idle                     11
     FIX                       │ shop-worker   shop     idle in transact…         3
     ▸ End sessions that have …│ report-日本   report   active                    2
     · Lower the application's…│ … 1 more row · not shown: longest
                               │
     VERIFY                    │ ↓ 4 more
     · Are free slots back?    │
     · Resolved                │ ── Next ──────────────── asks before any change ──
     · Hand over               │ End sessions that have been idle too long
                               │ Their clients hold a slot and do nothing with it.
                               │ │ SELECT pid, backend_start, usename,
                               │ │     application_name, client_addr, state,
                               │ │        (now() - state_change)::text AS idle_for,
                               │   … 7 more lines: d shows all
                               │ on db · postgres app@10.0.3.7:5432/shop
    ───────────────────────────┴────────────────────────────────────────────────────
     ⏎ run  a auto  ↑↓ scroll  d details  s skip  j jump  n note  ? help  q leave"
  `);
});

test('a running script: exact command, time, the end of its output', () => {
  const lines = Array.from({ length: 30 }, (_, index) => `line ${index + 1}`);
  const live = { step: 'app_log', lines, bytes: 240 };
  expect(frameOf(questions.runningShell, { later: 3_200, live })).toMatchInlineSnapshot(`
    " Connection pool exhausted  postgres app@10.0.3.7:5432/shop  LIVE  00:03  ● rec
    ───────────────────────────┬────────────────────────────────────────────────────
     DIAGNOSE                  │ ▶ What does the application say?               3 s
     – How full is the server? │ A pool that leaks says so in its log before the
     – Is it the application's…│ server is full.
     – Who holds the connectio…│
     ▶ What does the applicati…│ │ journalctl -u 'shop' --since '-15min' | tail -n
                               │ │     50
     FIX                       │   SERVICE=shop
     · End sessions that have …│ on app · this machine
     · Lower the application's…│
                               │ ── running ───────────────────────────────────────
     VERIFY                    │ ↑ 21 more
     · Are free slots back?    │ line 22
     · Resolved                │ line 23
     · Hand over               │ line 24
                               │ line 25
                               │ line 26
                               │ line 27
                               │ line 28
                               │ line 29
                               │ line 30
    ───────────────────────────┴────────────────────────────────────────────────────
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
    ───────────────────────────┬────────────────────────────────────────────────────
     DIAGNOSE                  │ ✓ RESOLVED  after 00:42
     ✓ How full is the server? │ 11 idle sessions of shop-web were ended; 14 of 20
     – Is it the application's…│ connections are free.
     ✓ Who holds the connectio…│
     – What does the applicati…│ Changed
                               │ 00:36  End sessions that have been idle too long
     FIX                       │        (ana)
     ✓ End sessions that have …│
     – Lower the application's…│ Found
                               │ 00:06  17 of 17 usable connections are taken.
     VERIFY                    │ 00:16  11 sessions of shop-web have been idle for
     ✓ Are free slots back?    │        up to 48 minutes.
     ✓ Resolved                │ 00:42  14 connections are free again.
     – Hand over               │
                               │ Prevention
                               │ •  Return connections in a finally block or a
                               │ ↓ 3 more
                               │
                               │ related: too-many-connections, timeout
    ───────────────────────────┴────────────────────────────────────────────────────
     Transcript: runbook transcript 20261121-031200-k7f2
     ↑↓ scroll  o output  ? help  ⏎ close"
  `);
});

test('a narrow terminal shows one column, and a gate with its keys', () => {
  expect(frameOf(story.atSecondStart, { columns: 60, rows: 18 })).toMatchInlineSnapshot(`
    " Connectio…  postgres app@10.0.3.7/shop  LIVE  00:06  ● rec
    ────────────────────────────────────────────────────────────
     ✓ How full is the server?                           212 ms
     17 of 17 usable connections are taken.

     used  usable  max_connections
       17      17               20

     → because result.row.used >= result.row.usable * 0.9
       result.row.used = 17 · result.row.usable = 17
     ── Next ───────────────────────────────────── read-only ──
     Who holds the connections?
     │ SELECT application_name, usename, state, count(*)::int
     │     AS sessions,
       … 6 more lines: d shows all
     on db · postgres app@10.0.3.7:5432/shop
    ────────────────────────────────────────────────────────────
     ⏎ run  a auto  d details  s skip  j jump  ? help  q leave"
  `);
  expect(frameOf(story.atGate, { columns: 40, rows: 12 })).toMatchInlineSnapshot(`
    " Connect…  postgres 10.0.3.7/shop  LIVE
     End sessions that have been idle too
     long
     on db · postgres
     app@10.0.3.7:5432/shop
     Make the terminal at least 60 columns
     by 15 rows to see and confirm it.




     ⏎ confirm  Esc decline  ^C stop"
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

test('a step that was passed by has a sign of its own, which the help names', () => {
  expect(frameOf(story.atSecondStart)).toContain("\n – Is it the application's…│");
  expect(frameOf(story.atSecondStart, { keys: typing('?'), rows: 40 })).toMatch(/ – not taken/);
});

test('who leaves is told how to go on, and how to hand the run over', () => {
  const frame = frameOf(story.atSecondStart, { keys: typing('q') });
  expect(frame).toContain('runbook resume 20261121-031200-k7f2');
  expect(frame).toContain('runbook handover 20261121-031200-k7f2 --to NAME');
});
