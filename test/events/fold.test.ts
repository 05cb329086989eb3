import { expect, test } from 'vitest';
import type { RunEvent } from '#events/log/event.ts';
import { foldEvent, foldEvents } from '#events/view/fold.ts';
import { answersOpen } from '#events/view/open-question.ts';
import type { RunView } from '#events/view/run-view.ts';
import { summaryLines } from '#report/summary.ts';
import type { StepError } from '#runbook/model/step-error.ts';
import { type EventLog, viewOf } from '../fixtures/event-log.ts';
import { enter } from '../fixtures/log-parts.ts';
import * as story from '../fixtures/pool-exhausted-log.ts';
import * as questions from '../fixtures/question-log.ts';
import * as troubles from '../fixtures/trouble-log.ts';

const LOGS: Readonly<Record<string, EventLog>> = { ...story, ...questions, ...troubles };

test.each(Object.entries(LOGS))(
  'every prefix of %s folds, and one by one as well as at once',
  (_, log) => {
    let view: RunView | undefined;
    for (const [index, event] of log.events.entries()) {
      view = foldEvent(view, event);
      expect(view).toEqual(foldEvents(log.events.slice(0, index + 1)));
      expect(view.seq).toBe(index + 1);
    }
  },
);

test.each(Object.entries(LOGS))('folding %s changes neither view nor events', (_, log) => {
  let view: RunView | undefined;
  for (const event of log.events) view = frozen(foldEvent(view, frozen(event)));
  expect(view).toBeDefined();
});

test('a log that does not begin with run.started cannot be folded', () => {
  expect(() => foldEvents(story.atGate.events.slice(1))).toThrow('a run begins with run.started');
  expect(foldEvents([])).toBeUndefined();
});

test('a finished step holds its rows, the branch and the finding', () => {
  const view = viewOf(story.atSecondStart);
  expect(stepOf(view, 'capacity')).toMatchObject({
    state: 'succeeded',
    visits: 1,
    executions: [{ part: 'action', status: 'succeeded', ms: 212, result: { row_count: 1 } }],
    branch: { by: 'condition', goto: 'holders', clause: 1 },
  });
  expect(view.findings.map(({ text }) => text)).toEqual(['17 of 17 usable connections are taken.']);
});

test('steps the path jumped over are not taken; steps ahead still wait', () => {
  const view = viewOf(story.atSecondStart);
  expect(stepOf(view, 'application_pool').state).toBe('not-taken');
  expect(stepOf(view, 'app_log').state).toBe('waiting');
});

test('after a jump back, what was passed by lies ahead again', () => {
  const back = story.atChangeStart.add(
    { type: 'operator.acted', step: 'terminate_idle', operator: 'ana', intent: jumpTo('capacity') },
    { type: 'step.entered', step: 'capacity', visit: 2 },
  );
  const view = viewOf(back);
  expect(stepOf(view, 'capacity')).toMatchObject({ state: 'current', visits: 2, executions: [] });
  expect(stepOf(view, 'capacity')).not.toHaveProperty('branch');
  expect(stepOf(view, 'application_pool').state).toBe('waiting');
  expect(stepOf(view, 'holders').state).toBe('succeeded');
  expect(view.path).toEqual(['capacity', 'holders', 'terminate_idle', 'capacity']);
});

test('what is awaited goes away once the operator has acted', () => {
  expect(viewOf(story.atSecondStart)).toMatchObject({
    status: 'waiting',
    awaited: { step: 'holders', for: 'start', seq: story.atSecondStart.events.length },
  });
  const acted = viewOf(story.atSecondStart.add(enter('holders')));
  expect(acted.status).toBe('running');
  expect(acted).not.toHaveProperty('awaited');
});

test('a gate is open until it is confirmed or declined', () => {
  expect(viewOf(story.atGate).gate).toMatchObject({ phrase: 'shop', digest: 'sha256:9b1e' });
  expect(viewOf(story.terminating)).not.toHaveProperty('gate');
  const declined = story.atGate.add({ ...answer, answer: 'declined', reason: 'too many' });
  expect(viewOf(declined)).not.toHaveProperty('gate');
});

