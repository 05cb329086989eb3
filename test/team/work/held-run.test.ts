import { expect, onTestFinished, test, vi } from 'vitest';
import { readRecords } from '#run/journal/cursor.ts';
import { startRun } from '#run/start.ts';
import type { ApprovalRule } from '#team/policy/permission.ts';
import { HeldRun, type OpenIntent, parkAfter } from '#team/work/held-run.ts';
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
    approval,
  });
  open.begin();
  const { session } = open;
  await untilAsked(session, 'gate');
  const { gate, awaited } = session.view();
  const events = async () =>
    (await readRecords(store.kept(open.id).record.journal)).records.map(({ event }) => event);
  const intent = (given: Partial<OpenIntent>): OpenIntent => ({
    ...{ id: '1', run: open.id, person: 'bo', via: 'page', atSeq: null, authAgeMs: 0 },
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
  expect(verdicts()).toEqual(
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
