import { beforeEach, describe, expect, test } from 'vitest';
import { EXIT } from '#errors.ts';
import type { RecordedEvent, RunEvent } from '#events/log/event.ts';
import type { ResumeOptions } from '#run/options.ts';
import { resumeRun } from '#run/resume.ts';
import type { OpenRun } from '#run/session/open.ts';
import { readRun } from '#run/store/read-run.ts';
import { parsed } from '../../fixtures/compiled.ts';
import { leaveRun } from '../../fixtures/real-run.ts';
import { asks, confirmGate, recordedSession } from '../../fixtures/recorded-session.ts';
import { resumableRun } from '../../fixtures/resumable-run.ts';
import { surroundings } from '../../fixtures/surroundings.ts';
import { begun } from '../../support/begun.ts';
import { send } from '../../support/send.ts';

const INNER = `
name: inner
title: Inner
summary: Runs inside.
inputs: { addr: { type: url, secret: true }, pin: { secret: true } }
targets: { db: { database: '\${{ inputs.addr }}' } }
steps:
  - { id: ask, ask: { question: Which pin?, input: pin } }
  - { id: hold, manual: 'Look at \${{ targets.db.host }}.' }
  - { id: end, finish: { outcome: resolved, summary: Done } }
`;
const TEXT = `
name: inline
title: Decisions
summary: A run with many kinds of decisions.
inputs: { token: { secret: true }, addr: { type: url, secret: true }, word: { default: x } }
targets: { db: { database: '\${{ inputs.addr }}' } }
steps:
  - id: flaky
    effect: read
    shell: 'false'
    retry: { attempts: 2, delay: 10ms, jitter: false, on: [exit] }
    next: [{ if: 'error.kind == "exit"', goto: both }]
  - id: both
    parallel:
      - { id: one, effect: read, shell: 'true' }
      - { id: two, effect: read, shell: 'true' }
  - id: mark
    effect: change
    shell: 'true'
    env: { TOKEN: '\${{ inputs.token }}' }
    undo: { shell: 'true' }
  - { id: which, ask: { question: Which code?, type: secret } }
  - { id: pause, manual: Go on? }
  - { id: call, runbook: inner, with: { addr: '\${{ inputs.addr }}', pin: '\${{ inputs.token }}' } }
  - { id: done, finish: { outcome: resolved, summary: Done } }
`;
const GIVEN = { token: 'a-long-token', addr: 'postgres://ada@host-a:1/shop', word: 'x' };
const OTHERS = { inner: INNER };
const AGAIN = {
  given: GIVEN,
  answers: { which: 'the-code-word' },
  typed: { 'call/pin': 'the-pin-word' },
};

let records: readonly RecordedEvent[] = [];

beforeEach(async () => {
  if (records.length > 0) return;
  const failed = { kind: 'exit', message: 'it failed' } as const;
  const run = recordedSession(TEXT, {
    ...{ inputs: GIVEN, others: OTHERS },
    ends: (step) =>
      step === 'flaky'
        ? { status: 'failed', error: failed, result: { exit_code: 1, stdout: '' } }
        : { status: 'succeeded', result: { exit_code: 0, stdout: '' } },
  });
  const { session } = run;
  run.begin();
  await expect.poll(() => run.deeds.at(-1)).toBe('arm 10');
  run.ring();
  await asks(run, 'gate');
  send(session, { type: 'note', text: 'The token is a-long-token.' });
  send(session, { type: 'confirm', digest: 'of something else' });
  confirmGate(run);
  await asks(run, 'answer');
  send(session, { type: 'answer', value: 'the-code-word' });
  send(session, { type: 'undo', step: 'mark', reason: '' });
  await asks(run, 'gate');
  send(session, { type: 'decline', reason: 'not now' });
  await asks(run, 'failure');
  send(session, { type: 'jump', step: 'pause', reason: '' });
  await asks(run, 'report');
  send(session, { type: 'report', done: true, evidence: '' });
  await asks(run, 'answer');
  send(session, { type: 'answer', value: 'the-pin-word' });
  await asks(run, 'report');
  send(session, { type: 'report', done: true, evidence: '' });
  await session.ended;
  records = run.records;
});

/** Everything but the end of the run. */
const unfinished = () => records.slice(0, -1);
const indexOf = (type: RunEvent['type'], nth = 0) =>
  records.flatMap(({ event }, at) => (event.type === type ? [at] : []))[nth] ?? -1;

/** The run with one event changed, left out (undefined) or put before. */
function changed(at: number, change: (event: RunEvent) => readonly object[]) {
  return resumableRun(
    TEXT,
    unfinished().flatMap((record, index) =>
      index === at
        ? change(record.event).map((event) => ({ ...record, event: event as RunEvent }))
        : [record],
    ),
    OTHERS,
  );
}

