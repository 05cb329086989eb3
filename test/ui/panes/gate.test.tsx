import { expect, test } from 'vitest';
import { frameOf, TO_THE_END, typing } from '../../fixtures/frame.tsx';
import * as story from '../../fixtures/pool-exhausted-log.ts';
import * as questions from '../../fixtures/question-log.ts';
import * as troubles from '../../fixtures/trouble-log.ts';

test('the gate at 80 by 24: statement, values, rows, warning and phrase', () => {
  expect(frameOf(story.atGate, { later: 12_000 })).toMatchInlineSnapshot(`
    " Connection pool exhaust…  postgres app@10.0.3.7/shop  LIVE  STEP  00:40  ● rec
    ────────────────────────────────────────────────────────────────────────────────
     ╔═ DESTRUCTIVE ════════════════ ana on db · postgres app@10.0.3.7:5432/shop ═╗
     ║ End sessions that have been idle too long                                  ║
     ║ Why: 11 sessions of shop-web have been idle for up to 48 minutes.          ║
     ║ │ SELECT pid, pg_terminate_backend(pid) AS ended                           ║
     ║ │ FROM pg_stat_activity                                                    ║
     ║ │ WHERE (pid, backend_start) IN (SELECT * FROM unnest($1::int[],           ║
     ║ │     $2::timestamptz[]))                                                  ║
     ║ in all rows:   usename shop   application_name shop-web   state idle       ║
     ║ #  rows  pid      client_addr  idle_for             last_query             ║
     ║ a     1  48141    10.0.7.23    00:45:11             ∅                      ║
     ║ b    10  48120 …  10 values    00:38:11 – 00:48:11  SELECT * FROM carts W… ║
     ║   $1 = {48120,48127,48134,48141,48148,48155,48162,48169,48176,48183,48190} ║
     ║   $2 =                                                                     ║
     ║ ↓ 4 more                                                                   ║
     ║ ────────────────────────────────────────────────────────────────────────── ║
     ║ 11 sessions to terminate · read 12 s ago, valid for 30 s                   ║
     ║ Cannot be undone: Clients reconnect by themselves.                         ║
     ║ ! Their clients get 57P01 and must reconnect.                              ║
     ║ Type shop to run it: Space to the end first                                ║
     ╚════════════════════════════════════════════════════════════════════════════╝
    ────────────────────────────────────────────────────────────────────────────────
     ^R read again  Tab details  ↑↓ scroll  ^N note  Esc decline  ^C stop"
  `);
});

