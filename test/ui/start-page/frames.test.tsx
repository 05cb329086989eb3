import { stripVTControlCharacters } from 'node:util';
import { renderToString } from 'ink';
import { expect, test } from 'vitest';
import { lineText, lineWidth } from '#ui/draw/line.ts';
import { inputOf } from '#ui/keys/text-input.ts';
import { drawStart } from '#ui/start-page/frame.ts';
import type { StartPage } from '#ui/start-page/page.ts';
import { pressStart } from '#ui/start-page/press.ts';
import { openBox } from '#ui/start-page/press-box.ts';
import { START, type StartState, withFinding } from '#ui/start-page/state.ts';
import { Lines } from '#ui/terminal/lines.tsx';
import { NOW, PAGE, pastRun } from '../../fixtures/start-page.ts';

const SIZES = [20, 40, 60, 80, 120, 200].flatMap((columns) =>
  [4, 8, 13, 14, 24, 60].map((rows) => ({ columns, rows })),
);

function draw(state: StartState, page: StartPage = PAGE, size = { columns: 80, rows: 24 }) {
  return drawStart({ page, state, now: NOW, ...size }).lines;
}

function textOf(state: StartState, page: StartPage = PAGE, columns = 80): string {
  const lines = draw(state, page, { columns, rows: 24 });
  return stripVTControlCharacters(renderToString(<Lines lines={lines} />, { columns }))
    .split('\n')
    .map((one) => one.trimEnd())
    .join('\n');
}

const BOXED = withFinding(openBox(START, 'it is full').state, 'it is full', {
  shown: ['it is full'],
  records: 1,
  offers: [
    {
      ...{ runbook: 'pool-exhausted', isHere: true, title: 'an exhausted pool' },
      ...{ evidence: 'it is full', why: 'seen: "full"' },
    },
    { runbook: 'gone', isHere: false, title: 'or gone', evidence: '', why: 'if it is gone' },
  ],
});

test('as it opens: unfinished runs, then the runbooks with how they ended last, nothing selected', () => {
  expect(textOf(START)).toMatchInlineSnapshot(`
    " runbook                             4 runbooks · 2 unfinished runs · 1 running
    ────────────────────────────────────────────────────────────────────────────────
     / searches names, summaries, symptoms and people.

     ── Unfinished runs ───────────────────────────────────────────────────────────
        pool-exhausted     paused at “End idle sessions”               kim, 1 h ago
        dns                interrupted before its first step           sam, 1 h ago

     ── Runbooks ──────────────────────────────────────────────────────────────────
        connection-leak    An application never gives back to it… resolved 1 h ago
        pgbouncer          The pooler refuses clients.                     running
        pool-exhausted     Requests hang: every connection is ta…   paused 1 h ago
        stale-connections  Old sessions were closed.






    ────────────────────────────────────────────────────────────────────────────────
     Nothing is selected. Choose with j and k, or search with /.
     Paste an error, or lines of a log, to get suggested runbooks.

     j k choose  / search  Tab look up an error  ? help  q leave"
  `);
});

test('the selected entry says what Enter does with it', () => {
  const onRun = textOf({ ...START, selected: 'run r2-dns' });
  expect(onRun).toMatch(/▸ dns +interrupted before its first step +sam, 1 h ago/);
  expect(onRun).toContain('⏎ resumes this run where it stopped; changes need a new confirmation.');
  const onRunbook = textOf({ ...START, selected: 'runbook pgbouncer' });
  expect(onRunbook).toContain('About pgbouncer: The pooler refuses clients.');
  expect(onRunbook).toContain('⏎ opens it and asks for missing inputs');
  expect(textOf(START)).toContain('search with /');
});

test('the environment a runbook is opened in is said in the header and of what Enter does', () => {
  const page = { ...PAGE, environments: ['prod'] };
  expect(textOf(START, page)).toMatch(/^ runbook · no environment .*\n[\s\S]*\^E environment/);
  const state = { ...START, environment: 'prod', selected: 'runbook connection-leak' };
  const frame = textOf(state, page);
  expect(frame).toMatch(/^ runbook · prod /);
  expect(frame).toContain('⏎ opens it in prod and asks for missing inputs');
  expect(textOf(START)).not.toContain('environment');
});