async function left(run: OpenRun): Promise<void> {
  await leaveRun(run);
}

const mismatch = (message: string | RegExp) =>
  expect.objectContaining({
    ...{ code: 'journal-mismatch', exitCode: EXIT.environment },
    message: expect.stringMatching(message),
    hint: expect.stringContaining('runbook transcript'),
  });

describe('a journal that is as it was written', () => {
  test('brings the run to where it was, whatever people did beside it', async () => {
    const beside: readonly RunEvent[] = [
      { type: 'operator.noted', operator: 'ada', text: 'x' },
      { type: 'run.paused', reason: 'x' },
      { type: 'run.handed-over', operator: 'ada', host: 'desk' },
      { type: 'run.watched', status: 'attached', operator: 'eve', host: 'h', pid: 1 },
    ];
    const run = await changed(indexOf('step.settled'), (settled) => [
      ...beside,
      settled,
      ...beside,
    ]);
    const resumed = await begun(await run.resume(AGAIN));
    await left(resumed);
    expect(resumed.session.end).toEqual({ status: 'finished', outcome: 'resolved' });
  });

  test('ends with what was decided and not recorded', async () => {
    const run = await resumableRun(TEXT, unfinished(), OTHERS);
    await left(await begun(await run.resume(AGAIN)));
    expect(run.events().slice(records.length - 1)).toMatchObject([
      { type: 'run.resumed', operator: 'ada' },
      { type: 'run.finished', outcome: 'resolved', summary: 'Done' },
    ]);
    await expect(run.resume(AGAIN)).rejects.toThrow(
      expect.objectContaining({
        message: `the run ${run.folder.id} has finished`,
        hint: `see it with runbook transcript ${run.folder.id}`,
      }),
    );
  });

  test('cut after any kind of event is continued with what had been decided', async () => {
    const types = [...new Set(unfinished().map(({ event }) => event.type))];
    const restored: string[] = [];
    for (const cut of types.map((type) => indexOf(type) + 1)) {
      const run = await resumableRun(TEXT, records.slice(0, cut), OTHERS);
      const resumed = await run.resume(AGAIN);
      // What was decided is recorded before the run goes on.
      const decided = run.events().slice(cut);
      const followed = records.slice(cut, cut + decided.length).map(({ event }) => event);
      const isStart = ({ type }: RunEvent) => type === 'step.started';
      expect(decided).toEqual(followed.filter((event) => !isStart(event)).slice(0, decided.length));
      restored.push(...decided.map(({ type }) => type));
      await resumed.close();
    }
    expect(restored).toContain('operator.awaited');
    expect(restored).not.toContain('run.finished');
  });
});

describe('an action that had started and not finished', () => {
  test('is named where the run goes on, and its outcome is unknown', async () => {
    const at = records.findIndex(
      ({ event }) => event.type === 'step.started' && event.step === 'mark',
    );
    const run = await resumableRun(TEXT, records.slice(0, at + 1), OTHERS);
    const resumed = await run.resume(AGAIN);
    await begun(resumed);
    expect(resumed.session.view().awaited?.for).toBe('unknown');
    expect(run.events().find(({ type }) => type === 'run.resumed')).toMatchObject({
      interrupted: { step: 'mark', part: 'action', effect: 'change' },
    });
    await left(resumed);
    // Before it was recorded it had not started.
    const before = await resumableRun(TEXT, records.slice(0, at), OTHERS);
    const again = await before.resume(AGAIN);
    await begun(again);
    expect(again.session.view().awaited?.for).toBe('gate');
    expect(before.events().find(({ type }) => type === 'run.resumed')).not.toHaveProperty(
      'interrupted',
    );
    await left(again);
  });

  test('is one that ended beside others no more', async () => {
    const both = records.flatMap(({ event }, at) =>
      event.type === 'step.finished' && event.step.endsWith('one') ? [at] : [],
    );
    const run = await resumableRun(TEXT, records.slice(0, (both[0] ?? 0) + 1), OTHERS);
    const resumed = await run.resume(AGAIN);
    await begun(resumed);
    expect(run.events().find(({ type }) => type === 'run.resumed')).toMatchObject({
      interrupted: { step: expect.stringMatching(/two$/), effect: 'read' },
    });
    return left(resumed);
  });
});

