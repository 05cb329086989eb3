import { expect, test, vi } from 'vitest';
import { sent, talk } from '../../fixtures/plain-talk.ts';
import * as story from '../../fixtures/pool-exhausted-log.ts';

test('when the terminal goes away, the run is left', async () => {
  const talking = talk(story.atGate);
  talking.end();
  expect(await sent(talking, story.atGate)).toEqual([{ type: 'leave' }]);
});

test('input that ends in the middle of a question confirms nothing, and leaves the run', async () => {
  const talking = talk(story.atGate);
  await vi.waitFor(() => expect(talking.shown()).toContain('Type shop to run it'));
  talking.type('shop');
  talking.end();
  expect(await sent(talking, story.atGate)).toEqual([{ type: 'leave' }]);
});
