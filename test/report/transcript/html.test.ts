import { expect, test } from 'vitest';
import type { RecordedEvent } from '#events/log/event.ts';
import { runbookGraph } from '#report/graph/drawing.ts';
import { svgGraph } from '#report/graph/svg.ts';
import { transcriptHtml } from '#report/transcript/html/page.ts';
import { transcriptMarkdown } from '#report/transcript/markdown.ts';
import { shipped } from '../../fixtures/compiled.ts';
import { HOSTILE, hostileRun } from '../../fixtures/hostile-run.ts';
import { resolved } from '../../fixtures/pool-exhausted-log.ts';
import { troubled } from '../../fixtures/troubled-run.ts';

const verified = { problems: [], tornBytes: 0, head: 'ab12'.repeat(16) };
const outputs = () => undefined;

const ELEMENTS = new Set(
  `a article blockquote body br button code details div fieldset figure footer head header h1 h2 h3 h4
   html input label legend li main mark meta nav p pre section span strong summary table tbody td th
   circle desc line rect svg text
   thead time title tr ul style script`.split(/\s+/),
);

/** The tags of a page, without what is in its style and its script. */
function tagsOf(page: string): readonly string[] {
  const shown = page.replace(/(<(style|script)>)[\s\S]*?<\/\2>/g, '$1</$2>');
  return Array.from(shown.matchAll(/<[^>]*>/g), ([tag]) => tag);
}

const PLAIN = tagsOf(
  transcriptHtml(hostileRun('word'), { outputs: () => 'word', runbookText: 'word' }),
);

