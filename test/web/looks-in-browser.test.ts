import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DARK, LIGHT } from '#text/theme.ts';
import { DESCRIBED } from '../fixtures/described-runbook.ts';
import { atGate, resolved } from '../fixtures/pool-exhausted-log.ts';
import { atChoice, atManual } from '../fixtures/question-log.ts';
import { atDecision, atFailure, atUnknown } from '../fixtures/trouble-log.ts';
import { browserHere } from '../support/browser.ts';
import { servedWeb } from '../support/served-web.ts';
import {
  axeFinds,
  type Listening,
  listen,
  signedIn,
  startBrowser,
} from '../support/web-browser.ts';

const LOGS = { atGate, atUnknown, atDecision, atManual, atChoice, atFailure, resolved };

describe.skipIf(browserHere() === undefined)(
  'in a browser (Chromium: sh bin/test-servers.sh)',
  () => {
    let browser: Browser;
    let web: ReturnType<typeof servedWeb>;
    let server: Listening;

    beforeAll(async () => {
      browser = await startBrowser();
      web = servedWeb({ runbooks: async () => [DESCRIBED], runbook: async () => DESCRIBED });
      for (const [id, log] of Object.entries(LOGS)) web.put(id, log);
      server = await listen(web);
    });
    afterAll(async () => {
      await browser.close();
      server.close();
    });

    test.each(['light', 'dark'] as const)(
      'no page is wider than 320 px in %s colors, and axe finds nothing',
      async (colorScheme) => {
        const complaints: string[] = [];
        const on = await signedIn(browser, server, web.token, { complaints, colorScheme });
        const page = await on.newPage();
        const runs = Object.keys(LOGS).map((id) => `/r/${id}`);
        const paths = [
          ...runs,
          '/',
          '/runbooks',
          '/runbooks/pool',
          '/alerts',
          '/settings',
          '/r/resolved/record',
          '/r/none',
          '/auth/login',
        ];
        for (const [index, path] of paths.entries()) {
          await page.setViewportSize({ width: 320, height: 640 });
          await page.goto(path);
          const [wide, seen] = await page.evaluate<[number, number]>(
            '[document.documentElement.scrollWidth, document.documentElement.clientWidth]',
          );
          expect(wide, path).toBeLessThanOrEqual(seen);
          // What stays in sight has two lines at most.
          const strip = await page.evaluate<number>(
            'document.querySelector(".strip")?.clientHeight ?? 0',
          );
          expect(strip, path).toBeLessThan(70);
          // Half of the pages are looked at narrow in light colors and wide in dark ones, half inversely.
          if ((index % 2 === 0) === (colorScheme === 'dark'))
            await page.setViewportSize({ width: 1_200, height: 800 });
          expect(await axeFinds(page), path).toEqual([]);
        }
        await page.goto('/');
        const paper = await page.evaluate<string>(
          'getComputedStyle(document.documentElement).getPropertyValue("--paper")',
        );
        expect(paper).toBe((colorScheme === 'dark' ? DARK : LIGHT).paper);
        expect(complaints).toEqual([]);
        await on.close();
      },
    );
  },
);
