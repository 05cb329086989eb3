import { expect, onTestFinished, test, vi } from 'vitest';
import { ACCEPTED, type Verdict } from '#events/log/submission.ts';
import { refused } from '#events/wording/reasons.ts';
import { readRecords } from '#run/journal/cursor.ts';
import type { OpenRun } from '#run/session/open.ts';
import { startRun } from '#run/start.ts';
import type { ApprovalRule } from '#team/policy/permission.ts';
import { HeldRun, type OpenIntent, parkAfter } from '#team/work/held-run.ts';
import { runAlert } from '../../fixtures/alert-files.ts';
import { parsed } from '../../fixtures/compiled.ts';
import { surroundings } from '../../fixtures/surroundings.ts';
import { MemoryStore } from '../../support/memory-store.ts';
import { MARKING, untilAsked } from '../../support/served-web.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

/** A run of this machine as a worker holds it, at its gate. */
async function held({
  holdMs = 600_000,
  watchedMs = 0,
  approval = [] as readonly ApprovalRule[],
} = {}) {
  const store = new MemoryStore();
  const open = await startRun(parsed(MARKING), {
    ...{ store, surroundings, source: { file: 'inline.yaml', text: MARKING } },
    ...{ given: { folder: temporaryFolder() }, mode: 'live', attended: true, auto: true },
    environment: { name: 'prod', secrets: [] },
  });
  onTestFinished(() => open.close());
  const answers: { id: string; answer: string }[] = [];
  const shown: string[] = [];
  const one = new HeldRun({
    claim: { id: open.id, epoch: '3', environment: 'prod', holdMs: undefined } as never,
    open,
    journal: {
      answered: (intent: { id: string; answer: string }) => answers.push(intent),
    } as never,
    pool: { query: async () => ({ rows: [{ ms: watchedMs }] }) } as never,
    live: {
      show: (run: string, epoch: string) => void shown.push(`${run} ${epoch}`),
      forget: async (run: string) => void shown.push(`forget ${run}`),
    } as never,
    holdMs: (ofRun) => ofRun ?? holdMs,
    approval: () => approval,
  });
  open.begin();
  const { session } = open;
  await untilAsked(session, 'gate');
  const { gate, awaited } = session.view();
  const events = async () =>
    (await readRecords(store.kept(open.id).record.journal)).records.map(({ event }) => event);
  const intent = (given: Partial<OpenIntent>): OpenIntent => ({
    ...{ id: '1', run: open.id, person: 'bo', via: 'page', atSeq: null, authAgeMs: 0, ageMs: 0 },
    ...{ roles: ['approver'], environment: 'prod', digest: gate?.digest ?? null },
    intent: { type: 'note', text: 'hi' },
    ...given,
  });
  const verdicts = () =>
    answers.map(({ id, answer }) => [id, JSON.parse(answer) as Record<string, unknown>] as const);
  return { one, session, gate, awaited, events, intent, verdicts, shown, id: open.id };
}

test('an intent that every look finds again is recorded once', async () => {
  const { one, events, intent, verdicts } = await held();
  for (let look = 0; look < 3; look += 1) one.deliver(intent({}));
  one.deliver(intent({ id: '2' }));
  expect((await events()).filter(({ type }) => type === 'operator.noted')).toHaveLength(2);
  expect(verdicts()).toEqual([
    ['1', { accepted: true }],
    ['2', { accepted: true }],
  ]);
});

test('a look is recorded with who looks, and answered', async () => {
  const { one, events, intent, verdicts } = await held();
  one.deliver(intent({ intent: { type: 'look' } }));
  one.deliver(intent({ id: '2', via: 'terminal', intent: { type: 'look' } }));
  expect((await events()).filter(({ type }) => type === 'run.watched')).toMatchObject([
    { status: 'attached', operator: 'bo', host: 'the page' },
    { status: 'attached', operator: 'bo', host: 'terminal' },
  ]);
  expect(verdicts().map(([, verdict]) => verdict)).toEqual([
    { accepted: true },
    { accepted: true },
  ]);
});

test('what became of an alert is recorded, and moves nothing', async () => {
  const { one, session, awaited, events, intent, verdicts } = await held();
  for (const [id, status] of [
    ['1', 'firing'],
    ['2', 'resolved'],
  ] as const)
    one.deliver(intent({ id, intent: { type: 'alert', alert: runAlert({ status }) } }));
  expect((await events()).filter(({ type }) => type === 'run.alerted')).toMatchObject([
    { status: 'firing', key: 'k1', labels: { instance: 'db-7:9187' } },
    { status: 'resolved', key: 'k1' },
  ]);
  expect(verdicts().map(([, { accepted }]) => accepted)).toEqual([true, true]);
  expect(session.view().awaited).toEqual(awaited);
  expect(session.view().alerts).toMatchObject([{ key: 'k1', status: 'resolved' }]);
});

