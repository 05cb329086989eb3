import { expect, test } from 'vitest';
import { printPlain } from '#report/plain/lines.ts';
import { summaryLines } from '#report/summary.ts';
import { type EventLog, viewOf } from '../../fixtures/event-log.ts';
import * as story from '../../fixtures/pool-exhausted-log.ts';
import * as questions from '../../fixtures/question-log.ts';
import { scriptedRun } from '../../fixtures/scripted-run.ts';
import * as troubles from '../../fixtures/trouble-log.ts';

/** Prints a run that goes from its first `seen` events through a log, then pauses. */
async function printed(
  log: EventLog,
  options: { readonly seen?: number; readonly coloured?: boolean } = {},
): Promise<string> {
  const lines: string[] = [];
  const run = scriptedRun({ ...log, events: log.events.slice(0, options.seen ?? 1) });
  const { coloured = false } = options;
  const over = printPlain({ run, write: (line) => lines.push(line), coloured });
  run.goOn(log);
  if (run.view().status !== 'finished') {
    run.goOn(log.add({ type: 'run.paused', reason: 'nobody can answer' }));
  }
  await over;
  expect(run.sent).toEqual([]);
  return lines.join('\n');
}

test('a run in lines: header, each step, what it found and where it went', async () => {
  expect(await printed(story.atSecondStart)).toMatchInlineSnapshot(`
    "Connection pool exhausted (pool-exhausted, high)
    Requests hang or fail because every connection is taken.
    LIVE · run 20261121-031200-k7f2 · operator ana
    db: postgres app@10.0.3.7:5432/shop
    03:12:00 connected to db: postgres 18.4 app@10.0.3.7:5432/shop, through a reserved slot

    03:12:00 ▶ How full is the server? (capacity)
             Separates a full server from a pool that leaks inside one application.
    03:12:00 next, on db · postgres app@10.0.3.7:5432/shop
             | SELECT count(*)::int AS used,
             |        current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int AS usable,
             |        current_setting('max_connections')::int AS max_connections
             | FROM pg_stat_activity
             | WHERE backend_type = 'client backend'
    03:12:06 runs on db · postgres app@10.0.3.7:5432/shop
    03:12:06 done in 212 ms
             used  usable  max_connections
             -----------------------------
               17      17               20
    03:12:06 found: 17 of 17 usable connections are taken.
    03:12:06 → Who holds the connections? because result.row.used >= result.row.usable * 0.9
             result.row.used = 17, result.row.usable = 17
             2 other branches not taken

    03:12:06 ▶ Who holds the connections? (holders)
             Groups sessions by application and state, so that the least harmful remedy comes first.
    03:12:06 next, on db · postgres app@10.0.3.7:5432/shop
             | SELECT application_name, usename, state, count(*)::int AS sessions,
             |        max(now() - state_change)::text AS longest
             | FROM pg_stat_activity
             | WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()
             | GROUP BY 1, 2, 3
             | ORDER BY sessions DESC
    03:12:06 paused: nobody can answer"
  `);
});

test('a server that is older than the shipped runbooks know is said to be', async () => {
  const log = story.atSecondStart.add({
    ...{ type: 'target.connected', target: 'db', reserved: false },
    description: 'mysql app@10.0.3.7:3306/shop',
    facts: { engine: 'mysql', version: '5.7.29' },
  });
  expect(await printed(log)).toContain('MySQL 5.7.29 is older than 8.0');
});

