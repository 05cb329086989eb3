import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { browserHere } from './browser.ts';
import type { servedWeb } from './served-web.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Starts the browser of this machine. */
export async function startBrowser(): Promise<Browser> {
  const name = browserHere() ?? '';
  const where = execFileSync('sh', ['-c', 'command -v "$1"', 'sh', name], { encoding: 'utf8' });
  return await chromium.launch({ executablePath: where.trim(), args: ['--no-sandbox'] });
}

/** A server of pages on a port of this machine. */
export type Listening = { readonly url: string; close(): void };

/** Serves pages on a free port. */
export async function listen({
  app,
}: Pick<ReturnType<typeof servedWeb>, 'app'>): Promise<Listening> {
  const { promise, resolve } = Promise.withResolvers<AddressInfo>();
  const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 }, resolve);
  const { port } = await promise;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () => {
      server.close();
      if ('closeAllConnections' in server) server.closeAllConnections();
    },
  };
}

/** The options of a context of the browser, and where what its pages complain about is kept. */
export type Visit = Parameters<Browser['newContext']>[0] & { readonly complaints?: string[] };

/** Opens a context of the browser in which Lee has signed in on the page. */
export async function signedIn(
  browser: Browser,
  { url }: Listening,
  token: string,
  { complaints = [], ...options }: Visit = {},
): Promise<BrowserContext> {
  const context = await browser.newContext({ ...options, baseURL: url });
  context.on('console', (message) => {
    // A refusal is an answer that a test asked for.
    const isRefusal = /status of 4\d\d/.test(message.text());
    if (message.type() === 'error' && !isRefusal) complaints.push(message.text());
  });
  context.on('weberror', (error) => complaints.push(error.error().message));
  const page = await context.newPage();
  await page.goto('/settings');
  await page.getByLabel('Token').fill(token);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'Settings' }).waitFor();
  await page.close();
  return context;
}

/** Returns what axe finds wrong with a page, each with an element. */
export async function axeFinds(page: Page): Promise<readonly string[]> {
  // The policy of the page keeps scripts out; the debugger of the browser is not subject to it.
  const debug = await page.context().newCDPSession(page);
  await debug.send('Runtime.evaluate', { expression: AXE });
  const expression =
    'axe.run({ resultTypes: ["violations"] }).then(({ violations }) => violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`))';
  const { result } = await debug.send('Runtime.evaluate', {
    ...{ expression, awaitPromise: true, returnByValue: true },
  });
  await debug.detach();
  return result.value as readonly string[];
}
