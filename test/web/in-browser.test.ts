import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page, Route } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { atGate, atSecondStart, terminating } from '../fixtures/pool-exhausted-log.ts';
import { atKeyGate } from '../fixtures/question-log.ts';
import { atFailure } from '../fixtures/trouble-log.ts';
import { browserHere } from '../support/browser.ts';
import { MARKING, putAgain, servedWeb, untilAsked } from '../support/served-web.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import {
  type Listening,
  listen,
  signedIn,
  startBrowser,
  type Visit,
} from '../support/web-browser.ts';

const confirm = (page: Page) => page.locator('#confirm');
const said = (page: Page) => page.locator('#announce').textContent();

describe.skipIf(browserHere() === undefined)(
  'in a browser (Chromium: sh bin/test-servers.sh)',
  () => {
    let browser: Browser;
    let web: ReturnType<typeof servedWeb>;
    let server: Listening;
    let context: BrowserContext;
    const complaints: string[] = [];

    beforeAll(async () => {
      browser = await startBrowser();
      web = servedWeb();
      server = await listen(web);
      context = await signedIn(browser, server, web.token, { complaints });
    });
    afterEach(async () => {
      for (const page of context.pages()) await page.close();
      expect(complaints.splice(0)).toEqual([]);
    });
    afterAll(async () => {
      await browser.close();
      server.close();
    });

    const open = async (path: string): Promise<Page> => {
      const page = await context.newPage();
      await page.goto(path);
      return page;
    };

    /** Serves a run of this process, with a context of its own: its clock is the real one. */
    const realRun = async (visit: Visit = {}) => {
      const own = servedWeb();
      const folder = temporaryFolder();
      const run = await own.start(MARKING, { folder });
      await untilAsked(run.session, 'gate');
      const listening = await listen(own);
      const on = await signedIn(browser, listening, own.token, { complaints, ...visit });
      const page = await on.newPage();
      await page.goto(`/r/${run.id}`);
      const close = async () => {
        await on.close();
        listening.close();
      };
      return { run, page, on, mark: join(folder, 'mark'), close };
    };

    test('a gate is confirmed with its phrase, and every open page follows', async () => {
      const { run, page, on, mark, close } = await realRun();
      const other = await on.newPage();
      await other.goto(`/r/${run.id}`);
      await page.evaluate('window.isSame = true');
      await page.getByLabel('To run it, type mark it').fill('mark');
      // For half a second it says only that the gate was just shown.
      await vi.waitFor(async () => {
        await confirm(page).click({ force: true });
        expect(await page.locator('#phrase-error').isVisible()).toBe(true);
      });
      expect(await page.evaluate('document.activeElement.id')).toBe('phrase');
      expect(existsSync(mark)).toBe(false);

      await page.locator('#phrase').fill('mark it');
      await vi.waitFor(async () =>
        expect(await confirm(page).getAttribute('aria-disabled')).toBe('false'),
      );
      await confirm(page).click();
      await page.getByRole('heading', { name: 'Look at the mark' }).waitFor();
      await other.getByRole('heading', { name: 'Look at the mark' }).waitFor();
      expect(readFileSync(mark, 'utf8')).toBe('marked\n');
      expect(await page.evaluate('window.isSame && document.activeElement.id')).toBe('h-ask');
      expect(await said(page)).toContain('Needs a report: Look at the mark.');
      expect(await other.title()).toBe('Needs a report: Leave a mark · runbook');

      await other.locator('#saw').fill('It is there.');
      await other.getByRole('button', { name: 'Done', exact: true }).click();
      await page.locator('#outcome').getByText('Resolved').waitFor();
      expect(await page.locator('form').count()).toBe(0);
      await close();
    });

    test('who answers second is told, also once the page shows what came of the first answer', async () => {
      // Requests that are cut are complained about.
      const { run, page, on, close } = await realRun({ complaints: [] });
      const late = await on.newPage();
      // This page learns nothing of the run until its answer was refused.
      let isCut = true;
      const cut = (route: Route) => (isCut ? route.abort() : route.continue());
      await late.route(`**/api/runs/${run.id}/stream*`, cut);
      await late.goto(`/r/${run.id}`);
      await late.route(`**/r/${run.id}`, cut);
      for (const one of [page, late]) await one.locator('#phrase').fill('mark it');
      await vi.waitFor(async () =>
        expect(await confirm(page).getAttribute('aria-disabled')).toBe('false'),
      );
      await confirm(page).click();
      await page.getByRole('heading', { name: 'Look at the mark' }).waitFor();
      const told = late.getByText('Too late: lee confirmed it. Your answer changed nothing.');
      await vi.waitFor(async () => {
        await late.evaluate(`document.querySelector('#lost').hidden = true`);
        await confirm(late).click({ force: true });
        expect(await told.isVisible()).toBe(true);
      });
      isCut = false;
      await late.getByRole('heading', { name: 'Look at the mark' }).waitFor();
      expect(await told.isVisible()).toBe(true);
      await close();
    });

    test('everything works without the script', async () => {
      const { run, page, mark, close } = await realRun({ javaScriptEnabled: false });
      await page.locator('#phrase').fill('wrong');
      await confirm(page).click();
      await page.locator('#news').getByText('Refused:').waitFor();
      expect(existsSync(mark)).toBe(false);
      await page.locator('#phrase').fill('mark it');
      await confirm(page).click();
      await page.getByText('Done: the run has taken it.').waitFor();
      await untilAsked(run.session, 'report');
      expect(readFileSync(mark, 'utf8')).toBe('marked\n');
      await page.goto(`/r/${run.id}`);
      await page.getByRole('button', { name: 'Could not be done' }).click();
      await page.getByText('Say what prevented it.').waitFor();
      await close();
    });

    test('a gate is confirmed with the keyboard alone', async () => {
      const { page, mark, close } = await realRun();
      const focused = () => page.evaluate<string>('document.activeElement.textContent.trim()');
      await page.keyboard.press('Tab');
      expect(await focused()).toBe('Skip to the content');
      await page.keyboard.press('Tab');
      expect(await focused()).toBe('Skip to the gate');
      await page.keyboard.press('Enter');
      await page.keyboard.press('Tab');
      expect(await page.evaluate('document.activeElement.id')).toBe('phrase');
      await vi.waitFor(async () => {
        await page.locator('#phrase').fill('');
        await page.keyboard.type('mark it');
        expect(await confirm(page).getAttribute('aria-disabled')).toBe('false');
      });
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: 'Look at the mark' }).waitFor();
      expect(existsSync(mark)).toBe(true);
      await close();
    });

    test('a fold is opened and closed with the keyboard', async () => {
      web.put('fold', atGate);
      const page = await open('/r/fold');
      const summary = page.locator('details.tool:has(#said-decline) summary');
      await summary.focus();
      await page.keyboard.press('Enter');
      await page.keyboard.press('Tab');
      await page.keyboard.type('not now');
      expect(await page.locator('#said-decline').inputValue()).toBe('not now');
      await page.keyboard.press('Escape');
      expect(await page.locator('details.tool[open]').count()).toBe(0);
      expect(await page.evaluate('document.activeElement.tagName')).toBe('SUMMARY');
    });

    test('confirm is held for 500 ms after the gate was shown, and after it changed', async () => {
      const { run } = web.put('held', atKeyGate);
      const on = await signedIn(browser, server, web.token, { complaints });
      const page = await on.newPage();
      await page.clock.install();
      await page.goto('/r/held');
      await page.clock.pauseAt(Date.now() + 60_000);
      await page.clock.runFor(1_000);
      await vi.waitFor(async () =>
        expect(await confirm(page).getAttribute('aria-disabled')).toBe('false'),
      );
      run.goOn(putAgain(atKeyGate));
      await vi.waitFor(async () =>
        expect(await confirm(page).getAttribute('aria-disabled')).toBe('true'),
      );
      await page.clock.runFor(499);
      await confirm(page).click({ force: true });
      expect(await said(page)).toBe('The gate has just changed. Read it, then confirm.');
      expect(run.sent).toEqual([]);
      await page.clock.runFor(2);
      expect(await confirm(page).getAttribute('aria-disabled')).toBe('false');
      await confirm(page).click();
      await vi.waitFor(() =>
        expect(run.sent).toMatchObject([{ type: 'confirm', digest: 'sha256:77aa' }]),
      );
      await on.close();
    });

    test('an answer is followed to what runs by it, wherever the page was scrolled to', async () => {
      const { run } = web.put('follow', atGate);
      const page = await open('/r/follow');
      await page.setViewportSize({ width: 320, height: 640 });
      await page.locator('#phrase').fill('shop');
      await vi.waitFor(async () =>
        expect(await confirm(page).getAttribute('aria-disabled')).toBe('false'),
      );
      await confirm(page).click();
      await vi.waitFor(() => expect(run.sent).toHaveLength(1));
      run.goOn(terminating);
      const running = page.getByRole('heading', { name: 'Running: ' });
      await running.waitFor();
      await vi.waitFor(async () => {
        expect(await page.evaluate('document.activeElement.textContent')).toMatch(/^Running: /);
        expect((await running.boundingBox())?.y).toBeLessThan(200);
      });
    });

    test('a page in the background leaves its connection to the others, and catches up when it is seen', async () => {
      const { run } = web.put('tabs', atGate);
      const on = await signedIn(browser, server, web.token, { complaints });
      // A browser without a screen shows every page.
      await on.addInitScript(
        "Object.defineProperty(Document.prototype, 'hidden', { get: () => window.isBehind === true })",
      );
      const turn = (page: Page, isBehind: boolean) =>
        page.evaluate(
          `window.isBehind = ${isBehind}; document.dispatchEvent(new Event('visibilitychange'))`,
        );
      const pages: Page[] = [];
      // One more than a browser has connections to a server.
      for (let count = 0; count < 7; count++) {
        const page = await on.newPage();
        const listening = page.waitForRequest('**/stream*');
        await page.goto('/r/tabs');
        await listening;
        await turn(page, true);
        pages.push(page);
      }
      run.goOn(putAgain(atGate));
      const [first] = pages;
      if (first === undefined) throw new Error('no page was opened');
      expect(await first.getByText('11 sessions to terminate').count()).toBe(1);
      await turn(first, false);
      await first.getByText('9 sessions to terminate').waitFor();
      await on.close();
    });

    test('rows that were read again and are the same leave phrase and focus alone', async () => {
      const { run } = web.put('same', atGate);
      const page = await open('/r/same');
      await page.locator('#phrase').pressSequentially('sho');
      await page.getByText('read 5 s ago').waitFor();
      web.at('2026-11-21T03:13:00.000Z');
      run.goOn(
        atGate.add(30_000, {
          type: 'gate.refreshed',
          step: 'terminate_idle',
          status: 'same',
          ms: 20,
        }),
      );
      await page.getByText('read 1 s ago').waitFor();
      expect(await page.locator('#phrase').inputValue()).toBe('sho');
      expect(await page.evaluate('document.activeElement.id')).toBe('phrase');
    });

    test('rows that changed empty the phrase, and the page says what changed', async () => {
      const { run } = web.put('changed', atGate);
      const page = await open('/r/changed');
      await page.locator('#phrase').fill('shop');
      run.goOn(putAgain(atGate));
      await page.getByText('9 sessions to terminate').waitFor();
      expect(await page.locator('#phrase').inputValue()).toBe('');
      expect(await page.evaluate('document.activeElement.id')).toBe('h-gate');
      expect(await said(page)).toContain('Since it was first shown: 2 gone: 48120, 48127.');
    });

    test('open folds and typed text stay while news comes', async () => {
      const { run } = web.put('news', atGate);
      const page = await open('/r/news');
      await page.locator('#t2 summary').first().click();
      await page.getByText('Write a note …').click();
      await page.locator('#note').fill('half a tho');
      run.goOn(atGate.add(1_000, { type: 'operator.noted', operator: 'sam', text: 'Mia agrees.' }));
      await page.locator('#notes').getByText('Mia agrees.').waitFor();
      expect(await page.locator('#note').inputValue()).toBe('half a tho');
      expect(await page.evaluate('document.activeElement.id')).toBe('note');
      expect(await page.locator('#t2 > details').getAttribute('open')).toBe('');
      expect(await said(page)).toContain('Mia agrees.');
    });

    test('a refusal stands beside the button', async () => {
      const { run } = web.put('late', atFailure);
      const page = await open('/r/late');
      await page.evaluate(
        `for (const field of document.querySelectorAll('[name=at_seq]')) field.value = 3`,
      );
      await page.getByRole('button', { name: 'Retry' }).click();
      await page.getByText('It answers an earlier question. Nothing has run.').waitFor();
      expect(run.sent).toEqual([]);
    });

    test('the last lines of what runs are shown as they come', async () => {
      const { run } = web.put('live', terminating);
      const page = await open('/r/live');
      await vi.waitFor(async () => {
        run.say({ step: 'terminate_idle', lines: ['<b>48120</b>', 'ended'], bytes: 9 });
        expect(await page.locator('#live pre').textContent({ timeout: 500 })).toBe(
          '<b>48120</b>\nended',
        );
      });
    });

    test('a page that hears nothing any more says so, and confirms nothing', async () => {
      const own = servedWeb();
      const { run } = own.put('lost', atKeyGate);
      const listening = await listen(own);
      const on = await signedIn(browser, listening, own.token);
      const page = await on.newPage();
      await page.goto('/r/lost');
      await vi.waitFor(async () =>
        expect(await confirm(page).getAttribute('aria-disabled')).toBe('false'),
      );
      listening.close();
      await page.locator('#lost').waitFor();
      await confirm(page).click({ force: true });
      expect(await said(page)).toBe('Not connected: nothing was sent.');
      expect(run.sent).toEqual([]);
      await on.close();
    });

    test('the list follows its runs', async () => {
      const { run } = web.put('list', atSecondStart);
      const page = await open('/?state=open');
      await page
        .locator('li', { has: page.locator('[href="/r/list"]') })
        .getByText('Waiting to start')
        .waitFor();
      run.goOn(atGate);
      await page
        .locator('li', { has: page.locator('[href="/r/list"]') })
        .getByText('Needs confirmation')
        .waitFor();
    });
  },
);