test('roles of another environment, and a permission for another gate, confirm nothing', async () => {
  const { one, session, gate, awaited, intent, verdicts } = await held();
  const confirm = { type: 'confirm', digest: gate?.digest ?? '', phrase: 'mark it' } as const;
  const at = { intent: confirm, atSeq: awaited?.seq ?? 0 };
  const wrong: readonly (readonly [Partial<OpenIntent>, string, RegExp])[] = [
    [{ environment: 'staging' }, 'not-allowed', /You have no role there/],
    [{ environment: null }, 'not-allowed', /You have no role there/],
    [{ digest: 'sha256:other' }, 'not-allowed', /given for another action/],
    [{ digest: null }, 'not-allowed', /given for another action/],
    [{ roles: ['viewer'] }, 'not-allowed', /You are a viewer/],
    [{ authAgeMs: null }, 'not-allowed', /signed in, not a token/],
    [{ atSeq: 1 }, 'stale', /^it answers event 1, an earlier question; the run asks with event/],
    [{ atSeq: null }, 'stale', /./],
    [{ intent: { type: 'leave' } }, 'impossible', /cannot do that/],
  ];
  for (const [number, [given]] of wrong.entries())
    one.deliver(intent({ ...at, id: `${number}`, ...given }));
  expect(verdicts()).toMatchObject(
    wrong.map(([, code, reason], number) => [
      `${number}`,
      { accepted: false, code, reason: expect.stringMatching(reason) },
    ]),
  );
  expect(session.view().status).toBe('waiting');
  one.deliver(intent({ ...at, id: 'right' }));
  await vi.waitFor(() => expect(verdicts().at(-1)).toEqual(['right', { accepted: true }]));
  await untilAsked(session, 'report');
  one.deliver(intent({ ...at, id: 'late' }));
  const reason = expect.stringContaining('bo confirmed it');
  expect(verdicts().at(-1)).toEqual(['late', { accepted: false, code: 'stale', reason }]);
});

test('the rules of the worker decide besides', async () => {
  const rule = { environments: ['prod'], effect: 'destructive', roles: ['operator'] } as const;
  const { one, gate, awaited, intent, verdicts } = await held({ approval: [rule] });
  const confirm = { type: 'confirm', digest: gate?.digest ?? '', phrase: 'mark it' } as const;
  one.deliver(intent({ intent: confirm, atSeq: awaited?.seq ?? 0 }));
  expect(verdicts()).toMatchObject([['1', { code: 'not-allowed' }]]);
});

test('a question that nobody answers parks the run after its time, and not while it is watched', async () => {
  const parked = await held({ holdMs: 20 });
  await parked.session.ended;
  expect(parked.session.view().status).toBe('waiting');
  await parked.one.end();
  expect(parked.shown).toContain(`forget ${parked.id}`);
  const watched = await held({ holdMs: 1, watchedMs: 3_600_000 });
  let isOver = false;
  void watched.session.ended.then(() => {
    isOver = true;
  });
  for (let turn = 0; turn < 20; turn += 1) await new Promise((done) => setImmediate(done));
  expect(isOver).toBe(false);
  watched.one.park();
  await watched.session.ended;
  await watched.one.end();
});

test.each([
  [100, [], 100],
  [100, ['db'], 1_800_000],
  [3_600_000, ['db'], 3_600_000],
  [0, ['db'], 0],
] as const)(
  'a question is waited with for %s ms, with reserved slots on %s: %s',
  (ms, used, expected) => {
    expect(parkAfter(ms, used)).toBe(expected);
  },
);

type Change = Parameters<Parameters<OpenRun['session']['subscribe']>[0]>[0];