test('a gate shows all that the screen shows, and who confirmed it', async () => {
  const text = await printed(story.resolved);
  expect(text.slice(text.indexOf('DESTRUCTIVE'))).toMatchInlineSnapshot(`
    "DESTRUCTIVE: End sessions that have been idle too long
             ana on db · postgres app@10.0.3.7:5432/shop
             | SELECT pid, pg_terminate_backend(pid) AS ended
             | FROM pg_stat_activity
             | WHERE (pid, backend_start) IN (SELECT * FROM unnest($1::int[], $2::timestamptz[]))
               $1 = {48120,48127,48134,48141,48148,48155,48162,48169,48176,48183,48190}
               $2 = {2026-11-21T01:10:07.512Z,2026-11-21T01:11:07.512Z,2026-11-21T01:12:07.512Z,2026-11-21T01:13:07.512Z,2026-11-21T01:14:07.512Z,2026-11-21T01:15:07.512Z,2026-11-21T01:16:07.512Z,2026-11-21T01:17:07.512Z,2026-11-21T01:18:07.512Z,2026-11-21T01:19:07.512Z,2026-11-21T01:20:07.512Z}
             11 sessions to terminate, read at 2026-11-21T03:12:28.176Z
               pid  backend_start             client_addr  idle_for  last_query
             ------------------------------------------------------------------
             48120  2026-11-21T01:10:07.512Z  10.0.7.20    00:48:11  SELECT * FROM carts WHERE id = $1
             48127  2026-11-21T01:11:07.512Z  10.0.7.21    00:47:11  SELECT * FROM carts WHERE id = $1
             48134  2026-11-21T01:12:07.512Z  10.0.7.22    00:46:11  SELECT * FROM carts WHERE id = $1
             48141  2026-11-21T01:13:07.512Z  10.0.7.23    00:45:11  ∅
             48148  2026-11-21T01:14:07.512Z  10.0.7.24    00:44:11  SELECT * FROM carts WHERE id = $1
             48155  2026-11-21T01:15:07.512Z  10.0.7.25    00:43:11  SELECT * FROM carts WHERE id = $1
             48162  2026-11-21T01:16:07.512Z  10.0.7.26    00:42:11  SELECT * FROM carts WHERE id = $1
             48169  2026-11-21T01:17:07.512Z  10.0.7.27    00:41:11  SELECT * FROM carts WHERE id = $1
             48176  2026-11-21T01:18:07.512Z  10.0.7.28    00:40:11  SELECT * FROM carts WHERE id = $1
             48183  2026-11-21T01:19:07.512Z  10.0.7.29    00:39:11  SELECT * FROM carts WHERE id = $1
             48190  2026-11-21T01:20:07.512Z  10.0.7.30    00:38:11  SELECT * FROM carts WHERE id = $1
             in all rows: usename shop · application_name shop-web · state idle
             Cannot be undone: Clients reconnect by themselves.
             ! Their clients get 57P01 and must reconnect.
             digest sha256:9b1e
    03:12:28 waiting: Confirm this change?
    03:12:36 ana confirmed sha256:9b1e, typed shop, rows read 8 s before
    03:12:36 runs on db · postgres app@10.0.3.7:5432/shop, confirmed as sha256:9b1e
    03:12:36 done in 140 ms
               pid  ended
             ------------
             48120  true
             48127  true
             48134  true
             48141  true
             48148  true
             48155  true
             48162  true
             48169  true
             48176  true
             48183  true
             48190  true
    03:12:36 checks on db · postgres app@10.0.3.7:5432/shop
             | SELECT current_setting('max_connections')::int - count(*)::int AS free
             | FROM pg_stat_activity
    03:12:36 done in 20 ms
             free
             ----
                4
    03:12:36 checking again in 2 s
    03:12:38 checks on db · postgres app@10.0.3.7:5432/shop
    03:12:38 done in 18 ms
             free
             ----
               14
    03:12:38 → Are free slots back?

    03:12:38 ▶ Are free slots back? (free_slots)
    03:12:38 next, on db · postgres app@10.0.3.7:5432/shop
             | SELECT current_setting('max_connections')::int - count(*)::int AS free
             | FROM pg_stat_activity
    03:12:42 runs on db · postgres app@10.0.3.7:5432/shop
    03:12:42 done in 19 ms
             free
             ----
               14
    03:12:42 found: 14 connections are free again.
    03:12:42 → Resolved because result.row.free >= 5
             result.row.free = 14
             1 other branch not taken

    03:12:42 ▶ Resolved (done)

    03:12:42 the run finished resolved after 42 s: 11 idle sessions of shop-web were ended; 14 of 20 connections are free."
  `);
});

