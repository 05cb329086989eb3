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

function answered(answer: 'declined'): EventOf<'gate.answered'> {
  const step = 'terminate_idle';
  return { type: 'gate.answered', step, answer, operator: 'ana', digest: 'sha256:9b1e' };
}
