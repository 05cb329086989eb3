import { expect, test } from 'vitest';
import { newOperator } from './operator.ts';

const RUNBOOK = `name: asked
title: A question
summary: Asked once.
steps:
  - id: first
    ask: { question: Which fruit?, choices: [apples, pears] }
  - { id: done, finish: { outcome: resolved, summary: Over. } }
`;

test('the Enter after a key that was not taken answers no question', async () => {
  const kim = newOperator();
  kim.writeRunbook('asked', RUNBOOK);
  const terminal = kim.open(['run', 'asked']);
  await terminal.waitFor('What happens');
  terminal.press('enter');
  await terminal.waitFor('Which fruit?');
  terminal.type('7');
  await terminal.waitFor('There is no answer 7');
  terminal.press('enter');
  await terminal.waitFor('it follows a key that was not taken');
  const answers = () =>
    kim.events('operator.acted').filter(({ intent }) => intent.type === 'answer');
  expect(answers()).toEqual([]);
  terminal.type('2');
  await terminal.waitFor('RESOLVED');
  expect(answers()).toMatchObject([{ intent: { value: 'pears' } }]);
});
