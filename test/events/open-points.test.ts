import { expect, test } from 'vitest';
import type { EventOf } from '#events/log/event.ts';
import { conclusionOf } from '#events/view/conclusion.ts';
import { openPoints } from '#events/view/open-points.ts';
import { viewOf } from '../fixtures/event-log.ts';
import * as story from '../fixtures/pool-exhausted-log.ts';

test('what was declined, skipped, lost or asked stays open', () => {
  const declined = story.atGate.add(
    answered('declined'),
    {
      type: 'step.settled',
      step: 'terminate_idle',
      status: 'failed',
      error: { kind: 'declined', message: 'declined by ana' },
    },
    { type: 'step.skipped', step: 'free_slots', by: 'operator', reason: 'no time' },
    { type: 'operator.noted', operator: 'ana', text: 'Why did the pool leak?' },
  );
  expect(openPoints(viewOf(declined))).toMatchObject([
    { kind: 'unfinished' },
    { kind: 'declined', step: { id: 'terminate_idle' } },
    { kind: 'skipped', step: { id: 'free_slots' }, reason: 'no time' },
    { kind: 'question', note: { text: 'Why did the pool leak?' } },
  ]);
  const resolved = declined.add({ type: 'run.finished', outcome: 'resolved', summary: '' });
  expect(openPoints(viewOf(resolved)).map(({ kind }) => kind)).not.toContain('declined');
  expect(openPoints(viewOf(story.terminating))).toContainEqual(
    expect.objectContaining({ kind: 'unknown' }),
  );
});

test('what a resolved run has not checked stays open', () => {
  const text = 'The application itself is left: watch its log.';
  const at = (outcome: 'resolved' | 'escalated', unchecked?: string) => {
    const summary = `The URL logs in. It was not checked twice. ${unchecked ?? ''}`;
    const left = unchecked === undefined ? {} : { unchecked };
    const log = story.atGate.add({ type: 'run.finished', outcome, summary, ...left });
    return conclusionOf(viewOf(log)).open;
  };
  const open = expect.objectContaining({ kind: 'unchecked' });
  expect(at('resolved', text)).toContainEqual({ kind: 'unchecked', text });
  expect(at('resolved')).not.toContainEqual(open);
  expect(at('escalated', text)).not.toContainEqual(open);
});

test('a failed change after which a condition continued is not left to do once it is resolved', () => {
  const failedWith = (kind: 'too_many_rows' | 'unverified' | 'unchecked') =>
    story.atGate.add(
      {
        ...{ type: 'step.settled', step: 'terminate_idle', status: 'failed' },
        error: { kind, message: 'the check failed' },
      },
      {
        ...{ type: 'branch.taken', step: 'terminate_idle', by: 'condition', clause: 0 },
        ...{ goto: 'free_slots', values: [], notTaken: [] },
      },
    );
  const failed = expect.objectContaining({ kind: 'failed' });
  const open = (kind: Parameters<typeof failedWith>[0], outcome: 'resolved' | 'escalated') =>
    openPoints(viewOf(failedWith(kind).add({ type: 'run.finished', outcome, summary: '' })));
  expect(open('too_many_rows', 'resolved')).not.toContainEqual(failed);
  expect(open('unverified', 'resolved')).not.toContainEqual(failed);
  expect(open('unverified', 'escalated')).toContainEqual(failed);
  // Nobody knows yet what came of it.
  expect(open('unchecked', 'resolved')).toContainEqual(failed);
});

test('the command to continue with is open, with the options of the run', () => {
  const end = { type: 'run.finished', summary: '', continue_with: 'timeout' } as const;
  const view = (outcome: 'resolved' | 'escalated') => ({
    ...viewOf(story.atGate.add({ ...end, outcome })),
    options: '--env shop',
  });
  const next = { kind: 'next', command: 'runbook run timeout --env shop' };
  expect(openPoints(view('escalated'))).toContainEqual(next);
  expect(openPoints(view('resolved'))).not.toContainEqual(next);
});

test('an outcome that is unknown stays open at the next gate, and after it', () => {
  const atGate = lost.add(GATE_AGAIN);
  const unknown = { kind: 'unknown', step: { id: 'terminate_idle' } };
  expect(openPoints(viewOf(atGate))).toMatchObject([{ kind: 'unfinished' }, unknown]);
  const declined = atGate.add(answered('declined'), {
    ...{ type: 'step.settled', step: 'terminate_idle', status: 'failed' },
    error: { kind: 'declined', message: 'declined by ana' },
  });
  expect(openPoints(viewOf(declined))).toMatchObject([
    ...[{ kind: 'unfinished' }, unknown],
    { kind: 'declined', step: { id: 'terminate_idle' } },
  ]);
  const { error } = openPoints(viewOf(declined)).flatMap((it) =>
    it.kind === 'unknown' ? [it.step] : [],
  )[0] as { error?: unknown };
  // The step was declined since; that is not why its outcome is unknown.
  expect(error).toBeUndefined();
  const skipped = lost.add({
    ...{ type: 'step.skipped', step: 'terminate_idle', by: 'operator', reason: 'no time' },
  });
  expect(openPoints(viewOf(skipped))).toMatchObject([
    ...[{ kind: 'unfinished' }, unknown],
    { kind: 'skipped', step: { id: 'terminate_idle' } },
  ]);
});

test('an outcome that its check settled, or that was done again or by hand, is not open', () => {
  const settled = { type: 'step.settled', step: 'terminate_idle', status: 'succeeded' } as const;
  const checked = viewOf(lost.add(settled));
  expect(openPoints(checked)).toMatchObject([{ kind: 'unfinished' }]);
  expect(checked.changes).toMatchObject([{ state: 'unknown', takenAsDone: true }]);
  const again = viewOf(lost.add(GATE_AGAIN, ...RUN_AGAIN, settled));
  expect(openPoints(again)).toMatchObject([{ kind: 'unfinished' }]);
  expect(again.changes).toMatchObject([{ state: 'unknown' }, { state: 'succeeded' }]);
  const byHand = lost.add({
    ...{ type: 'operator.acted', operator: 'ana', step: 'terminate_idle' },
    intent: { type: 'mark-done', evidence: 'seen' },
  });
  expect(openPoints(viewOf(byHand.add(settled)))).toMatchObject([{ kind: 'unfinished' }]);
});

const [GATE_AGAIN] = story.atGate.events.flatMap(({ event }) =>
  event.type === 'gate.opened' ? [event] : [],
) as [EventOf<'gate.opened'>];

const ENDED = {
  type: 'step.finished',
  step: 'terminate_idle',
  ...{ part: 'action', attempt: 1, visit: 1, ms: 3, outputs: [] },
} as const satisfies Partial<EventOf<'step.finished'>>;

const lost = story.terminating.add({
  ...{ ...ENDED, status: 'unknown' },
  error: { kind: 'reset', message: 'the connection was closed' },
});

const RUN_AGAIN = [
  ...story.terminating.events.flatMap(({ event }) =>
    event.type === 'step.started' && event.part === 'action' && event.step === 'terminate_idle'
      ? [event]
      : [],
  ),
  { ...ENDED, status: 'succeeded', result: {} },
] as const;

function answered(answer: 'declined'): EventOf<'gate.answered'> {
  const step = 'terminate_idle';
  return { type: 'gate.answered', step, answer, operator: 'ana', digest: 'sha256:9b1e' };
}
