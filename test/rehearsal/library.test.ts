import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { suspectsInRun } from '#cli/commands/runs/suspects.ts';
import { readSource } from '#cli/library/find-runbook.ts';
import type { RecordedEvent } from '#events/log/event.ts';
import { foldEvents } from '#events/view/fold.ts';
import type { RunView } from '#events/view/run-view.ts';
import { sentencesOf } from '#events/wording/sentences.ts';
import { runCases } from '#rehearsal/run-cases.ts';
import { stageOf } from '#rehearsal/stage.ts';
import { summaryLines } from '#report/summary.ts';
import { BAD, type Line } from '#ui/draw/line.ts';
import { finishedPane } from '#ui/panes/finished.ts';
import { sha256, shipped } from '../fixtures/compiled.ts';
import { appliedAll } from '../fixtures/effects/applied.ts';
import { casesOf } from '../fixtures/rehearsed.ts';
import { MemoryStore } from '../support/memory-store.ts';

const FOLDER = new URL('../../runbooks/', import.meta.url);
const NAMES = readdirSync(FOLDER).flatMap((file) =>
  file.endsWith('.yaml') && !file.endsWith('.test.yaml') ? [file.replace('.yaml', '')] : [],
);
const textOf = (file: string) => readFileSync(new URL(file, FOLDER), 'utf8');

test('the library has its runbooks', () => {
  expect(NAMES).toHaveLength(20);
});

test('whom nobody may ever end is written once, in a library file', () => {
  const listed = NAMES.filter((name) => /patroni\|repmgr|rdsadmin\|/.test(textOf(`${name}.yaml`)));
  expect(listed).toEqual([]);
  expect(textOf('lib/sessions.yaml').match(/repmgr\||rdsadmin\|/g)).toEqual([
    'repmgr|',
    'rdsadmin|',
  ]);
});

test.each(NAMES)(
  'no run of %s shows what looks like a secret, or says a thing twice at its end',
  async (name) => {
    const { runbook } = appliedAll(shipped(name));
    const { results } = runCases(
      casesOf(runbook, textOf(`${name}.test.yaml`)),
      stageOf(runbook, sha256),
    );
    const now = new Date('2026-11-21T03:12:00Z');
    const source = readSource(`runbooks/${name}.yaml`);
    const run = await new MemoryStore().create({ source, name, now, random: Math.random });
    const journal = await run.journal.open({ clock: () => now });
    // The text of the runbook is searched once for all of its cases.
    for (const { rehearsed } of results)
      for (const { event } of rehearsed.events) journal.append(event);
    await journal.close();
    expect(results.length).toBeGreaterThan(2);
    expect(await suspectsInRun(run)).toEqual([]);
    // Of the runs that say the same at their end, one is enough.
    const said = new Map(
      results.map(({ rehearsed }) => {
        const { outcome, summary, findings, changes = [] } = rehearsed.view;
        const texts = [...findings.map(({ text }) => text), ...changes.map(({ title }) => title)];
        return [JSON.stringify([outcome, summary, texts]), rehearsed] as const;
      }),
    );
    const ends = [...said.values()].flatMap((one) => endOf(one.case.name, one.events));
    expect(ends.flatMap(saidTwice)).toEqual([]);
    expect(ends.flatMap(crosses)).toEqual([]);
    expect(ends.flatMap(summedUpTwice)).toEqual([]);
  },
);

type End = { readonly name: string; readonly view: RunView; readonly lines: readonly Line[] };

/** No time passes in a rehearsal, but every event of a real run has a time of its own. */
function endOf(name: string, events: readonly RecordedEvent[]): readonly End[] {
  const view = foldEvents(
    events.map((record, index) => {
      return { ...record, at: new Date(Date.parse(record.at) + index).toISOString() };
    }),
  );
  return view?.outcome === undefined ? [] : [{ name, view, lines: finishedPane(view, 100).body }];
}

/** The width of the labels, which stand beside the text. */
const LABEL = 11;

/** Returns the sentences of an end page that stand on it twice; a word or two may. */
function saidTwice({ name, lines }: End): readonly string[] {
  const texts = lines.map((line) => line.map(({ text }) => text).join(''));
  const rest = texts.findIndex((text) => text.startsWith('── '));
  const lead = texts.slice(0, rest).map((text) => text.slice(LABEL));
  const joined = (parts: readonly string[]) => parts.join(' ').replaceAll(/\s+/g, ' ');
  const said = sentencesOf(joined(lead)).filter((one) => one.split(' ').length > 3);
  const below = joined(texts.slice(rest));
  return said
    .filter((one, index) => said.indexOf(one) < index || below.includes(one))
    .map((one) => `${name}: ${one}`);
}

/** Returns the sentences that the summary of a run has twice; what was changed is named by its step. */
function summedUpTwice({ name, view }: End): readonly string[] {
  const lines = summaryLines(view).filter((line) => !/^ {2}(changed|runbook)\b/.test(line));
  const said = lines.flatMap((line) => sentencesOf(line.replace(/^ *- /, '').trim()));
  return said
    .filter((one, index) => one.split(' ').length > 3 && said.indexOf(one) < index)
    .map((one) => `${name}: ${one}`);
}

/** Returns the steps that a resolved run marks as failed in the color of what still holds. */
function crosses({ name, view, lines }: End): readonly string[] {
  if (view.outcome !== 'resolved') return [];
  const marked = lines.flatMap(([sign, title]) =>
    sign?.color === BAD.color && sign?.text.trim() === '✗' ? [title?.text ?? ''] : [],
  );
  return marked.map((title) => `${name}: ${title}`);
}

test.each(NAMES)('no end of %s says what was changed, which the record shows', (name) => {
  const ends = shipped(name).steps.flatMap(({ title, does }) =>
    does.kind === 'finish' ? [title, JSON.stringify(does.summary)] : [],
  );
  expect(ends.filter((text) => /nothing\s+(?:was|has been)\s+changed/i.test(text))).toEqual([]);
});
