import { describe, expect, test } from 'vitest';
import { foldEvents } from '#events/view/fold.ts';
import { handoverLines } from '#report/handover/brief.ts';
import { transcriptMarkdown } from '#report/transcript/markdown.ts';
import type { EventLog } from '../fixtures/event-log.ts';
import { afterBoth } from '../fixtures/inside-log.ts';
import { atGate, terminating } from '../fixtures/pool-exhausted-log.ts';
import { RUN_STARTED } from '../fixtures/pool-exhausted-steps.ts';
import { atKeyGate } from '../fixtures/question-log.ts';
import { troubled } from '../fixtures/troubled-run.ts';

function said(log: EventLog): string {
  return handoverLines(log.events, { columns: 200 })
    .map(({ text }) => text)
    .join('\n');
}

const handed = atGate.add(
  60_000,
  { type: 'run.paused', reason: 'the operator left' },
  { type: 'run.handed-over', operator: 'ana', host: 'ops1', to: 'ben' },
);

test('the next operator reads how it stands, what was found, what is asked and how to go on', () => {
  const text = said(handed);
  expect(text).toContain('  paused by ana at 03:13:28 UTC, after 1 min 28 s: the operator left');
  expect(text).toContain('  03:13:28 ana handed the run over to ben');
  expect(text).toContain('Found\n  03:12:06 17 of 17 usable connections are taken.');
  expect(text).toContain('Changed\n  nothing');
  expect(text).toMatch(
    /Pending\n {2}03:12:28 “End sessions that have been idle too long”: Confirm this change\?[^|]*\n {2}03:12:28 DESTRUCTIVE/,
  );
  expect(text).toContain('| SELECT pid, pg_terminate_backend(pid) AS ended');
  expect(text).toContain('Watch\n  db is reached through a reserved slot');
  expect(text).toMatch(/Resume\n {2}runbook resume \S+\n[\s\S]*not stored\): database_url$/);
});

test('at 80 columns lines break at words, under their text, and no digest is in the way', () => {
  const gate = atGate.events.map((record) =>
    record.event.type === 'gate.opened'
      ? { ...record, event: { ...record.event, digest: `sha256:${'5ad1'.repeat(16)}` } }
      : record,
  );
  const lines = handoverLines(gate, { columns: 80 }).map(({ text }) => text);
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
  expect(lines.join('\n')).not.toContain('5ad1');
  expect(lines.join('\n')).toMatch(
    / {2}03:12:28 “End sessions that have been idle too long”: Confirm this change\? Its\n {11}rows are read again before it can be confirmed\./,
  );
  const long = atGate.add({ type: 'operator.noted', operator: 'ana', text: 'a word '.repeat(30) });
  const noted = handoverLines(long.events, { columns: 80 }).map(({ text }) => text);
  expect(noted.slice(noted.indexOf('Notes') + 2).find((line) => line !== '')).toMatch(/^ {11}word/);
});

test('rows are only spoken of where there are some, and who takes it over is not told how', () => {
  expect(said(atKeyGate)).toMatch(/“[^”]+”: Confirm this change\?\n/);
  const taken = handoverLines(handed.events, { isTakenOver: true }).map(({ text }) => text);
  expect(taken).not.toContain('Go on');
  expect(taken).toContain('Pending');
});

test('a change that was cut off is unknown, with who confirmed it', () => {
  const text = said(terminating);
  expect(text).toContain('  interrupted while ana ran it; last event at ');
  expect(text).toMatch(/Changed\n.*“End sessions.*: outcome unknown, confirmed by ana\n/);
  expect(text).toMatch(/Pending\n.*had started and not finished: its outcome is unknown/);
  expect(text).toContain('outcome unknown: “End sessions that have been idle too long”');
  expect(text).toContain('not verified yet: “Are free slots back?”');
});

test('what was declined, skipped, done by hand and noted is handed on', () => {
  const text = said(troubled);
  expect(text).toContain(
    "“Lower the application's pool size” reported done by hand, by ben: rollout 4711",
  );
  expect(text).toContain('declined by ben: “End sessions that have been idle too long”: enough is');
  expect(text).toContain('skipped: “Who holds the connections?”: the log says who');
  expect(text).toContain('ana: Who took pg_monitor from this role?');
});

