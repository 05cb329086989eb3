import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunEvent, RunEventType } from '#events/log/event.ts';
import { firstDifference, matchesRecorded } from '#run/resume/recorded-difference.ts';
import { awaits, leaveRun, realRun } from '../../fixtures/real-run.ts';
import { rechain } from '../../fixtures/rechained.ts';
import { send } from '../../support/send.ts';

const RUNBOOK = `
name: inline
title: Decisions
summary: A run with many kinds of decisions.
inputs: { token: { secret: true } }
steps:
  - id: flaky
    effect: read
    shell: test -e "$PWD/nothing" || exit 3
    retry: { attempts: 2, delay: 10ms, on: [exit] }
    next: [{ if: 'error.kind == "exit"', finding: It fails., goto: skipped }]
  - { id: skipped, if: '1 == 2', effect: read, shell: 'true' }
  - id: each
    for_each: '["a", "b"]'
    effect: read
    shell: echo \${{ item }}
  - id: mark
    phase: fix
    effect: change
    shell: 'true'
    env: { TOKEN: '\${{ inputs.token }}' }
    undo: { shell: 'true' }
    next:
      - { if: 'result.exit_code == 0', finding: It is marked., goto: secret }
      - { goto: pause }
  - id: secret
    ask: { question: What is the code?, type: secret }
  - { id: pause, manual: Go on? }
  - { id: done, finish: { outcome: resolved, summary: Done } }
`;
const GIVEN = { token: 'a-long-token' };

