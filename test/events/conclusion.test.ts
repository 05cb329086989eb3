import { expect, test } from 'vitest';
import type { RunEvent } from '#events/log/event.ts';
import { conclusionOf, isLeading } from '#events/view/conclusion.ts';
import { changeText } from '#events/wording/change-text.ts';
import { confirmedFor } from '../fixtures/confirmed-log.ts';
import { type EventLog, emptyLog, viewOf } from '../fixtures/event-log.ts';
import { insideChild } from '../fixtures/inside-log.ts';
import * as story from '../fixtures/pool-exhausted-log.ts';
import { RUN_STARTED, sql } from '../fixtures/pool-exhausted-steps.ts';
import * as troubles from '../fixtures/trouble-log.ts';

test('the cause of a run is the finding that its change followed, not one that verifies', () => {
  const { causes, evidence, caller } = conclusionOf(viewOf(story.resolved));
  expect(causes.map(({ text }) => text)).toEqual([
    '11 sessions of shop-web have been idle for up to 48 minutes.',
  ]);
  expect(evidence.map(({ text }) => text)).toEqual([
    '17 of 17 usable connections are taken.',
    '11 sessions of shop-web have been idle for up to 48 minutes.',
  ]);
  expect(caller).toBeUndefined();
});

test('a change has its statement and the rows that it affected', () => {
  const view = viewOf(story.resolved);
  const [change] = conclusionOf(view).changes;
  expect(change).toMatchObject({
    step: 'terminate_idle',
    state: 'succeeded',
    action: { text: expect.stringContaining('pg_terminate_backend') },
    rows: { pinned: 11, affected: 11, spared: 0 },
  });
  expect(change && changeText(change, view)).toBe(
    'End sessions that have been idle too long: 11 sessions terminated (ana)',
  );
});

test('a change of a value has the old and the new one', () => {
  const step = 'terminate_idle';
  const [last] = story.terminating.events.slice(-1).map(({ event }) => event);
  if (last?.type !== 'step.started') throw new Error('the log does not end with the change');
  const rows = [{ name: 'shop', old_limit: 4, new_limit: 8, free: 9 }];
  const { action: _, effect: __, digest: ___, type: ____, ...of } = last;
  const view = viewOf(
    confirmedFor(...rows).add(last, {
      type: 'step.finished',
      ...of,
      ...{
        status: 'succeeded',
        ms: 9,
        outputs: [],
        result: { columns: [], rows: [], row_count: 0 },
      },
    }),
  );
  const [change] = conclusionOf(view).changes;
  expect(change).toMatchObject({ step, rows: { moved: [{ name: 'limit', from: 4, to: 8 }] } });
  expect(change && changeText(change, view)).toContain(': limit 4 → 8 (ana)');
});

test('the child that fixed the incident says the cause and its prevention', () => {
  const { causes, evidence, caller, runbook, prevention } = conclusionOf(viewOf(viaTriage('done')));
  expect(caller).toBe('open_pool');
  expect(runbook).toEqual({ name: 'pool', title: 'Connection pool exhausted' });
  expect(causes.map(({ text }) => text)).toEqual(['9 sessions are idle.']);
  expect(evidence.map(({ text }) => text)).toEqual([
    'Capacity: no slot is free.',
    '9 sessions are idle.',
  ]);
  expect(prevention).toEqual(['Return connections.']);
});

test('the title is the kind of incident and its cause, without brackets', () => {
  const cause = '9 sessions (of shop-web, 5.2 s) are idle; 2 of them (shop) wait.';
  expect(conclusionOf(viewOf(viaTriage('done', cause))).title).toBe(
    'Connection pool exhausted: 9 sessions are idle',
  );
  const alone = emptyLog().add(
    { ...RUN_STARTED, steps: STEPS },
    ...visited('url', 'login', 'No host.'),
  );
  expect(conclusionOf(viewOf(alone)).title).toBe('Connection pool exhausted');
  const over = alone.add({ type: 'run.finished', outcome: 'escalated', summary: '' });
  expect(conclusionOf(viewOf(over)).title).toBe('No host');
});

test('the cause of a run that goes on is unknown until something is changed', () => {
  expect(conclusionOf(viewOf(story.atGate))).toMatchObject({ causes: [], evidence: [] });
});

test('what somebody answered, and what nothing followed from, is no evidence', () => {
  const { causes, evidence } = conclusionOf(viewOf(viaTriage('asked')));
  expect(causes.map(({ text }) => text)).toEqual(['9 sessions are idle.']);
  expect(evidence.map(({ text }) => text)).toEqual([
    'Capacity: no slot is free.',
    '9 sessions are idle.',
  ]);
});

test('a child without a finding leaves the finding that led to it as the cause', () => {
  const { causes } = conclusionOf(viewOf(viaTriage('nothing found')));
  expect(causes.map(({ text }) => text)).toEqual(['Capacity: no slot is free.']);
});

