import { expect, test } from 'vitest';
import { usageError } from '#errors.ts';
import type { Rights } from '#web/access.ts';
import type { DescribedRunbook } from '#web/served-team.ts';
import { DESCRIBED } from '../fixtures/described-runbook.ts';
import { VIEWER } from '../support/memory-access.ts';
import { servedWeb, textOf } from '../support/served-web.ts';

/** Pages of a team with one runbook, for somebody who has signed in and has these rights in staging. */
async function startPages(book: DescribedRunbook = DESCRIBED, rights?: Rights) {
  const web = servedWeb({
    runbooks: async () => [{ name: 'low', title: 'A', severity: 'low' }, book],
    runbook: async (name) => (name === book.name ? book : undefined),
  });
  if (rights !== undefined) web.access.granted.prod = rights;
  const signedIn = await web.post('/auth/login', { token: web.token, next: '/' });
  const cookie = signedIn.headers.get('set-cookie')?.split(';')[0] ?? '';
  const get = async (path: string) => {
    const reply = await web.app.request(path, { headers: { cookie } });
    return { status: reply.status, page: await reply.text() };
  };
  const start = (fields: Readonly<Record<string, string>>, name = book.name) =>
    web.post(`/runbooks/${name}/runs`, fields, { cookie });
  return { ...web, get, start };
}

test('the list of runbooks has the most severe first, and each has a form for what somebody may give', async () => {
  const { get } = await startPages();
  const { page: list } = await get('/runbooks');
  expect(textOf(list)).toMatch(/High Connection pool exhausted pool Low A low/);
  const { page } = await get('/runbooks/pool');
  const text = textOf(page);
  expect(text).toContain('Finds who holds the connections. Impact: Nobody can buy.');
  expect(text).toContain('How long. Left empty: as the environment says, else 5m.');
  expect(text).toContain('Secret, from the environment of the worker: database_url');
  expect(text).toContain('End &#60;them&#62; destructive');
  expect(page).toContain('<option value="mysql">mysql</option>');
  expect(page).not.toContain('name="input.database_url"');
  expect((await get('/runbooks/other')).status).toBe(404);
});

test('the form starts a run with what was filled in, as the person who is signed in', async () => {
  const { get, start, runs, lee } = await startPages();
  const key = /name="key" value="([^"]+)"/.exec((await get('/runbooks/pool')).page)?.[1] ?? '';
  const fields = { environment: 'prod', 'input.idle_for': '10m', 'input.engine': '', key };
  const reply = await start({ ...fields, mode: 'dry-run' });
  expect([reply.status, reply.headers.get('location')]).toEqual([
    303,
    '/r/20261121-0312-started-0000',
  ]);
  await start(fields);
  const run = { runbook: 'pool', environment: 'prod', inputs: { idle_for: '10m' }, key };
  expect(runs.started).toEqual([
    { ...run, mode: 'dry-run', person: lee.id },
    { ...run, mode: 'live', person: lee.id },
  ]);
});

test('who may start nothing sees no form, and is refused with the reason, which the audit has', async () => {
  const { get, start, runs, audit } = await startPages(DESCRIBED, VIEWER);
  const { page } = await get('/runbooks/pool');
  expect(page).not.toContain('<form method="post" action="/runbooks');
  expect(textOf(page)).toContain('There is no environment in which you may start runs.');
  const reply = await start({ environment: 'prod' });
  expect(reply.status).toBe(403);
  expect(VIEWER.operate.may ? '' : await reply.text()).toContain('Not started');
  expect((await start({ environment: 'elsewhere' })).status).toBe(404);
  expect(runs.started).toEqual([]);
  expect(audit.notes).toMatchObject([
    { what: 'signed-in' },
    { what: 'start-refused', more: { runbook: 'pool', code: 'not-allowed' } },
  ]);
});

test('a runbook that a team cannot run says why instead of a form', async () => {
  const { get } = await startPages({ ...DESCRIBED, refusal: 'step "look" needs the terminal' });
  const { page } = await get('/runbooks/pool');
  expect(textOf(page)).toContain('A team cannot run it: step "look" needs the terminal.');
  expect(page).not.toContain('<form method="post" action="/runbooks');
});

test('an input that does not fit is refused with a way back to the form', async () => {
  const { start, runs } = await startPages();
  runs.start = async () => {
    throw usageError('the input "idle_for" has to be a duration');
  };
  const reply = await start({ environment: 'prod', 'input.idle_for': 'soon' });
  expect(reply.status).toBe(409);
  const page = await reply.text();
  expect(textOf(page)).toContain('The input "idle_for" has to be a duration. Back to the runbook');
  expect(page).toContain('href="/runbooks/pool"');
});
