import { beforeEach, describe, expect, test } from 'vitest';
import type { EventOf, RunEvent } from '#events/log/event.ts';
import type { Intent } from '#events/log/intent.ts';
import type { OpenRun } from '#run/session/open.ts';
import { awaits, endOf, leaveRun, realRun } from '../../fixtures/real-run.ts';
import { resumableRun } from '../../fixtures/resumable-run.ts';
import { begun } from '../../support/begun.ts';
import { send } from '../../support/send.ts';

const RUNBOOK = `
name: inline
title: Two ways
summary: A run that an earlier build began.
steps:
  - id: look
    effect: read
    shell: echo plain
    next: [{ if: 'result.stdout.contains("other")', goto: first }, { goto: second }]
  - { id: first, manual: The first way. }
  - { id: second, manual: The second way. }
  - { id: mark, phase: fix, effect: change, shell: echo marked }
  - { id: done, finish: { outcome: resolved, summary: 'Look said \${{ steps.look.stdout }}' } }
`;
const EARLIER = 'runbook 0.0.9 (0123abcd, 2026-01-02) on Node 22.12.0';

let recorded: readonly RunEvent[] = [];

beforeEach(async () => {
  if (recorded.length > 0) return;
  const runs = realRun(RUNBOOK);
  const run = await runs.start();
  await awaits(run, 'report');
  send(run.session, { type: 'report', done: true, evidence: 'seen' });
  await awaits(run, 'gate');
  send(run.session, { type: 'confirm', digest: run.session.view().gate?.digest ?? '' });
  await endOf(run);
  recorded = runs.events(run.id);
});

/** The recorded run as an earlier build would have left it, as far as an event. */
function earlier(
  until: (event: RunEvent) => boolean,
  change: (event: RunEvent) => RunEvent = (event) => event,
) {
  const events = recorded.slice(0, recorded.findIndex(until) + 1);
  const records = events.map((event, index) => ({
    ...{ seq: index + 1, at: new Date(1_790_000_000_000 + index).toISOString() },
    event: change(event.type === 'run.started' ? { ...event, program: EARLIER } : event),
  }));
  return resumableRun(RUNBOOK, records);
}

const isReport = (event: RunEvent) => event.type === 'operator.awaited' && event.for === 'report';
const isGate = (event: RunEvent) => event.type === 'operator.awaited' && event.for === 'gate';
const isStart = (event: RunEvent) => event.type === 'step.started' && event.step === 'mark';
const confirm = ({ session }: OpenRun): Intent => ({
  ...{ type: 'confirm', digest: session.view().gate?.digest ?? '' },
});
const changesStarted = (events: readonly RunEvent[]) =>
  events.filter((event) => event.type === 'step.started' && event.effect !== 'read').length;

/** A gate that an earlier build recorded as a question which this build does not ask. */
function unlike(event: RunEvent): RunEvent {
  return isGate(event) ? { ...(event as EventOf<'operator.awaited'>), for: 'stuck' } : event;
}

describe('what another build recorded is taken', () => {
  test('where it words, shows or digests it otherwise', async () => {
    const run = await earlier(isGate, (event) =>
      event.type === 'gate.opened'
        ? { ...event, title: 'As it was called', level: 'type', phrase: 'a b', digest: 'then' }
        : event,
    );
    const resumed = await begun(await run.resume());
    await awaits(resumed, 'gate');
    const gates = run.events().flatMap((event) => (event.type === 'gate.opened' ? [event] : []));
    expect(gates).toHaveLength(2);
    expect(gates[1]?.digest).not.toBe('then');
    send(resumed.session, { type: 'confirm', digest: 'then', phrase: 'a b' });
    expect(resumed.session.view().awaited?.for).toBe('gate');
    send(resumed.session, confirm(resumed));
    expect(await endOf(resumed)).toEqual({ status: 'finished', outcome: 'resolved' });
  });

  test('where it took another branch: the run goes on at the step that the record entered', async () => {
    const run = await earlier(isReport, (event) =>
      event.type === 'step.finished' && event.step === 'look'
        ? { ...event, result: { ...event.result, stdout: 'other' } }
        : event,
    );
    const resumed = await begun(await run.resume());
    expect(resumed.session.view()).toMatchObject({ current: 'second', status: 'waiting' });
    send(resumed.session, { type: 'report', done: true, evidence: '' });
    await awaits(resumed, 'gate');
    send(resumed.session, confirm(resumed));
    await endOf(resumed);
    expect(run.events().at(-1)).toMatchObject({ outcome: 'resolved', summary: 'Look said other' });
  });

  test('and a confirmation after which nothing started is asked for again', async () => {
    const run = await earlier((event) => event.type === 'gate.answered');
    const resumed = await begun(await run.resume());
    await awaits(resumed, 'gate');
    expect(changesStarted(run.events())).toBe(0);
    await leaveRun(resumed);
  });
});