test('a failed read that the runbook decided about is no open point', () => {
  expect(conclusionOf(viewOf(viaTriage('done'))).open).toEqual([]);
  expect(conclusionOf(viewOf(troubles.atFailure)).open).toMatchObject([
    { kind: 'unfinished' },
    { kind: 'failed', step: { id: 'holders' } },
  ]);
});

test('a change that was undone has no cause of its own', () => {
  const undone = story.afterVerify.add(
    { type: 'step.undone', step: 'terminate_idle', by: 'action' },
    { type: 'run.finished', outcome: 'unresolved', summary: '' },
  );
  const { changes, causes } = conclusionOf(viewOf(undone));
  expect(changes).toMatchObject([{ undo: 'done' }]);
  expect(causes.map(({ text }) => text)).toEqual([
    '11 sessions of shop-web have been idle for up to 48 minutes.',
  ]);
});

test('marked findings are the causes, in the order they were found, each once', () => {
  const log = emptyLog().add(
    { ...RUN_STARTED, ...MARKED, steps: STEPS },
    ...visited('url', 'login', 'No host.', { cause: true }),
    ...visited('login', 'url', 'The login failed.'),
    ...visited('url', 'login', 'No host.', { cause: true }),
    ...visited('login', 'url', 'The account is locked.', { cause: true }),
    { type: 'run.finished', outcome: 'escalated', summary: '' },
  );
  const { causes } = conclusionOf(viewOf(log));
  expect(causes.map(({ text }) => text)).toEqual(['No host.', 'The account is locked.']);
});

test('a run that reached none of its marks has no established cause', () => {
  const log = emptyLog().add(
    { ...RUN_STARTED, ...MARKED, steps: STEPS.slice(0, 2) },
    ...visited('url', 'login', 'The URL is well formed.'),
  );
  expect(conclusionOf(viewOf(log))).toMatchObject({ causes: [], evidence: [] });
  const over = log.add({ type: 'run.finished', outcome: 'escalated', summary: '' });
  expect(conclusionOf(viewOf(over))).toMatchObject({
    causes: [],
    title: 'Connection pool exhausted: no cause established',
  });
});

test('the marks of the runbook that fixed the incident come before those that led to it', () => {
  const own = conclusionOf(viewOf(viaTriage('done', '9 sessions are idle.', ['login', 'why'])));
  expect(own.causes.map(({ text }) => text)).toEqual(['9 sessions are idle.']);
  const led = conclusionOf(viewOf(viaTriage('done', '9 sessions are idle.', ['login'])));
  expect(led.causes.map(({ text }) => text)).toEqual(['Capacity: no slot is free.']);
  expect(conclusionOf(viewOf(viaTriage('done', 'Idle.', []))).causes).toEqual([]);
});

test('of two runbooks whose changes last, both causes are told, and the last one names the incident', () => {
  const done = (step: string): RunEvent => ({
    type: 'operator.acted',
    step,
    operator: 'kim',
    intent: { type: 'report', done: true, evidence: '' },
  });
  const child = (step: string, name: string): RunEvent => ({
    type: 'child.started',
    step,
    runbook: { name, title: name },
    inputs: [],
    targets: [],
  });
  const second = STEPS.flatMap((step) =>
    step.id.startsWith('open_pool')
      ? {
          ...step,
          id: step.id.replace('pool', 'auth'),
          ...('parent' in step && { parent: 'open_auth' }),
        }
      : [],
  );
  const log = emptyLog().add(
    { ...RUN_STARTED, steps: [...STEPS, ...second] },
    { type: 'step.entered', step: 'open_auth', visit: 1 },
    child('open_auth', 'auth'),
    ...visited('open_auth/why', 'open_auth/restart', 'It has expired.', { cause: true }),
    { type: 'step.entered', step: 'open_auth/restart', visit: 1 },
    done('open_auth/restart'),
    1_000,
    { type: 'step.entered', step: 'open_pool', visit: 1 },
    child('open_pool', 'pool'),
    ...visited('open_pool/why', 'open_pool/restart', 'Its limit is 0.', { cause: true }),
    { type: 'step.entered', step: 'open_pool/restart', visit: 1 },
    done('open_pool/restart'),
  );
  const { causes, title } = conclusionOf(viewOf(log));
  expect(causes.map(({ text }) => text)).toEqual(['It has expired.', 'Its limit is 0.']);
  expect(title).toBe('pool: Its limit is 0');
});

test('what is left to do is in the words of the runbook that was led to, and could not do it', () => {
  const end = (outcome: 'escalated' | 'unresolved' | 'aborted') =>
    conclusionOf(
      viewOf(
        insideChild.add(
          {
            ...{ type: 'child.finished', step: 'pool', outcome: 'escalated', findings: [] },
            summary: 'Give it a longer delay.',
          },
          { type: 'run.finished', outcome, summary: 'Someone else has to.' },
        ),
      ),
    ).summary;
  expect(end('escalated')).toBe('Give it a longer delay. Someone else has to.');
  expect(end('unresolved')).toBe('Give it a longer delay. Someone else has to.');
  // The words of an abort are the operator's reason.
  expect(end('aborted')).toBe('Someone else has to.');
});