/** A run at a worker with a session that says what a test wants, and a clock that the test moves. */
function scripted(watched: () => Promise<number> = async () => 0) {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  let view: object = { status: 'waiting', awaited: { seq: 5 }, reserved: [], environment: 'prod' };
  let tell: (change: Change) => void = () => undefined;
  let verdict: Verdict = ACCEPTED;
  let meanwhile: () => void = () => undefined;
  const said: string[] = [];
  const turns: boolean[] = [];
  const session = {
    subscribe: (listener: typeof tell) => {
      tell = listener;
      return () => void said.push('unsubscribed');
    },
    view: () => view,
    park: () => void said.push('parked'),
    submit: (_: unknown, handled: (given: Verdict) => void) => {
      meanwhile();
      handled(verdict);
    },
  };
  const one = new HeldRun({
    claim: { id: 'r', epoch: '3', environment: 'prod', holdMs: 100 },
    open: { session },
    journal: { answered: ({ answer }: { answer: string }) => void said.push(answer) },
    pool: {
      query: async (sql: string, [run]: readonly string[]) => {
        said.push(`${run} ${/watched_until/.exec(sql)?.[0]}`);
        const ms = await watched();
        return { rows: ms === 0 ? [] : [{ ms }] };
      },
    },
    live: {
      show: (run: string, epoch: string) => void said.push(`${run} shows ${epoch}`),
      forget: async () => undefined,
    },
    holdMs: (ofRun: number | undefined) => ofRun ?? 1,
    approval: () => [],
    onTurn: (isWaiting: boolean) => void turns.push(isWaiting),
  } as never);
  const event = (seq: number, it: object) => tell({ event: { seq, at: '', event: it } } as never);
  const intent: Omit<OpenIntent, 'intent'> = {
    ...{ id: '1', run: 'r', person: 'bo', via: 'page', atSeq: 5, authAgeMs: 0, ageMs: 0 },
    ...{ roles: ['approver'], environment: 'prod', digest: null },
  };
  return {
    ...{ one, said, turns, event, intent },
    tell: (change: object) => tell(change as never),
    see: (more: object) => {
      view = { ...view, ...more };
      tell({ view } as never);
    },
    answers: (next: Verdict, before: () => void = () => undefined) => {
      verdict = next;
      meanwhile = before;
    },
    pass: (ms: number) => vi.advanceTimersByTimeAsync(ms),
  };
}

test('a question is waited with from when it was put; another one begins the time anew', async () => {
  const { see, pass, said, one } = scripted();
  see({});
  await pass(60);
  see({ rows: 'read again' });
  await pass(39);
  expect(said).toEqual([]);
  await pass(1);
  expect(said).toEqual(['r watched_until', 'parked']);
  see({ awaited: { seq: 9 } });
  await pass(60);
  see({ awaited: { seq: 12 } });
  await pass(99);
  expect(said).toHaveLength(2);
  see({ status: 'running' });
  await pass(10_000);
  see({ status: 'waiting', awaited: undefined });
  await pass(10_000);
  expect(said).toHaveLength(2);
  see({ awaited: { seq: 20 } });
  await one.end();
  await pass(10_000);
  expect(said.slice(2)).toEqual(['unsubscribed']);
});

test('a run that is watched is looked at again once nobody may watch it, a minute later at most', async () => {
  let watchedMs = 3_600_000;
  const watched = scripted(async () => watchedMs);
  watched.see({});
  await watched.pass(100);
  watchedMs = 40;
  await watched.pass(59_999);
  expect(watched.said).toHaveLength(1);
  await watched.pass(1);
  expect(watched.said).toHaveLength(2);
  watchedMs = 0;
  await watched.pass(40);
  expect(watched.said.at(-1)).toBe('parked');
});

test('whether a run is watched is asked again after a second, if the control plane does not say', async () => {
  const lost = scripted(() => Promise.reject(new Error('gone')));
  lost.see({});
  await lost.pass(100);
  await lost.pass(999);
  expect(lost.said).toHaveLength(1);
  await lost.pass(1);
  expect(lost.said).toEqual(['r watched_until', 'r watched_until']);
});

test('live output is shown, and is no question', async () => {
  const { tell, said, pass } = scripted();
  tell({ live: {} });
  await pass(1_000);
  expect(said).toEqual(['r shows 3']);
});

test('whoever comes second is told who was first; other refusals keep their reason', () => {
  const { one, event, said, intent, answers, see } = scripted();
  const answer = { ...intent, intent: { type: 'answer', value: 'x' } } as const;
  const reasons = () => said.map((text) => (JSON.parse(text) as { reason?: string }).reason);
  answers(refused('stale', 'it is not open'));
  one.deliver({ ...answer, id: '1' });
  event(5, { type: 'operator.awaited' });
  event(6, { type: 'gate.answered', answer: 'confirmed', operator: 'kim' });
  one.deliver({ ...answer, id: '2' });
  answers(refused('invalid', 'no number'));
  one.deliver({ ...answer, id: '3' });
  answers(ACCEPTED);
  one.deliver({ ...answer, id: '4' });
  expect(reasons()).toEqual(['it is not open', 'kim confirmed it', 'no number', undefined]);
  expect(JSON.parse(said[1] ?? '')).toMatchObject({ code: 'stale' });
  see({ awaited: undefined });
  one.deliver({ ...answer, id: '5', atSeq: 3 });
  one.deliver({ ...answer, id: '6' });
  expect(reasons().slice(4)).toEqual([
    'it answers event 3, an earlier question; the run asks nothing now',
    'kim confirmed it',
  ]);
});

