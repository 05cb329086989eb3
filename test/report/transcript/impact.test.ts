import { expect, test } from 'vitest';
import type { EventOf, RunEvent, StepOutline } from '#events/log/event.ts';
import { transcriptJson } from '#report/transcript/json.ts';
import { postmortemMarkdown } from '#report/transcript/postmortem.ts';
import { type EventLog, emptyLog } from '../../fixtures/event-log.ts';
import { RUN_STARTED, sql } from '../../fixtures/pool-exhausted-steps.ts';

const HERE = sql('SELECT 1');

function outline(id: string, title: string, more: Partial<StepOutline> = {}): StepOutline {
  return { id, title, phase: 'diagnose', kind: 'probe', effect: 'read', ...more };
}

/** Returns that the run came to a step. */
function entered(step: string): RunEvent {
  return { type: 'step.entered', step, visit: 1 };
}

/** Returns a finding, and the step it leads to. */
function found(
  step: string,
  goto: string,
  finding: string,
  by: 'condition' | 'default' = 'condition',
): RunEvent {
  const decided = { clause: 1, by, values: [], notTaken: [{ goto: 'x' }] } as const;
  return { type: 'branch.taken', step, goto, finding, ...decided };
}

/** A look at the second layer that failed. */
const TCP_FAILED: EventOf<'step.finished'> = {
  type: 'step.finished',
  ...{ step: 'tcp', visit: 1, part: 'action', attempt: 1, status: 'failed', ms: 800, outputs: [] },
  error: { kind: 'timeout', message: 'no answer' },
};

const STARTED: RunEvent = {
  ...RUN_STARTED,
  steps: [
    outline('config', 'Address'),
    outline('tcp', 'TCP'),
    outline('offer', 'Open the other runbook?', { kind: 'ask' }),
    outline('other', 'The other runbook', { kind: 'runbook' }),
    outline('fix', 'Mend it', { kind: 'shell', phase: 'fix', effect: 'change' }),
    outline('done', 'Over', { kind: 'finish', phase: 'verify' }),
  ],
};

/** A run that goes through the layers one by one: the first is healthy, the second is looked at. */
const triage = emptyLog().add(
  STARTED,
  entered('config'),
  1_000,
  found('config', 'tcp', 'The address is well formed.', 'default'),
  entered('tcp'),
  1_000,
);

/** What the postmortem and the JSON say of when it began. */
function impact({ events }: EventLog) {
  const options = { outputs: () => undefined };
  const lines = postmortemMarkdown(events, options).split('\n');
  return {
    ...transcriptJson(events, options).run?.impact,
    said: lines.filter((line) => /^- (First evidence|Earlier)/.test(line)),
  };
}

test('the window begins with the step that failed, not with a healthy finding', () => {
  expect(impact(triage.add(TCP_FAILED))).toEqual({
    from: '2026-11-21T03:12:02.000Z',
    toBeChecked: false,
    until: null,
    said: ['- First evidence: 2026-11-21 03:12:02 UTC: “TCP” failed: timeout no answer'],
  });
});

test('or with the finding that led to another runbook', () => {
  const asked = triage.add(found('tcp', 'offer', 'Nobody listens.'), 1_000, entered('offer'));
  const child: RunEvent = {
    type: 'child.started',
    step: 'other',
    runbook: { name: 'refused', title: 'Connection refused' },
    inputs: [],
    targets: [],
  };
  expect(impact(asked.add(1_000, entered('other'), child))).toMatchObject({
    from: '2026-11-21T03:12:02.000Z',
    toBeChecked: false,
    said: ['- First evidence: 2026-11-21 03:12:02 UTC (see Cause)'],
  });
});

test('a refused connection before the finding that led to the cause is the first evidence', () => {
  const refused = triage.add(TCP_FAILED, 180_000, found('tcp', 'fix', 'Sessions wait for locks.'));
  const of = { step: 'fix', visit: 1, part: 'action', attempt: 1 } as const;
  const fixed = refused.add(
    entered('fix'),
    { type: 'step.started', ...of, effect: 'change', action: HERE },
    { type: 'step.finished', ...of, status: 'succeeded', ms: 5, outputs: [] },
  );
  expect(impact(fixed).said).toEqual([
    '- First evidence: 2026-11-21 03:12:02 UTC: “TCP” failed: timeout no answer',
  ]);
});

test('a look that finds no TLS, or lacks a right, is not, and the finding stays it', () => {
  for (const kind of ['tls', 'no_permission'] as const) {
    const looked = triage.add(
      { ...TCP_FAILED, error: { kind, message: 'no' } },
      180_000,
      found('tcp', 'offer', 'Nobody listens.'),
      entered('other'),
      {
        type: 'child.started',
        step: 'other',
        runbook: { name: 'refused', title: 'Connection refused' },
        inputs: [],
        targets: [],
      },
    );
    expect(impact(looked).from).toBe('2026-11-21T03:15:02.000Z');
  }
});

test('or with the finding that a lasting change followed', () => {
  const of = { step: 'fix', visit: 1, part: 'action', attempt: 1 } as const;
  const fixed = triage.add(
    found('tcp', 'fix', 'Nobody listens.'),
    entered('fix'),
    { type: 'step.started', ...of, effect: 'change', action: HERE },
    { type: 'step.finished', ...of, status: 'succeeded', ms: 5, outputs: [] },
  );
  expect(impact(fixed)).toMatchObject({
    from: '2026-11-21T03:12:02.000Z',
    toBeChecked: false,
    said: ['- First evidence: 2026-11-21 03:12:02 UTC (see Cause)'],
  });
});

test('where nothing failed and nothing was done it is the first finding, to be checked', () => {
  expect(impact(triage.add(found('tcp', 'done', 'The port is open.')))).toMatchObject({
    from: '2026-11-21T03:12:01.000Z',
    toBeChecked: true,
    said: [
      '- First evidence (to be checked): 2026-11-21 03:12:01 UTC: The address is well formed.',
    ],
  });
});

test('a command of the operator that failed does not open it', () => {
  expect(impact(triage.add({ ...TCP_FAILED, step: '!1' })).toBeChecked).toBe(true);
});

test('a fix before anything was found does not open it', () => {
  const fixed = emptyLog().add(STARTED, entered('fix'), found('fix', 'done', 'It is mended.'));
  expect(impact(fixed)).toMatchObject({ from: '2026-11-21T03:12:00.000Z', toBeChecked: true });
});
