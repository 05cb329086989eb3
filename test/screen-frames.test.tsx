import { expect, test } from 'vitest';
import { frameOf, typing } from './fixtures/frame.tsx';
import * as story from './fixtures/pool-exhausted-log.ts';
import * as questions from './fixtures/question-log.ts';
import * as troubles from './fixtures/trouble-log.ts';

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
     ⏎ run  a auto  s skip  j jump  n note  o output  d details  ? help  q leave"
  `);
});

test('between two steps: what was found and why the run went this way, then the next step', () => {
  expect(frameOf(story.atSecondStart)).toMatchInlineSnapshot(`
    " Connection pool exh…  postgres 18.4 app@10.0.3.7:5432/shop  LIVE  00:06  ● rec
    ───────────────────────────┬────────────────────────────────────────────────────
     DIAGNOSE                  │ ✓ How full is the server?                     0.2s
     ✓ How full is the server? │ 17 of 17 usable connections are taken.
       Is it the application's…│
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
     ⏎ run  a auto  s skip  j jump  b back  n note  o output  ? help  q leave"
  `);
});

test('before a change, the card says that it asks first', () => {
  expect(frameOf(story.atChangeStart)).toMatchInlineSnapshot(`
    " Connection pool exh…  postgres 18.4 app@10.0.3.7:5432/shop  LIVE  00:16  ● rec
    ───────────────────────────┬────────────────────────────────────────────────────
     DIAGNOSE                  │ ✓ Who holds the connections?                  0.1s
     ✓ How full is the server? │ 11 sessions of shop-web have been idle for up to
       Is it the application's…│ 48 minutes.
     ✓ Who holds the connectio…│
       What does the applicati…│ applicatio…  usename  state                sessio…
                               │ shop-web     shop     idle                      11
     FIX                       │ shop-worker  shop     idle in transaction        3
     ▸ End sessions that have …│ report-日本  report   active                     2
     · Lower the application's…│ … 1 more row · not shown: longest
                               │
     VERIFY                    │ ↓ 4 more
     · Are free slots back?    │
     · Resolved                │ ── Next ─────── asks before it changes anything ──
     · Hand over               │ End sessions that have been idle too long
                               │ Their clients hold a slot and do nothing with it.
                               │ │ SELECT pid, backend_start, usename,
                               │ │     application_name, client_addr, state,
                               │ │        (now() - state_change)::text AS idle_for,
                               │   … 7 more lines: d shows all
                               │ on db · postgres app@10.0.3.7:5432/shop
    ───────────────────────────┴────────────────────────────────────────────────────
     ⏎ run  a auto  s skip  j jump  b back  n note  o output  ? help  q leave"
  `);
});

test('the gate at 80 by 24: statement, values, rows, warning and phrase', () => {
  expect(frameOf(story.atGate, { later: 12_000 })).toMatchInlineSnapshot(`
    " Connection pool exh…  postgres 18.4 app@10.0.3.7:5432/shop  LIVE  00:40  ● rec
    ────────────────────────────────────────────────────────────────────────────────
     ╔═ DESTRUCTIVE ════════════════ ana on db · postgres app@10.0.3.7:5432/shop ═╗
     ║ End sessions that have been idle too long                                  ║
     ║ │ SELECT pid, pg_terminate_backend(pid) AS ended                           ║
     ║ │ FROM pg_stat_activity                                                    ║
     ║ │ WHERE (pid, backend_start) IN (SELECT * FROM unnest($1::int[],           ║
     ║ │     $2::timestamptz[]))                                                  ║
     ║                                                                            ║
     ║   pid  backend_start         usename  applica…  client_a…  state  idle_for ║
     ║ 48120  2026-11-21T01:10:07…  shop     shop-web  10.0.7.20  idle   00:48:11 ║
     ║ 48127  2026-11-21T01:11:07…  shop     shop-web  10.0.7.21  idle   00:47:11 ║
     ║ 48134  2026-11-21T01:12:07…  shop     shop-web  10.0.7.22  idle   00:46:11 ║
     ║ 48141  2026-11-21T01:13:07…  shop     shop-web  10.0.7.23  idle   00:45:11 ║
     ║ 48148  2026-11-21T01:14:07…  shop     shop-web  10.0.7.24  idle   00:44:11 ║
     ║ ↓ 13 more                                                                  ║
     ║ ────────────────────────────────────────────────────────────────────────── ║
     ║ 11 rows pinned · read 12 s ago, good for 30 s                              ║
     ║ undo: Clients reconnect by themselves.                                     ║
     ║ ! Their clients get 57P01 and must reconnect.                              ║
     ║ Type shop to run it: ▏                                                     ║
     ╚════════════════════════════════════════════════════════════════════════════╝
    ────────────────────────────────────────────────────────────────────────────────
     ⏎ confirm  ^R read again  ^D details  ↑↓ scroll  ^N note  Esc decline  ^C stop"
  `);
});

test('the gate at 200 by 50 shows every row whole, beside the steps', () => {
  expect(frameOf(story.atGate, { columns: 200, rows: 50 })).toMatchInlineSnapshot(`
    " Connection pool exhausted  postgres 18.4 app@10.0.3.7:5432/shop · reserved slot                                                                                                     LIVE  00:28  ● rec
    ──────────────────────────────────────────────┬─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
     DIAGNOSE                                     │ ╔═ DESTRUCTIVE ═════════════════════════════════════════════════════════════════════════════════════════ ana on db · postgres app@10.0.3.7:5432/shop ═╗
     ✓ How full is the server?               0.2s │ ║ End sessions that have been idle too long                                                                                                           ║
       Is it the application's own pool?          │ ║ │ SELECT pid, pg_terminate_backend(pid) AS ended                                                                                                    ║
     ✓ Who holds the connections?                 │ ║ │ FROM pg_stat_activity                                                                                                                             ║
       What does the application say?             │ ║ │ WHERE (pid, backend_start) IN (SELECT * FROM unnest($1::int[], $2::timestamptz[]))                                                                ║
                                                  │ ║                                                                                                                                                     ║
     FIX                                          │ ║   pid  backend_start             usename  application_name  client_addr  state  idle_for  last_query                                                ║
     ▸ End sessions that have been idle too long  │ ║ 48120  2026-11-21T01:10:07.512Z  shop     shop-web          10.0.7.20    idle   00:48:11  SELECT * FROM carts WHERE id = $1                         ║
     · Lower the application's pool size          │ ║ 48127  2026-11-21T01:11:07.512Z  shop     shop-web          10.0.7.21    idle   00:47:11  SELECT * FROM carts WHERE id = $1                         ║
                                                  │ ║ 48134  2026-11-21T01:12:07.512Z  shop     shop-web          10.0.7.22    idle   00:46:11  SELECT * FROM carts WHERE id = $1                         ║
     VERIFY                                       │ ║ 48141  2026-11-21T01:13:07.512Z  shop     shop-web          10.0.7.23    idle   00:45:11  ∅                                                         ║
     · Are free slots back?                       │ ║ 48148  2026-11-21T01:14:07.512Z  shop     shop-web          10.0.7.24    idle   00:44:11  SELECT * FROM carts WHERE id = $1                         ║
     · Resolved                                   │ ║ 48155  2026-11-21T01:15:07.512Z  shop     shop-web          10.0.7.25    idle   00:43:11  SELECT * FROM carts WHERE id = $1                         ║
     · Hand over                                  │ ║ 48162  2026-11-21T01:16:07.512Z  shop     shop-web          10.0.7.26    idle   00:42:11  SELECT * FROM carts WHERE id = $1                         ║
                                                  │ ║ 48169  2026-11-21T01:17:07.512Z  shop     shop-web          10.0.7.27    idle   00:41:11  SELECT * FROM carts WHERE id = $1                         ║
                                                  │ ║ 48176  2026-11-21T01:18:07.512Z  shop     shop-web          10.0.7.28    idle   00:40:11  SELECT * FROM carts WHERE id = $1                         ║
                                                  │ ║ 48183  2026-11-21T01:19:07.512Z  shop     shop-web          10.0.7.29    idle   00:39:11  SELECT * FROM carts WHERE id = $1                         ║
                                                  │ ║ 48190  2026-11-21T01:20:07.512Z  shop     shop-web          10.0.7.30    idle   00:38:11  SELECT * FROM carts WHERE id = $1                         ║
                                                  │ ║   $1 = {48120,48127,48134,48141,48148,48155,48162,48169,48176,48183,48190} · $2 =                                                                   ║
                                                  │ ║   {2026-11-21T01:10:07.512Z,2026-11-21T01:11:07.512Z,2026-11-21T01:12:07.512Z,2026-11-21T01:13:07.512Z,2026-11-21T01:14:07.512Z,2026-11-21T01:15:07 ║
                                                  │ ║   .512Z,2026-11-21T01:16:07.512Z,2026-11-21T01:17:07.512Z,2026-11-21T01:18:07.512Z,2026-11-21T01:19:07.512Z,2026-11-21T01:20:07.512Z}               ║
                                                  │ ║ ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────── ║
                                                  │ ║ 11 rows pinned · read 0 s ago, good for 30 s                                                                                                        ║
                                                  │ ║ undo: Clients reconnect by themselves.                                                                                                              ║
                                                  │ ║ ! Their clients get 57P01 and must reconnect.                                                                                                       ║
                                                  │ ║ Type shop to run it: ▏                                                                                                                              ║
                                                  │ ╚═════════════════════════════════════════════════════════════════════════════════════════════════════════════════════════════════════════════════════╝
                                                  │
                                                  │
                                                  │
                                                  │
                                                  │
                                                  │
                                                  │
                                                  │
                                                  │
                                                  │
                                                  │
                                                  │
                                                  │
                                                  │
                                                  │
                                                  │
                                                  │
                                                  │
                                                  │
    ──────────────────────────────────────────────┴─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
     ⏎ confirm  ^R read again  ^D details  ^N note  Esc decline  ^C stop"
  `);
});

test('a wrong phrase runs nothing and says so', () => {
  const frame = frameOf(story.atGate, { keys: [...typing('sho'), { name: 'enter' }] });
  expect(frame).toContain('Nothing was run: “sho” is not the phrase.');
  expect(frame).toContain('Type shop to run it: sho▏');
});

test('rows that are too old are said to be', () => {
  expect(frameOf(story.atGate, { later: 12_000 })).toContain('read 12 s ago, good for 30 s');
  expect(frameOf(story.atGate, { later: 31_000 })).toContain('read 31 s ago, too old');
  expect(frameOf(troubles.gateRefused)).toContain('asked again: the rows were 41 s old');
});

test('everything in the gate can be scrolled to while phrase and warning stay', () => {
  let seen = '';
  for (let times = 0; times < 24; times += 4) {
    const keys = Array.from({ length: times }, () => ({ name: 'down' }) as const);
    const frame = frameOf(story.atGate, { keys });
    expect(frame).toContain('! Their clients get 57P01 and must reconnect.');
    expect(frame).toContain('Type shop to run it: ▏');
    seen += frame;
  }
  for (const pid of [48120, 48141, 48190]) expect(seen).toContain(String(pid));
  expect(seen).toContain('not shown: last_query');
  expect(seen).toContain('2026-11-21T01:20:07.512Z}');
});

test('a change that needs one key, in a lighter frame', () => {
  expect(frameOf(questions.atKeyGate)).toMatchInlineSnapshot(`
    " Connection pool exhausted  postgres app@10.0.3.7:5432/shop  LIVE  00:00  ● rec
    ────────────────────────────────────────────────────────────────────────────────
     ╭─ CHANGE ───────────────────── ana on db · postgres app@10.0.3.7:5432/shop ─╮
     │ Lower the idle timeout                                                     │
     │ │ ALTER ROLE shop SET idle_session_timeout = '15min'                       │
     │ ────────────────────────────────────────────────────────────────────────── │
     │ nothing is pinned: it has no preview                                       │
     │ ! New sessions of shop end after 15 idle minutes.                          │
     │ y run it   Esc do not                                                      │
     ╰────────────────────────────────────────────────────────────────────────────╯












    ────────────────────────────────────────────────────────────────────────────────
     y run it  d details  n note  ? help  Esc decline  q leave"
  `);
});

test('a running script: exact command, time, the end of its output', () => {
  const lines = Array.from({ length: 30 }, (_, index) => `line ${index + 1}`);
  const live = { step: 'app_log', lines, bytes: 240 };
  expect(frameOf(questions.runningShell, { later: 3_200, live })).toMatchInlineSnapshot(`
    " Connection pool exhausted  postgres app@10.0.3.7:5432/shop  LIVE  00:03  ● rec
    ───────────────────────────┬────────────────────────────────────────────────────
     DIAGNOSE                  │ ▶ What does the application say?                3s
       How full is the server? │ A pool that leaks says so in its log before the
       Is it the application's…│ server is full.
       Who holds the connectio…│
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
     n note  o output  d details  ↑↓ scroll  ? help  ^C stop"
  `);
});

test('a retry counts down', () => {
  const frame = frameOf(troubles.retrying, { later: 500 });
  expect(frame).toContain('attempt 2 in 2 seconds');
  expect(frame).toContain('reset · query · ECONNRESET');
  expect(frameOf(troubles.retrying, { later: 1_200 })).toContain('attempt 2 in 1 second');
});

test('a verification shows its last check and when the next one is due', () => {
  const frame = frameOf(story.verifying);
  expect(frame).toContain('checking that it worked · check 1');
  expect(frame).toContain('check 2 in 2 seconds');
});

test('the failure menu', () => {
  expect(frameOf(troubles.atFailure)).toMatchInlineSnapshot(`
    " Connection pool exh…  postgres 18.4 app@10.0.3.7:5432/shop  LIVE  00:19  ● rec
    ───────────────────────────┬────────────────────────────────────────────────────
     DIAGNOSE                  │ ✗ Who holds the connections?                   10s
     ✓ How full is the server? │
       Is it the application's…│ the step failed and no clause of next is about it
     ✗ Who holds the conn… 10s │ timeout · query · 57014
     · What does the applicati…│ canceling statement due to statement timeout
                               │ hint: Another session may hold a lock on a
     FIX                       │ catalog; look at pg_locks, or raise the timeout.
     · End sessions that have …│ runbooks/pool-exhausted.yaml:48:7
     · Lower the application's…│
                               │ ↓ 10 more
     VERIFY                    │
     · Are free slots back?    │ ── What now? ─────────────────────────────────────
     · Resolved                │  r  retry      run the step again
     · Hand over               │  e  edit       change inputs, then run it again
                               │  m  mark done  you did it by hand; say what shows …
                               │  s  skip       go on without it; say why
                               │  b  back       back to the step before
                               │  j  jump       go to another step
                               │  q  leave      leave the run; it can be resumed
                               │  x  abort      end the run here, for good
    ───────────────────────────┴────────────────────────────────────────────────────
     ↑↓ scroll  n note  o output  d details  ? help  q leave"
  `);
});

test('an unknown outcome after a crash', () => {
  expect(frameOf(troubles.atUnknown)).toMatchInlineSnapshot(`
    " Connection pool exh…  postgres 18.4 app@10.0.3.7:5432/shop  LIVE  02:11  ● rec
    ───────────────────────────┬────────────────────────────────────────────────────
     DIAGNOSE                  │ ? End sessions that have been idle too long   88ms
     ✓ How full is the server? │
       Is it the application's…│ the run ended while this ran; whether it took
     ✓ Who holds the connectio…│ effect is not known
       What does the applicati…│ resumed: a line cut off at the end of the journal
                               │ was set aside
     FIX                       │
     ? End sessions that have …│ │ SELECT pid, pg_terminate_backend(pid) AS ended
     · Lower the application's…│ │ FROM pg_stat_activity
                               │ ↓ 12 more
     VERIFY                    │
     · Are free slots back?    │ ── It may or may not have taken effect. What now?
     · Resolved                │  c  check      check now whether it took effect
     · Hand over               │  r  retry      run the step again
                               │  m  mark done  you did it by hand; say what shows …
                               │  s  skip       go on without it; say why
                               │  b  back       back to the step before
                               │  j  jump       go to another step
                               │  q  leave      leave the run; it can be resumed
                               │  x  abort      end the run here, for good
    ───────────────────────────┴────────────────────────────────────────────────────
     ↑↓ scroll  n note  o output  d details  ? help  q leave"
  `);
});

test('a condition that cannot be evaluated, with its values and the ways to choose from', () => {
  expect(frameOf(troubles.atDecision)).toMatchInlineSnapshot(`
    " Connection pool exh…  postgres 18.4 app@10.0.3.7:5432/shop  LIVE  00:39  ● rec
    ───────────────────────────┬────────────────────────────────────────────────────
     DIAGNOSE                  │ ✓ Are free slots back?                        30ms
     ✓ How full is the server? │
       Is it the application's…│ result.row has no field "free": the statement
     ✓ Who holds the connectio…│ returned no row
       What does the applicati…│   result.row = {}
                               │
     FIX                       │ no rows
     ✓ End sessions that have …│
       Lower the application's…│ ── The runbook cannot decide. Which way? ─────────
                               │  1  Resolved
     VERIFY                    │     if result.row.free >= 5  (could not be
     ✓ Are free slots back?    │     evaluated)
     · Resolved                │  2  Hand over
     · Hand over               │     otherwise
                               │  0  the next step in the file
                               │
                               │  r retry   s skip   b back   j jump   q leave
                               │  x abort
                               │
                               │
    ───────────────────────────┴────────────────────────────────────────────────────
     1–9 choose  n note  o output  d details  ? help  q leave"
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

