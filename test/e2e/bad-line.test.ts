import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { missingFilter, startFirewall } from '#lab/network/firewall.ts';
import { type Keeper, startKeeper } from '#lab/servers/keeper.ts';
import { changedUrl } from '#lab/setup/changed-url.ts';
import { because } from '../support/because.ts';
import { confirm } from './exhausted-shop.ts';
import { newOperator } from './operator.ts';
import { connect, sessionsLike, shopServer } from './shop-server.ts';
import { victimsRunbook } from './victims-runbook.ts';

const shop = shopServer();
const missing = await missingFilter();

/** Forty kilobytes, which take seconds over a slow line. */
const LONG_LIST = `name: long-list
title: A long list
summary: Reads what a slow line needs seconds for.
inputs:
  database_url: { type: url, secret: true, env: DATABASE_URL }
targets:
  db: { database: "\${{ inputs.database_url }}", engine: postgres }
steps:
  - id: list
    title: List everything
    on: db
    effect: read
    timeout: 60s
    sql: SELECT i, repeat(md5(i::text), 3) AS text FROM generate_series(1, 400) i
    next: [{ finding: "\${{ result.rows.size() }} rows came." }]
  - id: done
    finish: { outcome: resolved, summary: All of it came. }
`;

describe.skipIf(missing !== undefined)(`a bad line to the database${because(missing)}`, () => {
  let keeper: Keeper;
  let line: Awaited<ReturnType<typeof startFirewall>>;
  beforeEach(async () => {
    keeper = await startKeeper();
    line = await startFirewall(keeper, shop.server.port);
  });
  afterEach(async () => {
    await line?.close();
    await keeper?.close();
  });
  const operator = () => {
    const { host, port } = line;
    return newOperator({ DATABASE_URL: changedUrl(shop.urls.oncall, { host, port }) });
  };

  test('the screen answers keys while a slow line brings an answer, which is whole', async () => {
    const kim = operator();
    kim.writeRunbook('long-list', LONG_LIST);
    await line.slow(64);
    const terminal = kim.open(['run', 'long-list', '--auto']);
    await terminal.waitFor('▶ List everything');
    terminal.type('?');
    await terminal.waitFor('── Always ──');
    terminal.press('escape');
    await terminal.waitFor('RESOLVED');
    expect(kim.events('branch.taken')[0]?.finding).toBe('400 rows came.');
    const [first, last] = ['step.started', 'step.finished'].map((type) =>
      Date.parse(kim.journal().find(({ event }) => event.type === type)?.at ?? ''),
    );
    expect((last ?? 0) - (first ?? 0)).toBeGreaterThan(2_000);
  });

  test('every packet that is lost is sent again: the screen waits, and the run is resolved', async () => {
    const victim = await connect(shop.urls.shop, 'victim');
    const kim = operator();
    kim.writeRunbook('victims', victimsRunbook());
    await line.filter(['numgen inc mod 5 < 2 drop']);
    const terminal = kim.open(['run', 'victims', '--auto'], { columns: 100, rows: 30 });
    await confirm(terminal, 'end them');
    await terminal.waitFor('RESOLVED');
    expect(await sessionsLike(shop.server.superuserUrl, 'victim')).toEqual([]);
    await victim.end().catch(() => {});
  });

  test('a change whose answer is lost on the way has an unknown outcome, and is looked at again', async () => {
    const victim = await connect(shop.urls.shop, 'victim');
    const kim = operator();
    const text = victimsRunbook({ changeSeconds: 1 });
    kim.writeRunbook(
      'victims',
      text.replace('effect: destructive', 'effect: destructive\n    timeout: 5s'),
    );
    const terminal = kim.open(['run', 'victims', '--auto'], { columns: 100, rows: 30 });
    await terminal.waitFor('Type end them to run it:');
    await confirm(terminal, 'end them');
    await vi.waitFor(async () => {
      expect(await sessionsLike(shop.server.superuserUrl, 'victim')).toEqual([]);
    }, 10_000);
    await line.drop();
    await vi.waitFor(() => {
      const ends = kim.events('step.finished');
      expect(ends.at(-1)).toMatchObject({ part: 'verify', status: 'failed' });
      expect(ends.at(-2)).toMatchObject({ part: 'action', status: 'unknown' });
    }, 20_000);
    await line.pass();
    await terminal.waitFor('The outcome is unknown. What next?');
    terminal.type('c');
    await terminal.waitFor('RESOLVED');
    await victim.end().catch(() => {});
  });
});