test('an error shows its end, the runbooks it calls for, and why', () => {
  expect(textOf(BOXED)).toMatchInlineSnapshot(`
    " runbook                             4 runbooks · 2 unfinished runs · 1 running
    ────────────────────────────────────────────────────────────────────────────────
     Which error?
     │ it is full▏

     ── Suggested runbooks, most likely first ─────────────────────────────────────
      ▸ pool-exhausted  an exhausted pool
          │ it is full
          seen: "full"
        gone  or gone  not installed
          if it is gone








    ────────────────────────────────────────────────────────────────────────────────
     About pool-exhausted: Requests hang: every connection is taken.

     ⏎ opens it and asks for missing inputs; changes always need a confirmation.
     ⏎ open  ↑↓ choose  ^U clear  Esc list  ^C leave"
  `);
});

test('a text is not drawn before it came back without secrets', () => {
  const { state } = openBox(START, 'postgres://app:hunter2@db/shop refused');
  expect(textOf(state)).toContain('reading …');
  expect(textOf(state)).not.toContain('hunter2');
});

test('that nothing was found is said, in the list and of an error', () => {
  expect(textOf({ ...START, search: inputOf('zebra') })).toContain('Tab looks “zebra” up');
  const nothing = { shown: ['zebra'], records: 1, offers: [] };
  const { state } = openBox(START, 'zebra');
  const boxed = textOf(withFinding(state, 'zebra', nothing));
  expect(boxed).toContain('No known database error in');
  // There is nothing that Enter could open.
  expect(boxed).not.toContain('⏎');
  expect(textOf(BOXED)).toMatch(/⏎ opens it[\s\S]*⏎ open /);
});

test('only what was run says how it ended', () => {
  expect(textOf(START, { ...PAGE, runs: [] })).not.toMatch(/never run|high|medium/);
  expect(textOf(START)).toMatch(/pgbouncer .* running/);
});

test('every state fits every terminal, with the ways out in sight', () => {
  const odd: StartPage = {
    ...PAGE,
    runbooks: [
      ...PAGE.runbooks,
      {
        ...{ name: '接続プール枯渇', severity: 'high', symptoms: [] },
        ...{
          title: '接続\u001b[31mプール',
          summary: `\u001b]0;x\u0007${'枯渇した👩‍👩‍👧 '.repeat(40)}`,
        },
      },
    ],
    runs: [pastRun('r9', 'paused', { runbook: undefined, operator: 'é\u202e\n'.repeat(30) })],
  };
  const states: readonly StartState[] = [
    START,
    { ...START, selected: 'runbook 接続プール枯渇' },
    { ...START, search: inputOf('枯渇'.repeat(60)) },
    { ...START, help: 0 },
    { ...START, notice: 'Nothing is selected.' },
    BOXED,
  ];
  for (const size of SIZES)
    for (const state of states) {
      const lines = draw(state, odd, size);
      expect(lines.length).toBeLessThanOrEqual(size.rows);
      for (const one of lines) {
        expect(lineWidth(one)).toBeLessThanOrEqual(size.columns);
        expect(lineText(one)).not.toMatch(/[\p{Control}\u202e]/u);
      }
      if (size.columns >= 60) expect(lineText(lines.at(-1) ?? [])).toMatch(/leave|clear|search/);
    }
});

test('the selected entry is in sight wherever it stands in a long list', () => {
  const runbooks = Array.from({ length: 90 }, (_, index) => ({
    ...{ name: `book-${index}`, title: 'A book', severity: 'low', summary: '', symptoms: [] },
  }));
  const page = { ...PAGE, runbooks };
  let state = START;
  for (let count = 0; count < 92; count += 1) {
    state = pressStart(
      state,
      { name: 'down' },
      { page, now: NOW, pageSize: 3, scrollLimit: 0 },
    ).state;
    for (const rows of [8, 14, 24]) {
      const shown = draw(state, page, { columns: 80, rows }).map(lineText).join('\n');
      expect(shown).toContain(` ▸ ${state.selected === 'run r2-dns' ? 'dns' : ''}`);
    }
  }
  expect(state.selected).toBe('runbook book-89');
});