describe('a journal in which another program decided is refused', () => {
  test('where one event stands in the place of another', async () => {
    const at = indexOf('step.settled');
    const run = await changed(at, () => [{ type: 'step.entered', step: 'both', visit: 1 }]);
    await expect(run.resume(AGAIN)).rejects.toThrow(
      mismatch(
        new RegExp(
          `^the journal does not fit this build of runbook: event ${at + 1} is step.entered where this build decides step.settled$`,
        ),
      ),
    );
  });

  test('where a decision is missing before what moved the run', async () => {
    const at = indexOf('operator.awaited');
    const answer = indexOf('gate.answered');
    expect(answer).toBeGreaterThan(at);
    const run = await changed(at, () => []);
    await expect(run.resume(AGAIN)).rejects.toThrow(
      mismatch(/ is (operator.noted|gate.answered) where this build decides operator.awaited/),
    );
  });

  test('where it decided otherwise, and the field is named', async () => {
    const at = indexOf('gate.opened');
    const run = await changed(at, (event) => [{ ...event, level: 'type' }]);
    await expect(run.resume(AGAIN)).rejects.toThrow(
      mismatch(`event ${at + 1}, gate.opened: this build decides another "level"`),
    );
  });

  test.each([
    ['a refused answer that is said to have opened its gate', 0, { answer: 'confirmed' }],
    ['a confirmation that is said to have been refused', 1, { answer: 'refused', reason: 'no' }],
    ['another reason', 0, { reason: 'for fun' }],
  ])('where an answer did something else: %s', async (_, nth, more) => {
    const at = indexOf('gate.answered', nth);
    const run = await changed(at, (event) => [{ ...event, ...more }]);
    await expect(run.resume(AGAIN)).rejects.toThrow(
      mismatch(`event ${at + 1}, gate.answered: this build decides another "`),
    );
  });
});

describe('a run that is resumed', () => {
  /** The run as far as the first question of the runbook inside, and the error of resuming it elsewhere. */
  async function errorAt(address: string, until: number) {
    const run = await resumableRun(TEXT, records.slice(0, until), OTHERS);
    const given = { ...GIVEN, addr: `postgres://ada@${address}` };
    return { run, resume: () => run.resume({ ...AGAIN, given }) };
  }

  test.each(['host-b:1/shop', 'host-a:2/shop', 'host-a:1/other'])(
    'is not on another server than it was, such as %s',
    async (address) => {
      const { run, resume } = await errorAt(address, 4);
      await expect(resume()).rejects.toThrow(
        expect.objectContaining({
          message: `the run is on postgres ada@host-a:1/shop, and the address of "db" now leads to postgres ada@${address}`,
          hint: expect.stringContaining(`runbook runs end ${run.folder.id}`),
        }),
      );
      const inside = await errorAt(address, indexOf('child.started') + 1);
      await expect(inside.resume()).rejects.toThrow(
        expect.objectContaining({
          message: `call is on postgres ada@host-a:1/shop, and the address of its "db" now leads to postgres ada@${address}`,
          hint: expect.stringContaining('give the address of that server again'),
        }),
      );
    },
  );

  test('still hides what it was told, and what its environment holds', async () => {
    const last = records.findLastIndex(({ event }) => event.type === 'operator.awaited');
    const run = await resumableRun(TEXT, records.slice(0, last + 1), OTHERS);
    const secrets = [{ name: 'env', value: 'the-env-word' }];
    const resumed = await run.resume({ ...AGAIN, environment: { name: 'prod', secrets } });
    await begun(resumed);
    const text = 'a-long-token the-code-word the-pin-word the-env-word';
    send(resumed.session, { type: 'note', text });
    expect(run.events().at(-1)).toMatchObject({
      type: 'operator.noted',
      text: '‹secret:token› ‹secret:steps.which.answer› ‹secret:call/pin› ‹secret:env›',
    });
    await left(resumed);
  });

  test('waits where it was, and goes on from there', async () => {
    const last = records.findLastIndex(({ event }) => event.type === 'operator.awaited');
    const run = await resumableRun(TEXT, records.slice(0, last + 1), OTHERS);
    const resumed = await begun(await run.resume(AGAIN));
    expect(resumed.session.view()).toMatchObject({ current: 'call/hold', status: 'waiting' });
    send(resumed.session, { type: 'report', done: true, evidence: '' });
    await resumed.session.ended;
    expect(resumed.session.end).toEqual({ status: 'finished', outcome: 'resolved' });
    await resumed.close();
  });

  test('has to begin with its start', async () => {
    const run = await resumableRun(TEXT, records.slice(0, 3), OTHERS);
    const empty = { ...(await readRun(await run.record())), records: [] };
    const options = { surroundings, given: GIVEN, answers: {} } as unknown as ResumeOptions;
    await expect(resumeRun(parsed(TEXT, 'inline', OTHERS), empty, options)).rejects.toThrow(
      mismatch('it does not begin with run.started'),
    );
  });
});