describe('a step of another build that this one cannot follow', () => {
  test('is only continued by the choice of the operator, which names the last completed step', async () => {
    const run = await earlier(isGate, unlike);
    const before = run.events().length;
    await expect(run.resume()).rejects.toThrow(
      expect.objectContaining({
        code: 'journal-mismatch',
        message: expect.stringContaining(`the run was written by ${EARLIER}: `),
        hint: `continue after step second, with new gates: runbook resume ${run.folder.id} --at mark`,
      }),
    );
    await expect(run.resume({ at: 'second' })).rejects.toThrow('the run was written by');
    expect(run.events()).toHaveLength(before);
  });

  test('asks before anything of it runs, and opens a gate of its own', async () => {
    const run = await earlier(isGate, unlike);
    const resumed = await begun(await run.resume({ at: 'mark' }));
    expect(resumed.session.view().awaited).toMatchObject({ step: 'mark', for: 'stuck' });
    expect(run.events().at(-2)).toMatchObject({ type: 'run.resumed', at: 'mark' });
    send(resumed.session, { type: 'continue' });
    await awaits(resumed, 'gate');
    await leaveRun(resumed);
    // What this build recorded since is followed like any other record.
    const again = await begun(await run.resume());
    await awaits(again, 'gate');
    send(again.session, confirm(again));
    await endOf(again);
    expect(run.events().at(-1)).toMatchObject({
      outcome: 'resolved',
      summary: 'Look said plain\n',
    });
    expect(changesStarted(run.events())).toBe(1);
  });

  test('keeps the outcome of its change unknown', async () => {
    const run = await earlier(isStart, (event) =>
      isStart(event) ? { ...(event as EventOf<'step.started'>), attempt: 2 } : event,
    );
    await expect(run.resume()).rejects.toThrow('the run was written by');
    const resumed = await begun(await run.resume({ at: 'mark' }));
    expect(resumed.session.view().awaited).toMatchObject({ step: 'mark', for: 'unknown' });
    expect(run.events().find(({ type }) => type === 'run.resumed')).toMatchObject({
      interrupted: { step: 'mark', effect: 'change' },
    });
    send(resumed.session, { type: 'retry' });
    await awaits(resumed, 'gate');
    expect(resumed.session.view().gate).toMatchObject({ unsettled: 'none', level: 'type' });
    expect(changesStarted(run.events())).toBe(1);
    await leaveRun(resumed);
  });

  test('is no way around a step that can be followed', async () => {
    const run = await earlier(isGate);
    await expect(run.resume({ at: 'mark' })).rejects.toThrow(
      'this build can continue the run where it is',
    );
  });
});

test('a record of this build is compared, content and all', async () => {
  const run = await earlier(isGate, (event) =>
    event.type === 'run.started'
      ? { ...event, program: 'runbook test on Node 99' }
      : event.type === 'gate.opened'
        ? { ...event, title: 'Something harmless' }
        : event,
  );
  await expect(run.resume()).rejects.toThrow('gate.opened: this build decides another "title"');
});
