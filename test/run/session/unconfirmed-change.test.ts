import { describe, expect, test } from 'vitest';
import type { EventOf, RunEvent } from '#events/log/event.ts';
import type { GivenConfirmation } from '#events/view/run-view.ts';
import { refuseUnconfirmed } from '#run/session/confirmation.ts';
import { parsed, Stepper } from '../../fixtures/compiled.ts';
import { stepping } from '../../fixtures/orders-runbook.ts';

/** A machine that has just started a change, and the confirmation that did it. */
function started() {
  const stepper = new Stepper(
    parsed(`
name: inline
title: One change
summary: One change.
steps: [{ id: change, effect: change, shell: date > /tmp/x }]
`),
  );
  const digest = stepper.at.snapshot.context.visit.pending?.digest ?? '';
  stepper.send({ type: 'CONFIRM', digest });
  const event: EventOf<'gate.answered'> = {
    type: 'gate.answered',
    step: 'change',
    answer: 'confirmed',
    operator: 'ada',
    digest,
  };
  return { advance: stepper.at, event };
}

test('a change that its own confirmation started goes on', () => {
  const { advance, event } = started();
  expect(() => refuseUnconfirmed(event, advance)).not.toThrow();
});

test('a change is stopped before it starts when another digest was confirmed', () => {
  const { advance, event } = started();
  const other = { ...event, digest: 'f'.repeat(64) };
  expect(() => refuseUnconfirmed(other, advance)).toThrow('was not confirmed');
});

test('a change is stopped before it starts when something else than a confirmation led to it', () => {
  const { advance } = started();
  expect(() => refuseUnconfirmed({ type: 'timer.fired', step: 'change' }, advance)).toThrow(
    'was not confirmed',
  );
});

describe('a change whose rows were read again', () => {
  const step = 'end';
  const finished = {
    type: 'step.finished',
    step,
    visit: 1,
    part: 'recheck',
    attempt: 1,
    status: 'succeeded',
    ms: 1,
    outputs: [],
  } as const satisfies RunEvent;

  function reread() {
    const run = stepping(
      "  - { id: end, on: db, effect: change, preview: { sql: SELECT 1 }, sql: 'SELECT f(${{ preview.row.n }})' }\n",
    );
    run.rows({ n: 1 });
    const digest = run.at.snapshot.context.visit.pending?.digest ?? '';
    run.send({ type: 'CONFIRM', digest, previewAgeMs: 0 });
    run.rows({ n: 1 });
    expect(run.state).toBe('end.running');
    return { advance: run.at, digest };
  }

  test('goes on by the confirmation in the record', () => {
    const { advance, digest } = reread();
    expect(() => refuseUnconfirmed(finished, advance, { step, digest })).not.toThrow();
  });

  test.each<
    [string, RunEvent, (digest: string) => Pick<GivenConfirmation, 'step' | 'digest'> | undefined]
  >([
    ['nothing confirmed', finished, () => undefined],
    ['another digest', finished, () => ({ step, digest: 'f'.repeat(64) })],
    ['the gate of another step', finished, (digest) => ({ step: 'other', digest })],
    ['the end of something else', { ...finished, part: 'preview' }, (digest) => ({ step, digest })],
    ['what another step found', { ...finished, step: 'other' }, (digest) => ({ step, digest })],
  ])('is stopped when there is %s', (_, event, given) => {
    const { advance, digest } = reread();
    expect(() => refuseUnconfirmed(event, advance, given(digest))).toThrow('was not confirmed');
  });
});