const folder = mkdtempSync(join(tmpdir(), 'runbook-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const runs = realRun(RUNBOOK, folder);
let id: string;

beforeAll(async () => {
  const run = await runs.start({ given: GIVEN });
  await awaits(run, 'gate');
  send(run.session, { type: 'confirm', digest: 'of something else' });
  send(run.session, { type: 'confirm', digest: run.session.view().gate?.digest ?? '' });
  await awaits(run, 'answer');
  // Known under two names: as an input and as an answer.
  send(run.session, { type: 'answer', value: GIVEN.token });
  await awaits(run, 'report');
  send(run.session, { type: 'undo', step: 'mark', reason: 'try' });
  await awaits(run, 'gate');
  send(run.session, { type: 'confirm', digest: run.session.view().gate?.digest ?? '' });
  await awaits(run, 'stopped');
  id = run.id;
  await leaveRun(run);
});

/** Resumes a copy of the run whose journal another program could have written. */
function resumeChanged(change: (event: RunEvent, index: number) => RunEvent | undefined) {
  const copy = realRun(RUNBOOK);
  const from = dirname(runs.journalOf(id));
  const to = join(copy.folder, 'state', 'runs', basename(from));
  cpSync(from, to, { recursive: true });
  rechain(join(to, 'journal.jsonl'), change);
  return {
    copy,
    resume: () => copy.resume(id, { given: GIVEN, answers: { secret: GIVEN.token } }),
  };
}

/** What is changed in the first event of a type: a field to another value. */
const CHANGES: readonly (readonly [RunEventType, string, (event: never) => object])[] = [
  ['step.entered', 'visit', ({ visit }: { visit: number }) => ({ visit: visit + 1 })],
  [
    'step.started',
    'action.text',
    ({ action }: { action: object }) => ({
      action: { ...action, text: 'echo something else' },
    }),
  ],
  ['timer.armed', 'ms', ({ ms }: { ms: number }) => ({ ms: ms + 1 })],
  ['step.settled', 'status', () => ({ status: 'succeeded' })],
  ['branch.taken', 'goto', () => ({ goto: 'done' })],
  [
    'branch.taken',
    'values.0.value',
    ({ values }: { values: { name: string }[] }) => ({
      values: [{ ...values[0], value: 'timeout' }],
    }),
  ],
  ['branch.taken', 'finding', () => ({ finding: 'Something else.' })],
  ['step.skipped', 'reason', () => ({ reason: 'for fun' })],
  [
    'item.entered',
    'item.label',
    ({ item }: { item: object }) => ({
      item: { ...item, label: 'c' },
    }),
  ],
  ['item.settled', 'status', () => ({ status: 'failed' })],
  ['gate.opened', 'title', () => ({ title: 'Something harmless' })],
  ['gate.opened', 'level', () => ({ level: 'type' })],
  ['gate.answered', 'reason', () => ({ reason: 'the rows were too old and were read again' })],
  ['operator.awaited', 'can', ({ can }: { can: string[] }) => ({ can: [...can, 'skip'] })],
  ['step.undone', 'by', () => ({ by: 'hand' })],
];

describe('a journal in which another program decided', () => {
  test.each(CHANGES)('another %s is refused: %s', async (type, field, changed) => {
    const index = runs.events(id).findIndex((event) => event.type === type);
    expect(index).toBeGreaterThan(0);
    const { resume } = resumeChanged((event, at) =>
      at === index ? ({ ...event, ...changed(event as never) } as RunEvent) : event,
    );
    await expect(resume()).rejects.toThrow(
      expect.objectContaining({
        code: 'journal-mismatch',
        message: expect.stringMatching(
          new RegExp(`event ${index + 1}, ${type}: this build decides another "${field}`),
        ),
      }),
    );
  });

  test('a refused answer that is said to have opened its gate is refused', async () => {
    const { resume } = resumeChanged((event) => {
      if (event.type !== 'gate.answered' || event.answer !== 'refused') return event;
      const { reason: _, ...rest } = event;
      return { ...rest, answer: 'confirmed' };
    });
    await expect(resume()).rejects.toThrow(expect.objectContaining({ code: 'journal-mismatch' }));
  });

  test.each(['step.entered', 'step.settled', 'branch.taken', 'operator.awaited'] as const)(
    'a missing %s is refused',
    async (type) => {
      const index = runs.events(id).findIndex((event) => event.type === type);
      const { resume } = resumeChanged((event, at) => (at === index ? undefined : event));
      await expect(resume()).rejects.toThrow(expect.objectContaining({ code: 'journal-mismatch' }));
    },
  );

  test('a decision that moved before its cause is refused', async () => {
    const { resume } = resumeChanged((event, at) => {
      const all = runs.events(id);
      const fired = all.findIndex(({ type }) => type === 'timer.fired');
      if (at === fired) return all[fired - 1];
      return at === fired - 1 ? all[fired] : event;
    });
    await expect(resume()).rejects.toThrow(expect.objectContaining({ code: 'journal-mismatch' }));
  });
});

describe('the same decisions', () => {
  test('are resumed, also where a secret is known under two names', async () => {
    const { copy, resume } = resumeChanged((event) => event);
    const run = await resume();
    await awaits(run, 'stopped');
    await leaveRun(run);
    expect(copy.events(id).at(-1)?.type).toBe('run.paused');
  });

  test('are resumed with a secret that was replaced since, though a confirmed action held it', async () => {
    const { copy } = resumeChanged((event) => event);
    const run = await copy.resume(id, {
      given: { token: 'rotated' },
      answers: { secret: 'another' },
    });
    await awaits(run, 'stopped');
    await leaveRun(run);
  });
});

test('a mask stands for any text, and everything else is compared', () => {
  expect(matchesRecorded('a ‹secret:x› c', 'a b c')).toBe(true);
  expect(matchesRecorded('a ‹secret:x› c', 'a  c')).toBe(true);
  expect(matchesRecorded('a ‹secret:x› c', 'a ‹secret:y› c')).toBe(true);
  expect(matchesRecorded('a ‹secret:x› c', 'a b d')).toBe(false);
  expect(matchesRecorded('‹secret:x›-‹secret:y›', 'p-q')).toBe(true);
  expect(matchesRecorded('‹secret:x›-‹secret:y›', 'pq')).toBe(false);
  expect(matchesRecorded('aa‹secret:x›aa', 'aaa')).toBe(false);
  expect(matchesRecorded('plain', 'plain')).toBe(true);
  expect(matchesRecorded('plain', 'plainer')).toBe(false);
});

test('the digest of an action is compared, but for one that holds a secret', () => {
  const action = { kind: 'shell', text: 'true', values: [], where: 'here' } as const;
  const started: RunEvent = {
    type: 'step.started',
    step: 's',
    visit: 1,
    part: 'action',
    attempt: 1,
    effect: 'change',
    action,
    digest: 'one',
  };
  expect(firstDifference(started, { ...started, digest: 'two' })).toBe('digest');
  const masked: RunEvent = { ...started, action: { ...action, values: ['T=‹secret:t›'] } };
  const now: RunEvent = { ...started, action: { ...action, values: ['T=new'] }, digest: 'two' };
  expect(firstDifference(masked, now)).toBeUndefined();
});
