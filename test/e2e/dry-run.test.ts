import { expect, test } from 'vitest';
import { newOperator } from './operator.ts';
import { SIZES } from './screen-sizes.ts';
import { connect, query, shopServer } from './shop-server.ts';
import { victimsRunbook } from './victims-runbook.ts';

const shop = shopServer();

async function victims(): Promise<number> {
  const sql = "SELECT count(*)::int AS n FROM pg_stat_activity WHERE application_name = 'victim'";
  return (await query<{ n: number }>(shop.server.superuserUrl, sql))[0]?.n ?? -1;
}

test.each(SIZES)(
  'a dry run shows a change with its rows and runs nothing, at $columns × $rows',
  async (size) => {
    const victim = await connect(shop.urls.shop, 'victim');
    const kim = newOperator(shop.env);
    kim.writeRunbook('victims', victimsRunbook());
    const terminal = kim.open(['run', 'victims', '--dry-run'], size);
    await terminal.waitFor('⏎ start');
    expect(terminal.text()).toContain('Dry run: changes are shown and not run.');
    expect(terminal.text()).not.toContain('LIVE');
    terminal.press('enter');
    const gate = await terminal.waitFor('1 session to terminate');
    expect(gate).toContain('DRY RUN');
    expect(gate).toContain('pg_terminate_backend');
    expect(gate).toContain('dry run: nothing is run');
    // Enter, pressed by habit, passes no gate.
    terminal.press('enter');
    await terminal.waitFor('choose with a letter');
    expect(kim.events('step.settled').map(({ status }) => status)).not.toContain('simulated');
    terminal.type('y');
    const end = await terminal.waitFor('RESOLVED');
    expect(end).toContain('Dry run: nothing was changed.');
    expect(end).toMatch(/Not run \(dry run\)[\s\S]*≈ {2}End the victims/);
    expect(await victims()).toBe(1);
    expect(kim.events('step.started').filter(({ effect }) => effect !== 'read')).toEqual([]);
    terminal.type('q');
    expect(await terminal.exited).toEqual({ code: 0, signal: 0 });
    expect(terminal.history()).toContain('dry run: nothing was changed');
    await victim.end();
  },
);
