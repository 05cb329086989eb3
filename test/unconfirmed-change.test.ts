import { expect, test } from 'vitest';
import type { EventOf } from '../src/events/event.ts';
import { refuseUnconfirmed } from '../src/run/confirmation.ts';
import { parsed, Stepper } from './fixtures/compiled.ts';

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
