import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runbookGraph } from '#report/graph/drawing.ts';
import { svgGraph } from '#report/graph/svg.ts';
import { transcriptHtml } from '#report/transcript/html/page.ts';
import { shipped } from '../../fixtures/compiled.ts';
import { HOSTILE, hostileRun } from '../../fixtures/hostile-run.ts';
import { APP_LOG_TEXT, troubled } from '../../fixtures/troubled-run.ts';
import { Browser, browserHere, type Page, shadesIn } from '../../support/browser.ts';

const program = browserHere();

/** The contrast of each text to what is behind it, where it is below what WCAG asks of text (4.5). */
const TOO_FAINT = `(() => {
  const channels = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = (colour) => {
    const [r, g, b] = channels(colour).slice(0, 3).map((c) => c / 255)
      .map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = getComputedStyle(at).backgroundColor;
      if (channels(colour)[3] !== 0) return colour;
    }
  };
  const faint = new Set();
  for (const element of document.querySelectorAll('body *:not(script, svg, svg *)')) {
    const hasText = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    if (!hasText) continue;
    const style = getComputedStyle(element);
    const [a, b] = [light(style.color), light(behind(element))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < 4.5) faint.add(element.tagName + '.' + element.className + ' ' + ratio.toFixed(2));
  }
  return [...faint];
})()`;

const SHOWN = `[...document.querySelectorAll('.stretch')]
  .filter((phase) => phase.checkVisibility()).map((phase) => phase.dataset.phase)`;