test('a permission is for a gate: what is no confirmation, or finds no gate, needs none', () => {
  const { one, said, intent, see } = scripted();
  const confirm = { type: 'confirm', digest: 'a' } as const;
  one.deliver({ ...intent, id: '1', digest: 'other', intent: confirm });
  see({ gate: { digest: 'a', effect: 'change' } });
  one.deliver({ ...intent, id: '2', digest: 'other', intent: { type: 'decline', reason: '' } });
  one.deliver({ ...intent, id: '3', digest: 'a', intent: confirm });
  one.deliver({ ...intent, id: '4', digest: 'other', intent: confirm });
  one.deliver({ ...intent, id: '5', digest: 'a', intent: confirm, environment: 'staging' });
  expect(said.map((text) => (JSON.parse(text) as Verdict).accepted)).toEqual([
    ...[true, true, true],
    ...[false, false],
  ]);
});

test('the worker hears when a run starts to wait and when it goes on, and knows since when', async () => {
  const { one, see, turns, pass } = scripted();
  see({ status: 'running' });
  expect([turns, one.waitingSince]).toEqual([[], undefined]);
  see({ status: 'waiting' });
  const since = one.waitingSince;
  expect(since).toBe(performance.now());
  await pass(50);
  see({ rows: 'read again' });
  expect([turns, one.waitingSince]).toEqual([[true], since]);
  see({ awaited: { seq: 9 } });
  expect([turns, one.waitingSince]).toEqual([[true], performance.now()]);
  see({ status: 'running' });
  expect([turns, one.waitingSince]).toEqual([[true, false], undefined]);
});

test('a run with a reserved slot is told from one without', () => {
  const { one, see } = scripted();
  expect(one.isReserved).toBe(false);
  see({ reserved: ['db'] });
  expect(one.isReserved).toBe(true);
});

const TWO_MINUTES = 120_000;

test('an answer to a gate that was put again counts for two minutes, one to the open gate always', () => {
  const { one, said, intent, see } = scripted();
  see({ awaited: { seq: 9, earlier: [5] } });
  const decline = { ...intent, intent: { type: 'decline', reason: '' } } as const;
  one.deliver({ ...decline, id: '1', atSeq: 5, ageMs: TWO_MINUTES });
  one.deliver({ ...decline, id: '2', atSeq: 5, ageMs: TWO_MINUTES + 1 });
  one.deliver({ ...decline, id: '3', atSeq: 9, ageMs: TWO_MINUTES + 1 });
  one.deliver({ ...decline, id: '4', atSeq: null, ageMs: TWO_MINUTES + 1 });
  expect(said.map((text) => (JSON.parse(text) as { code?: string }).code)).toEqual([
    ...[undefined, 'stale', undefined, undefined],
  ]);
});

test('an answer to a gate that has yet to open again waits for it, for two minutes', () => {
  const { one, said, intent, see } = scripted();
  see({ status: 'running', awaited: undefined, closed: { asked: [5] } });
  const decline = { ...intent, intent: { type: 'decline', reason: '' } } as const;
  one.deliver({ ...decline, id: '1', ageMs: TWO_MINUTES });
  expect(said).toEqual([]);
  one.deliver({ ...decline, id: '2', ageMs: TWO_MINUTES + 1 });
  one.deliver({ ...decline, id: '3', atSeq: 3 });
  expect(said.map((text) => (JSON.parse(text) as { code?: string }).code)).toEqual([
    ...['stale', 'stale'],
  ]);
  see({ status: 'waiting', awaited: { seq: 9, earlier: [5] }, closed: undefined });
  one.deliver({ ...decline, id: '1', ageMs: TWO_MINUTES });
  expect(JSON.parse(said.at(-1) ?? '')).toEqual({ accepted: true });
});

test('an answer that meets a run just as it is resumed waits, too; one that is refused otherwise does not', () => {
  const { one, said, intent, see, answers } = scripted();
  const decline = { ...intent, intent: { type: 'decline', reason: '' } } as const;
  const closing = () => see({ awaited: undefined, closed: { asked: [5] } });
  answers(refused('stale', 'it is not open'), closing);
  one.deliver({ ...decline, id: '1' });
  expect(said).toEqual([]);
  see({ awaited: { seq: 9, earlier: [5] }, closed: undefined });
  answers(ACCEPTED);
  one.deliver({ ...decline, id: '1' });
  expect(said.map((text) => JSON.parse(text) as unknown)).toEqual([{ accepted: true }]);
});
