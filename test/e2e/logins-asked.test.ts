import { expect, test } from 'vitest';
import { newOperator } from './operator.ts';
import { filesIn } from './secrets.ts';
import { shopServer } from './shop-server.ts';

const shop = shopServer();

test('a login that a runbook within triage lacks is asked for there, and “not done” leads back to triage', async () => {
  const wrong = new URL(shop.urls.oncall);
  wrong.password = 'mistyped-4411';
  const kim = newOperator({ DATABASE_URL: wrong.href });
  const terminal = kim.open(['triage', '--auto'], { columns: 80, rows: 24 });
  await terminal.waitFor(/auth: open this runbook[\s\S]*▸ 1 {2}open it now/);
  terminal.press('enter');
  // auth has no ADMIN_DATABASE_URL to look with.
  await terminal.waitFor('Is there an admin login?');
  const admin = new URL(shop.server.superuserUrl);
  admin.pathname = '/shop';
  terminal.type(admin.href);
  terminal.press('enter');
  await terminal.waitFor('f not done');
  for (const [, text] of [['', terminal.received] as const, ...filesIn(kim.home)])
    expect(text).not.toContain(admin.password);
  terminal.type('f');
  await terminal.waitFor('What prevented it?');
  terminal.type('nobody is awake');
  terminal.press('enter');
  await terminal.waitFor('What next?');
  await terminal.waitFor('check the layers again');
  terminal.press('enter');
  await terminal.waitFor(/auth: open this runbook[\s\S]*▸ 1 {2}open it now/);
});