test('a failure, a retry and an unknown outcome say what they are', async () => {
  expect(await printed(troubles.atFailure)).toContain(
    [
      '03:12:19 failed after 10 s',
      '         timeout · query · 57014: canceling statement due to statement timeout',
      '         hint: Another session may hold a lock on a catalog; look at pg_locks, or raise the timeout.',
      '03:12:19 the step failed',
      '03:12:19 waiting: The step failed. What next?',
    ].join('\n'),
  );
  expect(await printed(troubles.retrying)).toContain('retrying in 2 s');
  const unknown = await printed(troubles.atUnknown);
  expect(unknown).toContain(
    'the action of terminate_idle (destructive) had started and not finished',
  );
  expect(unknown).toContain('waiting: The outcome is unknown');
  expect(unknown).toContain('a line cut off at the end of the journal was set aside');
});

test('a condition that could not be evaluated, with its values and clauses', async () => {
  expect(await printed(troubles.atDecision)).toContain(
    [
      '03:12:39 waiting: The runbook cannot decide. Which branch?',
      '         result.row has no field "free": the statement returned no row',
      '         result.row = {}',
      '         1  Resolved · Free slots are back, if result.row.free >= 5 (could not be evaluated)',
      '         2  Hand over, otherwise',
    ].join('\n'),
  );
});

test('an action is printed once, however often it is said to run', async () => {
  const text = await printed(story.atSecondStart);
  expect(text.split("WHERE backend_type = 'client backend'\n")).toHaveLength(2);
});

test('the end of an output is printed, with the place of the rest', async () => {
  const text = await printed(questions.afterShell);
  expect(text).toContain(
    'stdout (the end; all 3600 bytes are in output/app_log-1-action-1.stdout):',
  );
  expect(text).toContain('03:19:07 shop[812]: TimeoutError');
});

test('a run taken up in the middle begins with where it stands', async () => {
  const text = await printed(story.atGate, { seen: story.atGate.events.length });
  expect(text).toContain('✓ How full is the server?\n✓ Who holds the connections?\n');
  expect(text).toContain('DESTRUCTIVE: End sessions that have been idle too long');
  expect(text).toContain('waiting: Confirm this change?');
});

test('no escape sequence reaches a pipe, not even from data', async () => {
  const text = await printed(story.resolved);
  expect(text).not.toContain('\u001b');
  expect(text).toContain('report-日本');
});

test('colours are used where they are allowed', async () => {
  expect(await printed(story.atGate, { coloured: true })).toContain(
    '\u001b[31m03:12:28 DESTRUCTIVE',
  );
});

test('a run that cannot go on rejects with its error', async () => {
  const run = scriptedRun(story.atSecondStart);
  const over = printPlain({ run, write: () => undefined });
  run.fail(new Error('disk full'));
  await expect(over).rejects.toThrow('disk full');
});

test('the summary of a resolved run', () => {
  expect(summaryLines(viewOf(story.resolved))).toEqual([
    '✓ pool-exhausted resolved after 42 s',
    '  11 idle sessions of shop-web were ended; 14 of 20 connections are free.',
    '  - 17 of 17 usable connections are taken.',
    '  - 11 sessions of shop-web have been idle for up to 48 minutes.',
    '  - 14 connections are free again.',
    '  changed: End sessions that have been idle too long: 11 sessions terminated (ana)',
    '  runbook transcript 20261121-031200-k7f2',
  ]);
});

test('the summary says nothing twice, though a step said it before or was visited again', () => {
  const said = '14 connections are free again.';
  const again = {
    ...story.afterVerify.events.findLast(({ event }) => event.type === 'branch.taken'),
  };
  if (again.event === undefined) throw new Error('no branch was taken');
  const log = story.afterVerify.add(again.event, {
    type: 'run.finished',
    outcome: 'resolved',
    summary: `All is well. ${said}`,
  });
  expect(summaryLines(viewOf(log)).join('\n').split(said)).toHaveLength(2);
});

test('the summary of a run that was left says how to go on', () => {
  const why = { kind: 'operator-left' } as const;
  const left = story.atGate.add({ type: 'run.paused', reason: 'the operator left', why });
  expect(summaryLines(viewOf(left))).toEqual([
    '‖ pool-exhausted: ana paused it at “End sessions that have been idle too long”',
    '  - 17 of 17 usable connections are taken.',
    '  - 11 sessions of shop-web have been idle for up to 48 minutes.',
    '  resume:     runbook resume 20261121-031200-k7f2',
    '  hand over:  runbook handover 20261121-031200-k7f2 --to NAME',
    '  transcript: runbook transcript 20261121-031200-k7f2',
  ]);
});