test('a runbook leads to others if it opens some and fixes nothing itself', () => {
  const view = viewOf(viaTriage('asked'));
  expect(isLeading(view)).toBe(true);
  const fix = view.steps.flatMap((step) => (step.phase === 'fix' ? [step] : []));
  const own = fix.map(({ parent: _, ...step }) => ({ ...step, id: 'fix' }));
  expect(own).toHaveLength(1);
  expect(isLeading({ steps: [...view.steps, ...own] })).toBe(false);
  expect(isLeading(viewOf(story.atGate))).toBe(false);
});

const MARKED = { runbook: { ...RUN_STARTED.runbook, marksCauses: true as const } };

const STEPS = [
  outline('url', 'Is the URL right?'),
  outline('login', 'Does the login work?'),
  { ...outline('open_pool', 'Open it'), kind: 'runbook' as const },
  { ...outline('open_pool/up', 'Is it up?'), parent: 'open_pool' },
  { ...outline('open_pool/why', 'Why?'), parent: 'open_pool' },
  { ...outline('open_pool/sure', 'Sure?'), kind: 'ask' as const, parent: 'open_pool' },
  {
    ...outline('open_pool/restart', 'Restart it'),
    phase: 'fix' as const,
    kind: 'manual' as const,
    effect: 'change' as const,
    parent: 'open_pool',
  },
];

function outline(id: string, title: string) {
  return { id, title, phase: 'diagnose', kind: 'sql', effect: 'read' } as const;
}

type End = 'done' | 'asked' | 'nothing found';

/** A triage whose login fails, and whose child may find the cause and fix it by hand. */
function viaTriage(
  end: End,
  cause = '9 sessions are idle.',
  marked?: readonly ('login' | 'why')[],
): EventLog {
  const marks = marked === undefined ? {} : { marksCauses: true as const };
  const children = [
    { name: 'pool', file: 'pool.yaml', sha256: '', ...marks, prevention: ['Return connections.'] },
  ];
  const fixed: readonly (RunEvent | number)[] = [
    ...visited('open_pool/up', 'open_pool/why', 'The server is up.', { by: 'default' }),
    ...visited('open_pool/why', 'open_pool/restart', cause, { cause: marked?.includes('why') }),
    ...(end === 'asked'
      ? visited('open_pool/sure', 'open_pool/restart', 'The operator is sure.')
      : []),
    1_000,
    { type: 'step.entered', step: 'open_pool/restart', visit: 1 },
    {
      type: 'operator.acted',
      step: 'open_pool/restart',
      operator: 'kim',
      intent: { type: 'report', done: true, evidence: 'rollout 12' },
    },
  ];
  return emptyLog().add(
    { ...RUN_STARTED, steps: STEPS, children },
    ...visited('url', 'login', 'Config: the URL is well formed.'),
    1_000,
    ...visited('login', 'open_pool', 'Capacity: no slot is free.', {
      status: 'failed',
      cause: marked?.includes('login'),
    }),
    1_000,
    { type: 'step.entered', step: 'open_pool', visit: 1 },
    {
      type: 'child.started',
      step: 'open_pool',
      runbook: { name: 'pool', title: 'Connection pool exhausted' },
      inputs: [],
      targets: [],
    },
    1_000,
    ...(end === 'nothing found' ? [] : fixed),
    { type: 'child.finished', step: 'open_pool', outcome: 'resolved', summary: '', findings: [] },
    { type: 'run.finished', outcome: 'resolved', summary: 'The shop answers.' },
  );
}

function visited(
  step: string,
  goto: string,
  finding: string,
  {
    status = 'succeeded',
    by = 'condition',
    cause = false,
  }: {
    readonly status?: 'succeeded' | 'failed';
    readonly by?: 'condition' | 'default';
    readonly cause?: boolean | undefined;
  } = {},
): readonly RunEvent[] {
  const failed = { error: { kind: 'too_many_connections', message: 'no slot' } } as const;
  const of = { step, visit: 1, part: 'action', attempt: 1 } as const;
  const error = status === 'failed' ? failed : {};
  return [
    { type: 'step.entered', step, visit: 1 },
    { type: 'step.started', ...of, effect: 'read', action: sql('SELECT 1') },
    { type: 'step.finished', ...of, status, ms: 3, outputs: [], ...error },
    { type: 'step.settled', step, status, ...error },
    {
      type: 'branch.taken',
      step,
      clause: 1,
      by,
      goto,
      finding,
      ...(cause ? { cause } : {}),
      values: [],
      notTaken: [{ goto: 'x' }],
    },
  ];
}