test('the gate at 200 by 50 shows every row whole, beside the steps', () => {
  expect(frameOf(story.atGate, { columns: 200, rows: 50 })).toMatchInlineSnapshot(`
    " Connection pool exhausted  postgres 18.4 app@10.0.3.7:5432/shop · reserved slot                                                                                               LIVE  STEP  00:28  ● rec
    ────────────────────────────────────────────────────────────────────────┬───────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
     ✓ How full is the server?                                       212 ms │ ╔═ DESTRUCTIVE ═══════════════════════════════════════════════════════════════ ana on db · postgres app@10.0.3.7:5432/shop ═╗
       17 of 17 usable connections are taken.                               │ ║ End sessions that have been idle too long                                                                                 ║
     ✓ Who holds the connections?                                     96 ms │ ║ Why: 11 sessions of shop-web have been idle for up to 48 minutes.                                                         ║
       11 sessions of shop-web have been idle for up to 48 minutes.         │ ║ │ SELECT pid, pg_terminate_backend(pid) AS ended                                                                          ║
     ▸ End sessions that have been idle too long                      88 ms │ ║ │ FROM pg_stat_activity                                                                                                   ║
       needs confirmation                                                   │ ║ │ WHERE (pid, backend_start) IN (SELECT * FROM unnest($1::int[], $2::timestamptz[]))                                      ║
     · Lower the application's pool size                                    │ ║                                                                                                                           ║
     · Are free slots back?                                                 │ ║   pid  backend_start             usename  application…  client_addr  state  idle_for  last_query                          ║
                                                                            │ ║ 48120  2026-11-21T01:10:07.512Z  shop     shop-web      10.0.7.20    idle   00:48:11  SELECT * FROM carts WHERE id = $1   ║
                                                                            │ ║ 48127  2026-11-21T01:11:07.512Z  shop     shop-web      10.0.7.21    idle   00:47:11  SELECT * FROM carts WHERE id = $1   ║
                                                                            │ ║ 48134  2026-11-21T01:12:07.512Z  shop     shop-web      10.0.7.22    idle   00:46:11  SELECT * FROM carts WHERE id = $1   ║
                                                                            │ ║ 48141  2026-11-21T01:13:07.512Z  shop     shop-web      10.0.7.23    idle   00:45:11  ∅                                   ║
                                                                            │ ║ 48148  2026-11-21T01:14:07.512Z  shop     shop-web      10.0.7.24    idle   00:44:11  SELECT * FROM carts WHERE id = $1   ║
                                                                            │ ║ 48155  2026-11-21T01:15:07.512Z  shop     shop-web      10.0.7.25    idle   00:43:11  SELECT * FROM carts WHERE id = $1   ║
                                                                            │ ║ 48162  2026-11-21T01:16:07.512Z  shop     shop-web      10.0.7.26    idle   00:42:11  SELECT * FROM carts WHERE id = $1   ║
                                                                            │ ║ 48169  2026-11-21T01:17:07.512Z  shop     shop-web      10.0.7.27    idle   00:41:11  SELECT * FROM carts WHERE id = $1   ║
                                                                            │ ║ 48176  2026-11-21T01:18:07.512Z  shop     shop-web      10.0.7.28    idle   00:40:11  SELECT * FROM carts WHERE id = $1   ║
                                                                            │ ║ 48183  2026-11-21T01:19:07.512Z  shop     shop-web      10.0.7.29    idle   00:39:11  SELECT * FROM carts WHERE id = $1   ║
                                                                            │ ║ 48190  2026-11-21T01:20:07.512Z  shop     shop-web      10.0.7.30    idle   00:38:11  SELECT * FROM carts WHERE id = $1   ║
                                                                            │ ║   $1 = {48120,48127,48134,48141,48148,48155,48162,48169,48176,48183,48190}                                                ║
                                                                            │ ║   $2 =                                                                                                                    ║
                                                                            │ ║   {2026-11-21T01:10:07.512Z,2026-11-21T01:11:07.512Z,2026-11-21T01:12:07.512Z,2026-11-21T01:13:07.512Z,2026-11-21T01:14:0 ║
                                                                            │ ║   7.512Z,2026-11-21T01:15:07.512Z,2026-11-21T01:16:07.512Z,2026-11-21T01:17:07.512Z,2026-11-21T01:18:07.512Z,2026-11-21T0 ║
                                                                            │ ║   1:19:07.512Z,2026-11-21T01:20:07.512Z}                                                                                  ║
                                                                            │ ║ ───────────────────────────────────────────────────────────────────────────────────────────────────────────────────────── ║
                                                                            │ ║ 11 sessions to terminate · read 0 s ago, valid for 30 s                                                                   ║
                                                                            │ ║ Cannot be undone: Clients reconnect by themselves.                                                                        ║
                                                                            │ ║ ! Their clients get 57P01 and must reconnect.                                                                             ║
                                                                            │ ║ Type shop to run it: ▏                                                                                                    ║
                                                                            │ ╚═══════════════════════════════════════════════════════════════════════════════════════════════════════════════════════════╝
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
    ────────────────────────────────────────────────────────────────────────┴───────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
     ^R read again  Tab details  ^N note  Esc decline  ^C stop"
  `);
});

test('a wrong phrase runs nothing and says so', () => {
  const frame = frameOf(story.atGate, {
    keys: [...TO_THE_END, ...typing('sho'), { name: 'enter' }],
  });
  expect(frame).toContain('Nothing was run: “sho” is not the phrase.');
  expect(frame).toContain('Type shop to run it: sho▏');
});

test('rows that are too old are said to be', () => {
  expect(frameOf(story.atGate, { later: 12_000 })).toContain('read 12 s ago, valid for 30 s');
  expect(frameOf(story.atGate, { later: 31_000 })).toContain('read 31 s ago, expired');
  expect(frameOf(troubles.gateRefused)).toContain('confirm again: the rows were 41 s old');
});

test('everything in the gate can be scrolled to, the warning last, while the phrase stays', () => {
  let seen = '';
  for (let times = 0; times < 24; times += 4) {
    const keys = Array.from({ length: times }, () => ({ name: 'down' }) as const);
    const frame = frameOf(story.atGate, { keys });
    expect(frame).toContain('Type shop to run it: ');
    if (frame.includes('Type shop to run it: ▏'))
      expect(frame).toContain('! Their clients get 57P01 and must reconnect.');
    seen += frame;
  }
  for (const pid of [48120, 48141, 48190]) expect(seen).toContain(String(pid));
  expect(seen).toContain('in all rows:   usename shop');
  expect(seen).toContain('2026-11-21T01:20:07.512Z}');
});

test('a change that needs one key, in a lighter frame', () => {
  expect(frameOf(questions.atKeyGate)).toMatchInlineSnapshot(`
    " Connection pool ex…  postgres app@10.0.3.7:5432/shop  LIVE  STEP  00:00  ● rec
    ────────────────────────────────────────────────────────────────────────────────
     ╭─ CHANGE ───────────────────── ana on db · postgres app@10.0.3.7:5432/shop ─╮
     │ Lower the idle timeout                                                     │
     │ │ ALTER ROLE shop SET idle_session_timeout = '15min'                       │
     │ ────────────────────────────────────────────────────────────────────────── │
     │ ! New sessions of shop end after 15 idle minutes.                          │
     │ y run it   Esc decline                                                     │
     ╰────────────────────────────────────────────────────────────────────────────╯













    ────────────────────────────────────────────────────────────────────────────────
     y run it  Tab details  n note  ? help  Esc decline  q leave"
  `);
});