test.each(HOSTILE)('%j in every place makes no element of its own', (data) => {
  const page = transcriptHtml(hostileRun(data), { outputs: () => data, runbookText: data });
  const tags = tagsOf(page).slice(1);
  for (const tag of tags) {
    const { name = '', rest = '' } = /^<\/?(?<name>[a-z0-9]+)(?<rest>.*)>$/.exec(tag)?.groups ?? {};
    expect([tag, ELEMENTS.has(name)]).toEqual([tag, true]);
    // Attributes are written by the page alone, but for the title of a mask and the address of a section.
    expect(rest).not.toMatch(/ (?:on\w+|style|src|srcset|xlink:href|formaction)=/i);
    expect(rest.replace(/ title="[^"<>]*"/, '')).not.toContain('alert');
  }
  for (const name of ['h1', 'h2', 'script', 'style', 'header', 'main', 'footer', 'nav']) {
    const count = (all: readonly string[]) =>
      all.filter((tag) => tag.startsWith(`<${name}`)).length;
    expect([name, count(tags)]).toEqual([name, count(PLAIN)]);
  }
  expect(page).not.toMatch(/[\p{Cc}\u202e\u2028](?<![\n\t])/u);
});

test('a runbook with markup in its title draws no element of its own', () => {
  const runbook = shipped('pool-exhausted');
  const title = '</svg><script>alert(1)</script>';
  const steps = runbook.steps.map((step) => ({ ...step, title }));
  const graph = svgGraph(runbookGraph({ ...runbook, title, steps }, []));
  const page = transcriptHtml(resolved.events, { outputs, graph });
  expect(page.match(/<script/g)).toHaveLength(1);
  expect(page).toContain('&#60;/svg&#62;&#60;script&#62;alert(1)');
});

test('a page has one style and one script, and its policy lets nothing else be', () => {
  const page = transcriptHtml(resolved.events, { outputs, verified });
  expect(page.match(/<style/g)).toHaveLength(1);
  expect(page.match(/<script/g)).toHaveLength(1);
  expect(page).toMatch(/default-src 'none'; style-src 'sha256-[^']+'; script-src 'sha256-[^']+'/);
  expect(page.replace('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:|url\((?!#)/);
});

test('a page says all that the markdown says', () => {
  const options = { outputs, verified, timeZone: 'Europe/Berlin', localTimes: true };
  for (const { events } of [resolved, troubled]) {
    const words = (text: string) => new Set(text.match(/[\p{L}\p{N}]{2,}/gu));
    const markdown = words(
      transcriptMarkdown(events, options).replaceAll(/<\/?\w+>|^`+\w+$/gm, ' '),
    );
    const page = transcriptHtml(events, options).replace(/<(style|script)>[\s\S]*?<\/\1>/g, '');
    const shown = words(
      page.replaceAll(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code))),
    );
    expect([...markdown].filter((word) => !shown.has(word))).toEqual([]);
  }
});

test('outcome, cause and changes come before any hash or fact of the record', () => {
  const page = transcriptHtml(resolved.events, { outputs, verified }).replace(
    /<head>[\s\S]*<\/head>/,
    '',
  );
  const places = [
    '<h1>Connection pool exhausted: 11 sessions of shop-web have been idle',
    '<strong>Resolved</strong>',
    'Cause: <strong>11 sessions',
    'Changed: End sessions that have been idle too long: 11 sessions terminated (ana)',
    '<svg class="scale"',
    'sha256:9b1e',
    '<h2>Record</h2>',
  ].map((part) => page.indexOf(part));
  expect(places).not.toContain(-1);
  expect(places).toEqual(places.toSorted((a, b) => a - b));
});

test('the picture is to scale, and says in words what it shows', () => {
  const page = transcriptHtml(resolved.events, { outputs });
  const { description = '' } =
    /<desc id="scale-text">(?<description>[^<]*)<\/desc>/.exec(page)?.groups ?? {};
  expect(description).toMatch(/^42 s in all\. Diagnose: 15 s\. Fix: 22 s\. Verify: 4 s\. Waiting/);
  expect(description).toContain('Cause found, after 16 s. Action 1: End sessions that');
  const bar =
    /<rect class="bar succeeded" x="(?<x>[\d.]+)%"[^>]*width="(?<width>[\d.]+)%"[^>]*><title>End sessions/;
  const { x, width } = bar.exec(page)?.groups ?? {};
  expect(Number(x)).toBeCloseTo((16 / 42.7) * 100, -1);
  expect(Number(width)).toBeCloseTo((22.4 / 42.7) * 100, -1);
});

test('each visit of a step is marked with its outcome', () => {
  const page = transcriptHtml(troubled.events, { outputs });
  const badge = (title: string) =>
    Array.from(page.matchAll(/<h4>(?<title>[^<]*)<code>.*?class="state (?<state>[a-z-]+)">/g))
      .filter(({ groups }) => groups?.title?.includes(title))
      .map(({ groups }) => groups?.state);
  expect(badge('How full is the server?')).toEqual(['succeeded']);
  expect(badge('Who holds the connections?')).toEqual(['skipped']);
  expect(badge('End sessions')).toEqual(['succeeded', 'declined']);
});

test('times are in UTC and in local time', () => {
  const page = transcriptHtml(resolved.events, { outputs, timeZone: 'Europe/Berlin' });
  expect(page).toContain('<time>03:12:06</time> <span class="local">(04:12:06)</span>');
  expect(page).toContain('Times are in UTC, in brackets in Europe/Berlin');
});

test('what was masked stands out, with the rule it was masked by', () => {
  const note = (text: string): RecordedEvent => ({
    seq: resolved.events.length + 1,
    at: '2026-11-21T04:00:00.000Z',
    event: { type: 'operator.noted', operator: 'ana', text },
  });
  const shown = (text: string) =>
    transcriptHtml([...resolved.events, note(text)], { outputs }).replaceAll('\n', ' ');
  expect(shown('it was ‹secret:database_url›')).toContain(
    'it was <mark title="masked: a secret input">‹secret:database_url›</mark>',
  );
  expect(shown('postgres://app:‹secret:url-password›@db')).toContain(
    '<mark title="masked: a password in a URL">',
  );
  expect(shown('‹secret:"onclick="alert(1)›')).not.toContain('onclick="');
});

test('every prefix of a run has a page', () => {
  for (let length = 0; length <= troubled.events.length; length += 5) {
    expect(transcriptHtml(troubled.events.slice(0, length), { outputs })).toContain('</html>');
  }
});