test('a gate stays in sight while its rows are read again, and forgets no refusal', () => {
  const refused = viewOf(troubles.gateRefused);
  expect(refused).toMatchObject({
    gate: { refused: 'the rows were 41 s old' },
    awaited: { for: 'gate' },
  });
  const opened = story.atGate.events.find(({ event }) => event.type === 'gate.opened');
  const started = story.atGate.events.findLast(({ event }) => event.type === 'step.started');
  if (opened === undefined || started === undefined) throw new Error('the log has no gate');
  const reading = troubles.gateRefused.add(started.event);
  expect(viewOf(reading)).toMatchObject({ status: 'running', gate: { phrase: 'shop' } });
  const again = reading.add(opened.event);
  expect(viewOf(again).gate?.refused).toBe('the rows were 41 s old');
});

test('asking for fresh rows forgets why an earlier answer was refused', () => {
  const view = viewOf(troubles.gateRefused.add({ ...answer, answer: 'refresh' }));
  expect(view.gate).not.toHaveProperty('refused');
  expect(view).not.toHaveProperty('awaited');
});

test('a timer is known from when it is armed until it fires', () => {
  expect(viewOf(troubles.retrying).timer).toMatchObject({ for: 'retry', ms: 2000, attempt: 2 });
  const fired = troubles.retrying.add(2000, { type: 'timer.fired', step: 'holders' });
  expect(viewOf(fired)).not.toHaveProperty('timer');
});

test('a change that was cut off by the end of its process has an unknown outcome', () => {
  const view = viewOf(troubles.atUnknown);
  expect(stepOf(view, 'terminate_idle')).toMatchObject({
    state: 'unknown',
    executions: [{ part: 'preview' }, { part: 'action', status: 'interrupted' }],
  });
  expect(view).toMatchObject({ operator: 'ben', resumed: { host: 'ops1' }, status: 'waiting' });
});

test.each([
  ['was refused', { kind: 'other_server', message: 'the connection leads to another server' }],
  ['found no server', { kind: 'refused', phase: 'tcp', message: 'nothing listens there' }],
  ['could not log in', { kind: 'auth', phase: 'auth', message: 'wrong password' }],
] as const)(
  'a change that %s before it was sent is told as one that changed nothing',
  (_, error) => {
    const unsent = terminatedWith(error);
    expect(unsent.changes).toMatchObject([{ step: 'terminate_idle', state: 'not-sent' }]);
    const summary = summaryLines(unsent).join('\n');
    expect(summary).toMatch(/^ {2}not changed: .*not sent, nothing was changed$/m);
    expect(summary).not.toContain('  changed:');
  },
);

test.each([
  ['the server refused', { kind: 'lock', phase: 'query', message: 'lock timeout' }],
  ['ended with an error', { kind: 'exit', code: '1', message: 'exit code 1' }],
] as const)('a change that %s has failed', (_, error) => {
  expect(terminatedWith(error).changes).toMatchObject([{ state: 'failed' }]);
});

function terminatedWith(error: StepError): RunView {
  return viewOf(
    story.terminating.add({
      ...{ type: 'step.finished', step: 'terminate_idle', part: 'action', attempt: 1, visit: 1 },
      ...{ status: 'failed', ms: 3, outputs: [], error },
    }),
  );
}

test('a read that was cut off is only not done', () => {
  const cut = questions.runningShell.add({
    type: 'run.resumed',
    operator: 'ben',
    host: 'ops1',
    pid: 1,
    program: 'runbook 0.1.0',
    interrupted: { step: 'app_log', part: 'action', effect: 'read' },
  });
  expect(stepOf(viewOf(cut), 'app_log').state).toBe('current');
});

test('a paused run remembers what it waits for; a resumed one still waits, but not at an old gate', () => {
  const paused = story.atGate.add({ type: 'run.paused', reason: 'the operator left' });
  expect(viewOf(paused)).toMatchObject({ status: 'paused', awaited: { for: 'gate' } });
  const resumed: RunEvent = {
    type: 'run.resumed',
    operator: 'ben',
    host: 'ops2',
    pid: 1,
    program: 'runbook 0.1.0',
  };
  const again = viewOf(paused.add(resumed));
  expect(again).toMatchObject({ status: 'running', current: 'terminate_idle' });
  for (const gone of ['pausedBecause', 'gate', 'awaited']) expect(again).not.toHaveProperty(gone);
  const left = story.atSecondStart.add(
    { type: 'run.paused', reason: 'the operator left' },
    resumed,
  );
  expect(viewOf(left)).toMatchObject({ status: 'waiting', awaited: { for: 'start' } });
});

