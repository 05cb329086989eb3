import { existsSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { EventOf, RunEvent } from '#events/log/event.ts';
import { awaits, endOf, leaveRun, realRun } from '../../fixtures/real-run.ts';
import { resumableRun } from '../../fixtures/resumable-run.ts';
import { begun } from '../../support/begun.ts';
import { send } from '../../support/send.ts';

const LEDGER = join(tmpdir(), `runbook-forged-${process.pid}`);
const RUNBOOK = `
name: inline
title: Two changes
summary: Each change leaves a trace.
steps:
  - { id: mark, phase: fix, effect: change, shell: 'echo mark >> ${LEDGER}' }
  - { id: more, phase: fix, effect: change, shell: 'echo more >> ${LEDGER}' }
  - { id: done, finish: { outcome: resolved, summary: Done } }
`;
const EARLIER = 'runbook 0.0.9 (0123abcd, 2026-01-02) on Node 22.12.0';

const forget = () => rmSync(LEDGER, { force: true });

let whole: readonly RunEvent[] = [];

beforeEach(async () => {
  if (whole.length > 0) return;
  const runs = realRun(RUNBOOK);
  const run = await runs.start();
  for (const step of ['mark', 'more']) {
    await expect.poll(() => run.session.view().gate?.step).toBe(step);
    send(run.session, { type: 'confirm', digest: run.session.view().gate?.digest ?? '' });
  }
  await endOf(run);
  whole = runs.events(run.id);
  forget();
});

afterEach(forget);

/** A journal with a valid chain in which another build says that it did all until an event. */
function forged(until: (event: RunEvent) => boolean) {
  const events = whole.slice(0, whole.findIndex(until) + 1);
  const records = events.map((event, index) => ({
    ...{ seq: index + 1, at: new Date(1_790_000_000_000 + index).toISOString() },
    event: event.type === 'run.started' ? { ...event, program: EARLIER } : event,
  }));
  return resumableRun(RUNBOOK, records);
}

const isOfMark = <T extends RunEvent['type']>(type: T) =>
  ((event: RunEvent) => event.type === type && 'step' in event && event.step === 'mark') as (
    event: RunEvent,
  ) => event is EventOf<T> & RunEvent;

test.each([
  ['an answer, after which its gate opens again', 'gate.answered', 'gate', 'mark'],
  ['the start of a change, whose outcome is unknown', 'step.started', 'unknown', 'mark'],
  [
    'the end of a change, after which the next one has a gate of its own',
    'step.finished',
    'gate',
    'more',
  ],
] as const)(
  'a forged record ends with %s: nothing starts by itself',
  async (_, type, asks, step) => {
    const run = await forged(isOfMark(type));
    const before = run.events().length;
    const resumed = await begun(await run.resume());
    await awaits(resumed, asks);
    expect(resumed.session.view().awaited).toMatchObject({ step, for: asks });
    const later = run.events().slice(before);
    expect(later.filter((event) => event.type === 'step.started')).toEqual([]);
    expect(later.some((event) => event.type === 'gate.opened')).toBe(asks === 'gate');
    expect(existsSync(LEDGER)).toBe(false);
    await leaveRun(resumed);
  },
);
