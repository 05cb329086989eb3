import { expect, test } from 'vitest';
import type { RunEvent } from '#events/log/event.ts';
import { awaits, endOf, realRun } from '../../fixtures/real-run.ts';
import { resumableRun } from '../../fixtures/resumable-run.ts';
import { begun } from '../../support/begun.ts';
import { send } from '../../support/send.ts';

const FIRST = `
  - id: asked
    ask: { question: What is it?, fields: { name: { question: Its name }, count: { question: How many, type: number } } }
  - { id: number, ask: { question: How old?, type: number } }
`;
const RUNBOOK = (first: string, last: string) => `
name: inline
title: Answers
summary: A run that an earlier build began.
steps:${first}
  - id: look
    effect: read
    shell: echo plain
    next: [{ if: 'result.stdout.contains("other")', goto: first }, { goto: second }]
  - { id: first, manual: The first way. }
  - { id: second, manual: The second way. }
${last}
  - { id: done, finish: { outcome: resolved, summary: 'Done.' } }
`;

/** The recorded events with another result of `look`, so that this build would decide otherwise. */
async function resumedAtSecond(text: string, answers: (run: Started) => Promise<void>) {
  const runs = realRun(text);
  const started = await runs.start();
  await answers(started);
  await awaits(started, 'report');
  const events = runs.events(started.id);
  send(started.session, { type: 'leave' });
  await endOf(started);
  const records = events.map((event, index) => ({
    ...{ seq: index + 1, at: new Date(1_790_000_000_000 + index).toISOString() },
    event: earlier(event),
  }));
  const run = await resumableRun(text, records);
  const resumed = await begun(await run.resume());
  expect(resumed.session.view().current).toBe('second');
  send(resumed.session, { type: 'report', done: true, evidence: '' });
  return { run, resumed };
}

type Started = Awaited<ReturnType<ReturnType<typeof realRun>['start']>>;

function earlier(event: RunEvent): RunEvent {
  if (event.type === 'run.started')
    return { ...event, program: 'runbook 0.0.9 (0123abcd, 2026-01-02) on Node 22.12.0' };
  return event.type === 'step.finished' && event.step === 'look'
    ? { ...event, result: { ...event.result, stdout: 'other' } }
    : event;
}

test('a record that another build wrote keeps every answer of a step, each with its type', async () => {
  const text = RUNBOOK(
    FIRST,
    `  - { id: said, effect: read, shell: 'echo \${{ steps.asked.answers.name }} \${{ steps.asked.answers.count + steps.number.answer }}' }`,
  );
  const { run, resumed } = await resumedAtSecond(text, async ({ session }) => {
    for (const value of ['blue', '3', '4']) {
      await expect.poll(() => session.view().awaited?.for).toBe('answer');
      send(session, { type: 'answer', value });
    }
  });
  await endOf(resumed);
  const said = run
    .events()
    .find((event) => event.type === 'step.finished' && event.step === 'said');
  expect(said).toMatchObject({ result: { stdout: 'blue 7\n' } });
});

test('a condition on a step that was skipped asks the operator, in a record of another build as well', async () => {
  const text = RUNBOOK(
    `
  - id: twice
    effect: read
    shell: cat /nowhere/at/all
    max_visits: 3
  - { id: turn, if: 'steps.twice.status == "succeeded"', manual: Never. }
`,
    `  - id: after
    effect: read
    shell: echo after
    next: [{ if: 'steps.twice.stdout == "x"', goto: done }, { goto: done }]`,
  );
  const { resumed } = await resumedAtSecond(text, async (started) => {
    await awaits(started, 'failure');
    send(started.session, { type: 'skip', reason: 'not here' });
  });
  await awaits(resumed, 'decision');
  send(resumed.session, { type: 'leave' });
  await endOf(resumed);
});
