import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type pg from 'pg';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { RecordedEvent, RunEvent } from '#events/log/event.ts';
import { readJournal } from '#run/journal/file/read.ts';
import { confirm } from './exhausted-shop.ts';
import { Operator, type Said } from './operator.ts';
import { connect, sessionsLike, shopServer } from './shop-server.ts';
import { victimsRunbook } from './victims-runbook.ts';

vi.setConfig({ testTimeout: 300_000 });

const shop = shopServer();
const AT_A_TIME = 2;

type Resumed = {
  /** How many whole lines of the journal were left, and whether a torn one followed them. */
  readonly lines: number;
  readonly torn: boolean;
  readonly said: Said;
  /** What was written after the crash. */
  readonly added: readonly RunEvent[];
  readonly before: readonly RunEvent[];
};

const victims: pg.Client[] = [];
let kim: Operator;
let lines: readonly string[];
let resumed: readonly Resumed[];
let survivors: readonly number[];

beforeAll(async () => {
  kim = new Operator(shop.env);
  kim.writeRunbook('victims', victimsRunbook());
  victims.push(await connect(shop.urls.shop, 'victim'));
  await resolve();
  lines = readFileSync(join(kim.runFolder(), 'journal.jsonl'), 'utf8').split(/(?<=\n)/);
  for (let more = 0; more < 2; more += 1) victims.push(await connect(shop.urls.shop, 'victim'));
  survivors = await sessionsLike(shop.server.superuserUrl, 'victim');
  const crashes = lines.map((_, index) => ({ kept: index, torn: index % 2 === 1 }));
  crashes.push({ kept: lines.length, torn: false });
  resumed = await inTurns(crashes, ({ kept, torn }) => resumeAfter(kept, torn));
});

afterAll(async () => {
  await kim?.goHome();
  for (const victim of victims) await victim.end().catch(() => {});
});

/** Runs the runbook to its end. */
async function resolve(): Promise<void> {
  const terminal = kim.open(['run', 'victims', '--step']);
  await terminal.waitFor('▸ Count the victims');
  terminal.press('enter');
  await terminal.waitFor('▸ End the victims');
  terminal.press('enter');
  await terminal.waitFor('Type end them to run it:');
  await confirm(terminal, 'end them');
  await terminal.waitFor('RESOLVED');
  terminal.press('enter');
  expect((await terminal.exited).code).toBe(0);
}

/** Resumes a copy of the run as a crash after so many lines would have left it. */
async function resumeAfter(kept: number, torn: boolean): Promise<Resumed> {
  const state = join(kim.home, `state-${kept}-${torn}`);
  const folder = join(state, 'runs', basename(kim.runFolder()));
  mkdirSync(join(state, 'runs'), { recursive: true });
  cpSync(kim.runFolder(), folder, { recursive: true });
  const half = torn ? (lines[kept] ?? '').slice(0, 40) : '';
  const journal = join(folder, 'journal.jsonl');
  writeFileSync(journal, lines.slice(0, kept).join('') + half);
  const said = await kim.run(['resume', basename(folder), '--plain'], {
    env: { RUNBOOK_STATE: state },
  });
  const { records, problems } = kept === 0 ? NOTHING : readJournal(journal);
  expect(problems).toEqual([]);
  const events = records.map(({ event }) => event);
  return { lines: kept, torn, said, before: events.slice(0, kept), added: events.slice(kept) };
}

const NOTHING = { records: [] as readonly RecordedEvent[], problems: [] };

async function inTurns<T, R>(
  all: readonly T[],
  act: (one: T) => Promise<R>,
): Promise<readonly R[]> {
  const results: R[] = [];
  for (let at = 0; at < all.length; at += AT_A_TIME)
    results.push(...(await Promise.all(all.slice(at, at + AT_A_TIME).map(act))));
  return results;
}

const WAITS_OR_ENDS: readonly string[] = [
  'operator.awaited',
  'step.started',
  'step.finished',
  'run.finished',
];

/** Runs that had begun and not finished when they were cut off. */
function interrupted(): readonly Resumed[] {
  return resumed.filter(({ lines: kept }) => kept > 0 && kept < lines.length);
}

test('a crash after any line leaves a run that waits for the operator, or that had come to its end', () => {
  expect(lines.length).toBeGreaterThan(20);
  for (const { lines: kept, said, before, added } of interrupted()) {
    expect({ kept, types: added.map(({ type }) => type) }).toEqual({
      kept,
      types: expect.arrayContaining(['run.resumed']),
    });
    const last = [...before, ...added].findLast(({ type }) => WAITS_OR_ENDS.includes(type));
    const end = { last: last?.type, code: said.code, type: added.at(-1)?.type };
    if (end.code === 0)
      expect({ kept, ...end }).toEqual({
        kept,
        ...end,
        last: 'run.finished',
        type: 'run.finished',
      });
    else {
      expect({ kept, ...end }).toEqual({
        kept,
        last: 'operator.awaited',
        code: 4,
        type: 'run.paused',
      });
      expect(said.stdout).toMatch(/paused at “.+”: it needs an operator/);
      expect(said.stdout).toContain('runbook resume');
    }
  }
});

test('no change is ever started without a confirmation that came after the crash', async () => {
  for (const { added } of resumed) {
    const started = added.filter((event) => event.type === 'step.started');
    expect(started.filter(({ effect }) => effect !== 'read')).toEqual([]);
  }
  expect(await sessionsLike(shop.server.superuserUrl, 'victim')).toEqual(survivors);
});

test('a change that had started and not finished is unknown, and nothing else is', () => {
  for (const { before, added } of interrupted()) {
    const begun = before.findLast(
      ({ type }) => type === 'step.started' || type === 'step.finished',
    );
    const isOpen = begun?.type === 'step.started' && begun.effect !== 'read';
    const asked = added.flatMap((event) => (event.type === 'operator.awaited' ? [event.for] : []));
    expect(asked.includes('unknown')).toBe(isOpen);
  }
});

test('a last line that was torn is told, and is no harm', () => {
  for (const { torn, added, said } of interrupted()) {
    const repaired = added.flatMap((event) =>
      event.type === 'run.resumed' ? [event.repaired !== undefined] : [],
    );
    expect(repaired).toEqual([torn]);
    expect(said.stdout.includes('torn')).toBe(torn);
  }
});

test('a run that has finished is not resumed, and one that never began is refused', () => {
  const finished = resumed.find(({ lines: kept }) => kept === lines.length);
  expect(finished?.said).toMatchObject({ code: 2 });
  expect(finished?.said.stderr).toContain('has finished');
  const never = resumed.find(({ lines: kept }) => kept === 0);
  expect(never?.said.code).not.toBe(0);
  expect(never?.said.stderr).not.toContain('bug');
});
