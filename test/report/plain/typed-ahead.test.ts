import { expect, test, vi } from 'vitest';
import { sent, talk } from '../../fixtures/plain-talk.ts';
import * as story from '../../fixtures/pool-exhausted-log.ts';

test('the Enter behind a key that was typed before the question answers nothing; the next one does', async () => {
  const talking = talk(story.atSecondStart);
  const prompts = () => talking.shown().split('Enter run').length;
  talking.type('2');
  await vi.waitFor(() => expect(prompts()).toBeGreaterThan(1));
  const before = prompts();
  await talking.answer('Enter run', '');
  await vi.waitFor(() => expect(prompts()).toBeGreaterThan(before));
  expect(talking.run.sent).toEqual([]);
  await talking.answer('Enter run', '');
  expect(await sent(talking, story.atSecondStart)).toEqual([{ type: 'continue' }]);
});