test('a command that was entered keeps its text, declined or run', () => {
  const text = 'SELECT pg_terminate_backend(7)\n  FROM one';
  const action = { kind: 'sql', text, values: [], where: 'db · postgres shop' } as const;
  const of = { step: '!1', operator: 'ana' } as const;
  const gate = { ...of, digest: 'x', title: 'Command !1 on db', effect: 'destructive' } as const;
  const log = atGate.add(
    {
      type: 'adhoc.entered',
      ...of,
      target: 'db',
      title: gate.title,
      effect: gate.effect,
      because: [],
      action,
    },
    { type: 'gate.opened', ...gate, action, level: 'key' },
  );
  const declined = log.add({
    type: 'gate.answered',
    ...of,
    answer: 'declined',
    digest: 'x',
    reason: 'wrong one',
  });
  expect(said(declined)).toContain(
    'declined by ana: “Command !1 on db”: SELECT pg_terminate_backend(7) FROM one (wrong one)',
  );
  const ran = log.add({
    type: 'step.started',
    ...{ step: '!1', visit: 1, part: 'action', attempt: 1, effect: 'destructive', action },
  });
  expect(said(ran)).toMatch(/“Command !1 on db”: SELECT pg_terminate_backend\(7\) FROM one on db/);
});

test('every prefix of a run can be handed over, and no line steers a terminal', () => {
  for (const log of [handed, troubled, afterBoth]) {
    for (let length = 1; length <= log.events.length; length += 1) {
      const lines = handoverLines(log.events.slice(0, length));
      expect(lines.length).toBeGreaterThan(8);
      for (const { text } of lines) expect(text).not.toMatch(/\p{Cc}/u);
    }
  }
  expect(handoverLines([])).toEqual([]);
});

test('who has it is the one who goes on, and the handover is over then', () => {
  const resumed = handed.add({
    type: 'run.resumed',
    operator: 'ben',
    host: 'ops2',
    pid: 7,
    program: RUN_STARTED.type,
  });
  expect(foldEvents(handed.events)).toMatchObject({ status: 'paused', handedOver: { to: 'ben' } });
  const view = foldEvents(resumed.events);
  expect(view?.operator).toBe('ben');
  expect(view?.handedOver).toBeUndefined();
});

test('the transcript tells who handed over to whom, and who looked on', () => {
  const log = atGate.add(
    { type: 'run.watched', status: 'attached', operator: 'li*', host: 'ops1', pid: 9 },
    { type: 'run.paused', reason: 'the operator left' },
    { type: 'run.handed-over', operator: 'ana', host: 'ops1', to: 'ben' },
  );
  const text = transcriptMarkdown(log.events, { outputs: () => undefined });
  expect(text).toMatch(/- Watched by: li\\\* on ops1, \*\*03:12:28\*\*/);
  expect(text).toMatch(/- Handed over: ana handed the run over to ben, /);
  expect(text).toContain('**ana handed the run over to ben** on ops1');
});

describe('on one page', () => {
  /** A run of many sessions: it was found much, noted much, and its gate is long. */
  const long = Array.from({ length: 30 }, (_, index) => index).reduce(
    (log, index) =>
      log.add({
        type: 'operator.noted',
        operator: 'ana',
        text: `note ${index} ${'word '.repeat(20)}`,
      }),
    troubled,
  );
  const page = (log: EventLog, rows: number) =>
    handoverLines(log.events, { columns: 80, rows, isTakenOver: true }).map(({ text }) => text);
  const whole = (log: EventLog) => page(log, Number.POSITIVE_INFINITY);

  test('it is told who had it, what is asked, what is wrong and what was changed, whatever its length', () => {
    expect(whole(long).length).toBeGreaterThan(60);
    const shown = page(long, 22);
    expect(shown.length).toBeLessThanOrEqual(22);
    const text = shown.join('\n');
    expect(text).toMatch(/^Handover: [\s\S]* by ana/);
    for (const title of ['Found', 'Changed', 'Pending', 'Watch', 'Notes'])
      expect(text).toMatch(new RegExp(`^${title}( \\(\\d+ of \\d+\\))?$`, 'm'));
    expect(text).toMatch(/^Notes \(\d of 3\d\)$/m);
    expect(text).toContain('note 29');
    expect(text).not.toContain('note 20');
  });

  test('what fits is whole; where only the lines between are too many, only they go', () => {
    const all = whole(handed);
    expect(page(handed, all.length)).toEqual(all);
    expect(page(handed, all.length - 1)).toEqual(all.filter((line) => line !== ''));
  });

  test('it never is longer than the page, at any size and any point of a run', () => {
    for (const log of [handed, troubled, afterBoth])
      for (let length = 1; length <= log.events.length; length += 1)
        for (const rows of [5, 13, 22]) {
          const options = { columns: 80, rows, isTakenOver: true };
          const lines = handoverLines(log.events.slice(0, length), options);
          expect(lines.length).toBeLessThanOrEqual(rows);
          expect(lines.length).toBeGreaterThan(1);
        }
  });
});
