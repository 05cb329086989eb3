import { expect, test } from 'vitest';
import type { Intent } from '#events/log/intent.ts';
import type { Key } from '#ui/terminal/key.ts';
import type { EventLog } from '../fixtures/event-log.ts';
import { pressed, typing } from '../fixtures/frame.tsx';
import * as story from '../fixtures/pool-exhausted-log.ts';
import * as questions from '../fixtures/question-log.ts';
import * as troubles from '../fixtures/trouble-log.ts';

const INTERRUPT: Key = { name: 'ctrl', letter: 'c' };

const open = Object.entries({ ...story, ...questions, ...troubles }).filter(
  (entry): entry is [string, EventLog] =>
    typeof entry[1] === 'object' &&
    'events' in entry[1] &&
    entry[1].events.at(-1)?.event.type !== 'run.finished',
);

/** The same log, of a run that a worker of a team executes. */
function atWorker({ events, add }: EventLog): EventLog {
  const worker = { id: 'w1', label: 'eu', replay: 1 };
  const all = events.map((record) =>
    record.event.type === 'run.started'
      ? { ...record, event: { ...record.event, worker } }
      : record,
  );
  return { events: all, add };
}

function sentBy(log: EventLog, keys: readonly Key[]): readonly Intent[] {
  return pressed(atWorker(log), keys).effects.flatMap((effect) =>
    effect.type === 'send' ? [effect.intent] : [],
  );
}

test.each(open)('Ctrl-C asks, and Ctrl-C twice only leaves: %s', (_, log) => {
  expect(sentBy(log, [INTERRUPT])).toEqual([]);
  expect(sentBy(log, [INTERRUPT, INTERRUPT])).toEqual([{ type: 'leave' }]);
  expect(sentBy(log, [INTERRUPT, { name: 'escape' }])).toEqual([]);
});

test('a run is left or stopped while it runs, and takes no ad-hoc command', () => {
  expect(sentBy(story.terminating, typing('q'))).toEqual([{ type: 'leave' }]);
  expect(sentBy(story.terminating, [INTERRUPT, ...typing('s')])).toEqual([{ type: 'stop' }]);
  const waiting = pressed(atWorker(story.atSecondStart), typing('!'));
  expect(waiting.state.notice).toBe('a run of a team takes no ad-hoc commands');
});
