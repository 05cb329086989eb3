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

test('a word that arrives at once on a page of single keys does nothing, and holding a key moves', async () => {
  const kim = newOperator();
  kim.writeRunbook('asked', RUNBOOK);
  const terminal = kim.open(['run', 'asked']);
  await terminal.waitFor('What happens');
  terminal.type('quays');
  await terminal.waitFor('Several keys at once: nothing was done.');
  terminal.press('enter');
  await terminal.waitFor('it follows a key that was not taken');
  terminal.press('enter');
  await terminal.waitFor(/▸ 1 +apples/);
  terminal.type('\u001b[200~2\u001b[201~');
  await terminal.waitFor('Several keys at once: nothing was done.');
  terminal.press('down');
  await terminal.waitFor((screen) => !screen.includes('Several keys at once'));
  terminal.type('2x\r');
  await terminal.waitFor('Several keys at once: nothing was done.');
  expect(kim.events('operator.acted').filter(({ intent }) => intent.type === 'answer')).toEqual([]);
  terminal.type('\u001b[A\u001b[B\u001b[A\u001b[B');
  await terminal.waitFor(/▸ 2 +pears/);
  terminal.type('kkk');
  await terminal.waitFor(/▸ 1 +apples/);
  terminal.type('n');
  await terminal.waitFor('Note');
  terminal.type('quays');
  await terminal.waitFor('> quays▏');
  terminal.press('enter');
  await terminal.waitFor('noted');
  terminal.type('2');
  await terminal.waitFor('RESOLVED');
});