test('the end: outcome, findings, prevention', () => {
  expect(frameOf(story.resolved)).toMatchInlineSnapshot(`
    " Connection pool ex…  postgres 18.4 app@10.0.3.7:5432/shop  LIVE  00:42  ■ over
    ───────────────────────────┬────────────────────────────────────────────────────
     DIAGNOSE                  │ ✓ RESOLVED  after 00:42
     ✓ How full is the server? │ 11 idle sessions of shop-web were ended; 14 of 20
       Is it the application's…│ connections are free.
     ✓ Who holds the connectio…│
       What does the applicati…│ Found
                               │ 00:06  17 of 17 usable connections are taken.
     FIX                       │ 00:16  11 sessions of shop-web have been idle for
     ✓ End sessions that have …│        up to 48 minutes.
       Lower the application's…│ 00:42  14 connections are free again.
                               │
     VERIFY                    │ So that it does not come back
     ✓ Are free slots back?    │ •  Return connections in a finally block or a
     ✓ Resolved                │    context manager.
       Hand over               │ •  Alert at 80 % of usable connections.
                               │
                               │
                               │ related: too-many-connections, timeout
                               │ runbook transcript 20261121-031200-k7f2
                               │
                               │
    ───────────────────────────┴────────────────────────────────────────────────────
     o output  ? help  q close"
  `);
});

