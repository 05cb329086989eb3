import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, readdirSync } from 'node:fs';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { browserHere } from '../support/browser.ts';
import { CACHES, LAUNCHER, requireBuild } from '../support/built-command.ts';
import { isAlive, processesIn } from '../support/lab-processes.ts';
import { textOf } from '../support/served-web.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { startBrowser } from '../support/web-browser.ts';

const WAIT = { timeout: 60_000, interval: 100 };
const children: ChildProcess[] = [];

afterAll(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

/** Starts the demo, and resolves with its link once it has printed everything. */
async function startDemo(...more: readonly string[]) {
  requireBuild();
  const folder = temporaryFolder();
  // A server that runs as another user has to reach its data.
  chmodSync(folder, 0o711);
  const env = { ...CACHES, PATH: process.env.PATH, HOME: folder, TMPDIR: folder };
  const args = [LAUNCHER, 'server', '--demo', ...more];
  const child = spawn(process.execPath, args, { cwd: folder, env });
  children.push(child);
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
  const exited = new Promise<number | null>((done) => child.on('close', (code) => done(code)));
  await vi.waitFor(() => expect(text).toContain('Ctrl-C ends everything'), WAIT);
  const [link = ''] = /http:\S+\/auth\/link\S+/.exec(text) ?? [];
  const pids = await processesIn(folder);
  return { folder, child, exited, link, pids, said: () => text };
}

/** Nothing of the demo is left: no process, and no file. */
async function untilNothingIsLeft({
  folder,
  pids,
}: {
  readonly folder: string;
  readonly pids: readonly number[];
}) {
  expect(pids.length).toBeGreaterThan(5);
  await vi.waitFor(() => {
    expect(pids.filter(isAlive)).toEqual([]);
    expect(readdirSync(folder).filter((name) => name.startsWith('runbook-'))).toEqual([]);
  }, WAIT);
}

describe.concurrent('the demo of a team', () => {
  test('opens on a diagnosis at its gate; confirming it over HTTP heals the shop', async () => {
    const demo = await startDemo();
    // The preview of a link does not use it up.
    await fetch(demo.link, { method: 'HEAD', redirect: 'manual' });
    const entry = await fetch(demo.link, { redirect: 'manual' });
    const [cookie = ''] = (entry.headers.get('set-cookie') ?? '').split(';');
    const { origin } = new URL(demo.link);
    expect(new URL(origin).hostname).toBe('127.0.0.1');
    const path = entry.headers.get('location') ?? '';
    const page = async () => (await fetch(`${origin}${path}`, { headers: { cookie } })).text();
    expect((await fetch(demo.link, { redirect: 'manual' })).status).toBe(401);
    expect(textOf(await page())).toContain('The server is full');
    const fieldOf = (html: string, name: string) =>
      new RegExp(`name="${name}" value="([^"]*)"`).exec(html)?.[1] ?? '';
    const confirmed = new Set<string>();
    await vi.waitFor(async () => {
      const html = await page();
      const digest = fieldOf(html, 'digest');
      if (digest !== '' && !confirmed.has(digest)) {
        const fields = {
          intent: 'confirm',
          digest,
          at_seq: fieldOf(html, 'at_seq'),
          phrase: 'shop',
        };
        const reply = await fetch(`${origin}${path}/intents`, {
          ...{ method: 'POST', redirect: 'manual', body: new URLSearchParams(fields) },
          headers: { cookie, 'sec-fetch-site': 'same-origin' },
        });
        if (reply.status === 303) confirmed.add(digest);
      }
      expect(textOf(html)).toContain('Resolved. Slots are free again.');
    }, WAIT);
    expect(confirmed.size).toBe(2);
    const found = 'the shop can log in again. No healthy session was lost.';
    await vi.waitFor(() => expect(demo.said()).toContain(found), WAIT);
    demo.child.kill('SIGTERM');
    expect(await demo.exited).toBe(0);
    await untilNothingIsLeft(demo);
  });

  test.skipIf(browserHere() === undefined)(
    'is confirmed in a browser, and leaves nothing when it is killed',
    async () => {
      const [demo, browser] = await Promise.all([startDemo(), startBrowser()]);
      const page = await browser.newPage();
      await page.goto(demo.link);
      const phrase = page.getByLabel('To run it, type shop');
      await vi.waitFor(async () => {
        if ((await phrase.count()) > 0) {
          await phrase.fill('shop', { timeout: 2_000 });
          // Waits while the button is held.
          await page.locator('#confirm').click({ timeout: 2_000 });
        }
        expect(await page.locator('main').textContent()).toMatch(
          /Resolved\.?\s*Slots are free again/,
        );
      }, WAIT);
      await browser.close();
      demo.child.kill('SIGKILL');
      await demo.exited;
      await untilNothingIsLeft(demo);
    },
  );
});

test('is refused with a database or an address of others', async () => {
  requireBuild();
  const run = async (...args: readonly string[]) => {
    const child = spawn(process.execPath, [LAUNCHER, 'server', '--demo', ...args]);
    return await new Promise((done) => child.on('close', done));
  };
  expect(await run('--database', 'env:X')).toBe(2);
  expect(await run('--listen', '0.0.0.0:0')).toBe(2);
});
