import { expect, test } from 'vitest';
import { VIEWER } from '../support/memory-access.ts';
import { servedWeb, textOf } from '../support/served-web.ts';

const NOW = '2026-11-23T03:10:00Z';

type Row = Parameters<ReturnType<typeof servedWeb>['runs']['queue']>[0];

const row = (id: string, more: Partial<Row> = {}): Row => ({
  ...{ id, status: 'waiting', runbook: 'pool-exhausted', title: `Pool ${id}`, severity: 'high' },
  ...{ mode: 'live', environment: 'prod', startedBy: 'ana' },
  ...{ startedAt: '2026-11-23T03:00:00Z', changedAt: '2026-11-23T03:09:50Z' },
  ...more,
});

async function listOf(rows: readonly Row[], path = '/', more: readonly string[] = []) {
  const web = servedWeb();
  web.at(NOW);
  for (const name of more) web.access.granted[name] = VIEWER;
  for (const one of rows) web.runs.queue(one);
  const headers = await web.signIn();
  const reply = await web.app.request(path, { headers });
  expect(reply.status).toBe(200);
  const page = await reply.text();
  return { page, text: textOf(page) };
}

test('all that wait are counted, also those that are not listed', async () => {
  const many = Array.from({ length: 130 }, (_, at) => row(`r${String(at).padStart(3, '0')}`));
  const over = row('old', { status: 'finished', outcome: 'resolved' });
  const { page, text } = await listOf([...many, over, row('busy', { status: 'running' })]);
  expect(text).toContain('Waiting for somebody 130');
  expect(text).toContain('80 more runs: filter to see them.');
  expect(text).toContain('Running 1');
  expect(page).toContain('<title>Runs, 130 waiting · runbook</title>');
  expect(page.match(/<li data-s/g)).toHaveLength(52);
});

test('a run waits since its question, not since its rows were read again', async () => {
  const waits = row('a', { waitingSince: '2026-11-23T03:02:00Z' });
  const over = row('b', { status: 'finished', changedAt: '2026-11-23T03:05:00Z' });
  const { text } = await listOf([waits, over, row('c', { status: 'running' })]);
  for (const since of ['for 8 min', 'for 10 min', '5 min ago']) expect(text).toContain(since);
});

test('only runs of environments that a person sees are listed, counted and suggested', async () => {
  const rows = [row('mine'), row('theirs', { environment: 'secret' })];
  const { page, text } = await listOf(rows);
  expect(text).toContain('Waiting for somebody 1');
  expect(text).toContain('Pool mine');
  expect(page).not.toContain('secret');
  const both = await listOf(rows, '/', ['secret']);
  expect(both.text).toContain('Waiting for somebody 2');
  expect(both.page).toContain('<option value="secret">');
  const named = await listOf(rows, '/?environment=secret');
  expect(named.text).toContain('No run matches.');
  expect(named.text).not.toContain('theirs');
});

test('a search and its filters are the address of a view, and are kept on later pages', async () => {
  const finished = Array.from({ length: 60 }, (_, at) =>
    row(`f${at + 10}`, { status: 'finished', found: at === 3 ? 'A lock was held' : 'Full' }),
  );
  const hit = await listOf([...finished, row('w')], '/?q=lock');
  expect(hit.page.match(/<li data-s/g)).toHaveLength(1);
  expect(hit.page).toContain('name="q" value="lock"');
  const { page } = await listOf(
    [...finished, row('w')],
    '/?q=Full&state=finished&runbook=pool-exhausted',
  );
  const [, older = ''] = /href="([^"]*before[^"]*)"/.exec(page) ?? [];
  expect(older.replaceAll('&#38;', '&').replaceAll('&amp;', '&')).toBe(
    '/?state=finished&runbook=pool-exhausted&q=Full&before=f20',
  );
});