test('a narrow terminal shows one column, and a gate with its keys', () => {
  expect(frameOf(story.atSecondStart, { columns: 60, rows: 18 })).toMatchInlineSnapshot(`
    " Connection pool…  postgres 18.4 app@1…  LIVE  00:06  ● rec
    ────────────────────────────────────────────────────────────
     ✓ How full is the server?                             0.2s
     17 of 17 usable connections are taken.

     ↓ 5 more

     ── Next ───────────────────────────────────── read-only ──
     Who holds the connections?
     Groups sessions by application and state, so that the
     least harmful remedy comes first.
     │ SELECT application_name, usename, state, count(*)::int
     │     AS sessions,
     │        max(now() - state_change)::text AS longest
       … 5 more lines: d shows all
     on db · postgres app@10.0.3.7:5432/shop
    ────────────────────────────────────────────────────────────
     ⏎ run  a auto  s skip  j jump  b back  ? help  q leave"
  `);
  expect(frameOf(story.atGate, { columns: 40, rows: 12 })).toMatchInlineSnapshot(`
    " Connection pool… …  LIVE  00:28  ● rec
     ╔═ DESTRUCTIVE ═ ana on db · postg… ═╗
     ║ │ SELECT pid,                      ║
     ║ ────────────────────────────────── ║
     ║ 11 rows pinned · read 0 s ago, go… ║
     ║ undo: Clients reconnect by         ║
     ║ themselves.                        ║
     ║ ! Their clients get 57P01 and must ║
     ║ reconnect.                         ║
     ║ Type shop to run it: ▏             ║
     ╚════════════════════════════════════╝
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
  expect(found).toContain('n N next tail');
  const keys = [...open, ...typing('x'), { name: 'enter' } as const];
  expect(frameOf(questions.afterShell, { keys })).toContain('“tailx” is not in here');
});

test('help names the keys that work now', () => {
  const frame = frameOf(troubles.atFailure, { keys: typing('?') });
  expect(frame).toContain('r  retry      run the step again');
  expect(frame).toContain('✗ failed');
});
