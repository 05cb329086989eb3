import { expect, test } from 'vitest';
import type { EventOf } from '#events/log/event.ts';
import type { OutcomeCheck } from '#events/log/parts.ts';
import { tellGate } from '#events/telling/gate.ts';
import { askedText } from '#events/telling/question.ts';
import { choicesOf } from '#events/wording/choices.ts';
import { wordsOf } from '#events/wording/reasons.ts';
import { plainLines } from '#report/plain/event.ts';
import { transcriptMarkdown } from '#report/transcript/markdown.ts';
import { type EventLog, viewOf } from '../fixtures/event-log.ts';
import { terminating } from '../fixtures/pool-exhausted-log.ts';
import { check } from '../fixtures/troubled-parts.ts';

const STEP = 'terminate_idle';
const lost = { kind: 'reset', message: 'the connection was closed' } as const;

/** The connection was lost in the change, and the check of its outcome said this. */
function asked(says: OutcomeCheck, problem?: string): EventLog {
  const why = {
    kind: 'unknown',
    part: 'action',
    check: says,
    ...(problem && { problem }),
  } as const;
  return terminating.add(
    {
      ...{ type: 'step.finished', step: STEP, part: 'action', attempt: 1, visit: 1 },
      ...{ status: 'unknown', ms: 3, outputs: [], error: lost },
    },
    ...check(says === 'passed' ? 14 : 3, 1),
    {
      ...{ type: 'operator.awaited', step: STEP, for: 'unknown', why, reason: wordsOf(why) },
      can: ['continue', 'recheck', 'retry', 'mark-done', 'skip'],
    },
  );
}

test.each([
  [
    'passed',
    undefined,
    'Its check says that it took effect. Continue?',
    /check says that it took effect/,
  ],
  [
    'not-passed',
    undefined,
    /Its check says that it has not taken effect so far\./,
    /has not taken effect so far/,
  ],
  ['failed', 'no route', 'The outcome is unknown. What next?', /its check failed: no route/],
  ['none', undefined, 'The outcome is unknown. What next?', /what it did is not known/],
] as const)('a check that says %s is in the question', (says, problem, question, reason) => {
  const log = asked(says, problem);
  const { awaited, steps } = viewOf(log);
  expect(awaited && askedText(awaited)).toEqual(expect.stringMatching(question));
  expect(awaited?.reason).toMatch(reason);
  expect(steps.find(({ id }) => id === STEP)?.state).toBe('unknown');
  const last = log.events.at(-1);
  const plain = last && plainLines(last, { view: viewOf(log), columns: 80, shown: undefined });
  expect(plain?.map(({ text }) => text).join('\n')).toMatch(question);
});

test('a change without effect, by its check, is offered to be run again first', () => {
  const first = (says: OutcomeCheck) => choicesOf(viewOf(asked(says)))[0]?.name;
  expect([first('not-passed'), first('passed'), first('none')]).toEqual([
    ...['retry', 'continue', 'continue'],
  ]);
});

test('a gate says what the check said, before the warning of the step', () => {
  const gate = terminating.events.map(({ event }) => event).find((it) => it.type === 'gate.opened');
  const warnings = (unsettled: OutcomeCheck | undefined) =>
    tellGate({
      ...(gate as EventOf<'gate.opened'>),
      warning: 'Look out.',
      ...(unsettled && { unsettled }),
    }).warnings;
  expect(warnings(undefined)).toEqual([{ name: 'Warning', text: 'Look out.' }]);
  const texts = (['none', 'passed', 'not-passed', 'failed'] as const).map((says) => {
    const [first, second] = warnings(says);
    expect(first).toMatchObject({ name: 'Run before' });
    expect(second).toMatchObject({ text: 'Look out.' });
    return first?.text;
  });
  expect(new Set(texts).size).toBe(4);
});

test('checks that did not settle a change are told as checks, not as a verification', () => {
  const text = transcriptMarkdown(asked('not-passed').events, { outputs: () => undefined });
  expect(text).toContain('Checked by 1 check');
  expect(text).not.toContain('Verified');
});
