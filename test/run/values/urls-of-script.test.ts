import { expect, test } from 'vitest';
import type { TargetFacts } from '#machine/context.ts';
import { shownAction, shownTogether } from '#run/values/shown-action.ts';
import { urlsOfScript } from '#run/values/urls-of-script.ts';
import { scriptAction } from '../../support/run-script.ts';

const DB: TargetFacts = {
  ...{ name: 'db', engine: 'postgres', host: 'db1', port: 5432, database: 'shop', user: 'app' },
  description: 'postgres app@db1:5432/shop',
};

const URL = 'postgres://app:pw@db1/shop';

test('a URL in a variable is shown by its server, without its password', () => {
  const action = scriptAction('psql "$U"', { env: { U: URL, LANG: 'C' }, readOnly: false });
  const shown = shownAction(action, { targets: { db: DB } });
  expect(shown.settings).toContain('U leads to postgres app@db1:5432/shop (target db)');
  expect(shown.settings?.join()).not.toContain('pw');
});

test('so is every URL in the input, once', () => {
  const stdin = JSON.stringify({ to: [URL, URL], from: 'mysql://root:pw@db2:3307/x' });
  expect(urlsOfScript(scriptAction('cat', { stdin }), {})).toEqual([
    'standard input leads to postgres app@db1:5432/shop',
    'standard input leads to mysql root@db2:3307/x',
  ]);
});

test('parameters that lead elsewhere than the host of the URL are followed', () => {
  const env = { A: `${URL}?host=db9`, B: `${URL}?hostaddr=10.0.0.9` };
  expect(urlsOfScript(scriptAction('true', { env }), { db: DB })).toEqual([
    'A leads to postgres app@db9:5432/shop',
    'B leads to postgres app@db1:5432/shop at 10.0.0.9 (target db)',
  ]);
});

test('of a URL for no database, only the host is shown: its path may be a secret', () => {
  const env = { HOOK: 'https://me:pw@hooks.example:8443/services/T0/secret?key=k' };
  expect(urlsOfScript(scriptAction('true', { env }), {})).toEqual([
    'HOOK leads to hooks.example:8443',
  ]);
});

test('one gate for a list shows the server of every item beside it', () => {
  const changes = ['db1', 'db2'].map((host, index) => ({
    item: { index: index + 1, count: 2, label: host },
    action: scriptAction('true', { env: { U: `postgres://a:pw@${host}/x` }, readOnly: false }),
    digest: host,
  }));
  const { text, settings = [] } = shownTogether(changes, { targets: {} });
  expect(text).toContain('# U leads to postgres a@db1:5432/x\n');
  expect(text).toContain('# U leads to postgres a@db2:5432/x\n');
  expect(settings.join()).not.toContain('leads to');
});
