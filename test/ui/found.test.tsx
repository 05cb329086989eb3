import { expect, test } from 'vitest';
import type { EventLog } from '../fixtures/event-log.ts';
import { frameOf, typing } from '../fixtures/frame.tsx';
import * as story from '../fixtures/pool-exhausted-log.ts';

const FINDINGS = [
  'The address is well formed.',
  'The name leads to 127.0.0.1.',
  'The port answers after 3 ms.',
  'The server offers no TLS, and none is asked for.',
  '17 of 17 usable connections are taken, and every one of them has been idle for over ten minutes.',
];

/** A question that rests on what several steps before it found. */
function asking(prompt: string, choices?: readonly string[]): EventLog {
  const found = FINDINGS.reduce(
    (log, finding) =>
      log.add({
        type: 'branch.taken',
        step: 'capacity',
        clause: 0,
        by: 'condition',
        goto: 'application_pool',
        values: [],
        notTaken: [],
        finding,
      }),
    story.atFirstStart.add({ type: 'step.settled', step: 'capacity', status: 'succeeded' }),
  );
  return found.add(
    { type: 'step.entered', step: 'application_pool', visit: 1 },
    {
      type: 'operator.awaited',
      step: 'application_pool',
      for: 'answer',
      can: ['answer', 'skip', 'note', 'leave'],
      prompt,
      ...(choices === undefined ? {} : { choices }),
    },
  );
}

test('a question shows what the run has found so far above it where there is room', () => {
  const screen = frameOf(asking('Which way?', ['open it', 'stop here']));
  expect(screen).toMatch(/How full is the server\?[\s\S]*17 of 17 usable[\s\S]*Which way\?/);
});

test('with little room the question comes first', () => {
  const screen = frameOf(asking(`Long. ${'What is it that the pool reports? '.repeat(36)}`));
  expect(screen).not.toContain('17 of 17 usable');
  expect(screen).toContain('> ▏');
});

test('the details end with everything found so far, when and where, also at a gate', () => {
  const details = frameOf(asking('Which way?', ['open it']), { keys: typing('d') });
  expect(details).toMatch(/── Found so far ─+\n +\d\d:\d\d:\d\d The address is well formed\. \(/);
  for (const finding of FINDINGS) expect(details).toContain(finding.slice(0, 50));
  const gate = frameOf(story.atGate, { rows: 160, keys: [{ name: 'tab' }] });
  expect(gate).toMatch(/11 sessions to terminate ─[\s\S]*Found so far[\s\S]*17 of 17/);
});