test('an answer counts for the same gate that a takeover put again, and for no other', () => {
  const resumed: RunEvent = {
    ...{ type: 'run.resumed', operator: 'ben', host: 'ops2', pid: 1 },
    program: 'runbook 0.1.0',
  };
  const [opened, asked] = story.atGate.events.map(({ event }) => event).slice(-2);
  if (opened?.type !== 'gate.opened' || asked?.type !== 'operator.awaited')
    throw new Error('the gate asks with its last two events');
  const first = viewOf(story.atGate).awaited?.seq;
  const counts = (log: EventLog) => answersOpen(viewOf(log).awaited, first);
  const answered: RunEvent = {
    ...{ type: 'gate.answered', step: opened.step, digest: opened.digest, operator: 'ana' },
    answer: 'refresh',
  };
  const again = story.atGate.add(resumed, opened, asked);
  expect(counts(again)).toBe(true);
  expect(counts(story.atGate.add(resumed, resumed, opened, asked, resumed, opened, asked))).toBe(
    true,
  );
  expect(counts(again.add(answered, opened, asked))).toBe(false);
  expect(counts(story.atGate.add(answered, opened, asked))).toBe(false);
  expect(counts(story.atGate.add(resumed))).toBe(false);
  const other = { ...opened, digest: 'sha256:other' };
  expect(counts(story.atGate.add(resumed, other, asked))).toBe(false);
  const later: RunEvent = { type: 'step.entered', step: opened.step, visit: 2 };
  expect(counts(story.atGate.add(resumed, later, opened, asked))).toBe(false);
  const stopped: RunEvent = { ...asked, for: 'stopped', can: ['continue'] };
  expect(counts(story.atGate.add(resumed, stopped, opened, asked))).toBe(false);
});

test('a run that asked to stop is stopping until it waits', () => {
  const stopping = questions.runningShell.add({
    type: 'operator.acted',
    step: 'app_log',
    operator: 'ana',
    intent: { type: 'stop' },
  });
  expect(viewOf(stopping)).toMatchObject({ stopping: true, status: 'running' });
  const waits = stopping.add({
    type: 'operator.awaited',
    step: 'app_log',
    for: 'stopped',
    can: ['continue'],
  });
  expect(viewOf(waits).stopping).toBe(false);
});

test('edited inputs are the ones shown', () => {
  const edited = troubles.atFailure.add({
    type: 'operator.acted',
    step: 'holders',
    operator: 'ana',
    intent: { type: 'edit', inputs: { idle_for: '30m' } },
  });
  expect(viewOf(edited).inputs).toContainEqual({ name: 'idle_for', value: '30m', secret: false });
});

test('at the end of a run, what was not reached was not taken', () => {
  const view = viewOf(story.resolved);
  expect(view).toMatchObject({ status: 'finished', outcome: 'resolved' });
  expect(stepOf(view, 'done').state).toBe('succeeded');
  expect(stepOf(view, 'hand_over').state).toBe('not-taken');
  expect(view.endedAt).toBe(story.resolved.events.at(-1)?.at);
});

test('events about a step that does not exist change no step', () => {
  const odd = story.atGate.add({ type: 'step.settled', step: 'gone', status: 'failed' });
  expect(viewOf(odd).steps).toEqual(viewOf(story.atGate).steps);
});

const answer = {
  type: 'gate.answered',
  step: 'terminate_idle',
  operator: 'ana',
  digest: 'sha256:9b1e',
} as const;

function jumpTo(step: string) {
  return { type: 'jump', step, reason: '' } as const;
}

function stepOf(view: RunView, id: string) {
  const step = view.steps.find((one) => one.id === id);
  if (step === undefined) throw new Error(`no step ${id}`);
  return step;
}

function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) frozen(inner);
  }
  return value;
}