describe.skipIf(program === undefined)('in a browser (Chromium: sh bin/test-servers.sh)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'runbook-test-'));
  let browser: Browser;
  let page: Page;

  const written = (name: string, html: string) => {
    writeFileSync(join(folder, name), html);
    return pathToFileURL(join(folder, name)).href;
  };
  const troubledPage = () => {
    const runbook = shipped('pool-exhausted');
    const path = troubled.events.flatMap(({ event }) =>
      event.type === 'step.entered' ? [event.step] : [],
    );
    return written(
      'run.html',
      transcriptHtml(troubled.events, {
        outputs: (file) => (file.endsWith('stdout') ? APP_LOG_TEXT : undefined),
        timeZone: 'Europe/Berlin',
        runbookText: 'name: pool-exhausted\n',
        graph: svgGraph(runbookGraph(runbook, path)),
      }),
    );
  };

  beforeAll(async () => {
    browser = new Browser(program ?? '');
    page = await browser.open(troubledPage());
  });

  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test('it asks for nothing, and its policy stops nothing of its own', () => {
    expect(page.asked).toEqual([]);
    expect(page.said).toEqual([]);
  });

  test('its policy stops what would be asked for', async () => {
    const leak = "new Image().src = 'http://127.0.0.1:9/leak.png'";
    const refused = await page.evaluate<string>(`new Promise((resolve) => {
      addEventListener('securitypolicyviolation', (event) => resolve(event.effectiveDirective));
      ${leak};
    })`);
    expect(refused).toBe('img-src');
  });

  test('the timeline is filtered by phase', async () => {
    expect(await page.evaluate(SHOWN)).toEqual(['none', 'diagnose', 'fix']);
    await page.evaluate("document.querySelector('#phase-fix').click()");
    expect(await page.evaluate(SHOWN)).toEqual(['fix']);
    expect(await page.evaluate('location.hash')).toBe('#phase-fix');
    await page.evaluate("document.querySelector('#phase-all').click()");
    expect(await page.evaluate(SHOWN)).toHaveLength(3);
  });

  test('a folded output opens, and one button opens all', async () => {
    const height = "document.querySelector('details pre').getBoundingClientRect().height";
    const isShown = "document.querySelector('details pre').checkVisibility()";
    expect(await page.evaluate(isShown)).toBe(false);
    await page.evaluate("document.querySelector('summary').click()");
    expect(await page.evaluate(isShown)).toBe(true);
    expect(await page.evaluate<number>(height)).toBeGreaterThan(20);
    const all = "[...document.querySelectorAll('details')].every((fold) => fold.open)";
    expect(await page.evaluate(all)).toBe(false);
    await page.evaluate("document.querySelector('.filter button').click()");
    expect(await page.evaluate(all)).toBe(true);
    await page.evaluate("document.querySelector('.filter button').click()");
    expect(await page.evaluate("document.querySelectorAll('details[open]').length")).toBe(0);
  });

  test('without scripts it is filtered and unfolded all the same', async () => {
    const still = await browser.open(troubledPage(), { scripts: false });
    expect(await still.evaluate("document.querySelectorAll('button').length")).toBe(0);
    await still.evaluate("document.querySelector('#phase-diagnose').click()");
    expect(await still.evaluate(SHOWN)).toEqual(['diagnose']);
    await still.evaluate("document.querySelector('summary').click()");
    expect(await still.evaluate("document.querySelectorAll('details[open]').length")).toBe(1);
  });

  test.each([
    [1280, 'light'],
    [1280, 'dark'],
    [400, 'light'],
    [400, 'dark'],
  ] as const)('at %i pixels in %s colours it fits and can be read', async (width, scheme) => {
    await page.look({ width, scheme });
    expect(await page.evaluate(TOO_FAINT)).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
    const paper = await page.evaluate<string>('getComputedStyle(document.body).backgroundColor');
    expect(paper).toBe(scheme === 'light' ? 'rgb(255, 255, 255)' : 'rgb(13, 17, 23)');
    const folderOfPictures = process.env.RUNBOOK_PICTURES;
    const picture = await page.picture({ whole: folderOfPictures !== undefined });
    expect(picture.subarray(1, 4).toString()).toBe('PNG');
    expect(shadesIn(picture)).toBeGreaterThan(100);
    if (folderOfPictures !== undefined)
      writeFileSync(join(folderOfPictures, `transcript-${width}-${scheme}.png`), picture);
  });

  test.each([390, 1440])('at %i pixels every link to a section is in sight', async (width) => {
    await page.look({ width });
    const isCut = `[...document.querySelectorAll('nav a')].some((link) => {
      const { left, right } = link.getBoundingClientRect();
      return left < 0 || right > document.documentElement.clientWidth;
    })`;
    expect(await page.evaluate(isCut)).toBe(false);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
    const isWide = `[...document.querySelectorAll('#milestones .table')].some(
      (table) => table.scrollWidth > table.clientWidth,
    )`;
    expect(await page.evaluate(isWide)).toBe(false);
    const isBroken = `[...document.querySelectorAll('#milestones td:first-child')].some((cell) => {
      const range = document.createRange();
      range.selectNodeContents(cell);
      return range.getClientRects().length > 1;
    })`;
    expect(await page.evaluate(isBroken)).toBe(false);
    const drawn = "document.querySelector('.scale').getBoundingClientRect().width";
    expect(await page.evaluate<number>(drawn)).toBeGreaterThan(width === 390 ? 300 : 900);
  });

  test('on paper it is light, unfolded and without what only a screen needs', async () => {
    await page.look({ width: 800, scheme: 'dark', media: 'print' });
    expect(await page.evaluate("document.querySelector('nav').checkVisibility()")).toBe(false);
    expect(await page.evaluate("document.querySelector('.filter').checkVisibility()")).toBe(false);
    expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe(
      'rgb(255, 255, 255)',
    );
    expect((await page.print()).subarray(0, 4).toString()).toBe('%PDF');
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(800);
    const isShown = "document.querySelector('details:not([open]) pre').checkVisibility()";
    expect(await page.evaluate(isShown)).toBe(true);
    await page.evaluate("dispatchEvent(new Event('beforeprint'))");
    expect(await page.evaluate("document.querySelectorAll('details:not([open])').length")).toBe(0);
    await page.evaluate("dispatchEvent(new Event('afterprint'))");
    await page.look({ width: 1280 });
  });

  test('headings go down one level at a time, and there is one of each landmark', async () => {
    const levels = await page.evaluate<readonly number[]>(
      "[...document.querySelectorAll('h1,h2,h3,h4')].map((heading) => Number(heading.tagName[1]))",
    );
    expect(levels[0]).toBe(1);
    expect(levels.filter((level) => level === 1)).toHaveLength(1);
    for (const [index, level] of levels.entries())
      expect(level - (levels[index - 1] ?? 0)).toBeLessThanOrEqual(1);
    for (const landmark of ['body > header', 'nav', 'main', 'body > footer'])
      expect(await page.evaluate(`document.querySelectorAll('${landmark}').length`)).toBe(1);
  });

  test('the path is drawn', async () => {
    expect(
      await page.evaluate("document.querySelectorAll('.graph .node.visited').length"),
    ).toBeGreaterThan(1);
    const taken = "getComputedStyle(document.querySelector('.graph .way.taken')).strokeWidth";
    expect(await page.evaluate(taken)).toBe('3px');
  });

  test('what a server wrote is no element, and nothing of it runs', async () => {
    const data = HOSTILE.join(' ');
    const hostile = await browser.open(
      written(
        'hostile.html',
        transcriptHtml(hostileRun(data), { outputs: () => data, runbookText: data }),
      ),
    );
    expect(hostile.asked).toEqual([]);
    expect(hostile.said).toEqual([]);
    expect(await hostile.evaluate("document.querySelectorAll('script').length")).toBe(1);
    expect(await hostile.evaluate("document.querySelectorAll('img, iframe, object').length")).toBe(
      0,
    );
    expect(await hostile.evaluate("document.querySelectorAll('h1').length")).toBe(1);
    expect(
      await hostile.evaluate("document.body.innerText.includes('<script>alert(1)</script>')"),
    ).toBe(true);
  });
});
