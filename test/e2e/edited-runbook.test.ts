import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { newOperator, type Operator } from './operator.ts';

const runbook = (word: string): string => `name: marks
title: Marks of ${word}
summary: It makes a mark.
steps:
  - { id: mark, title: Make it, effect: change, shell: echo ${word} >> mark }
  - { id: ask, title: Look, manual: Is the mark right? }
  - { id: done, finish: { outcome: resolved, summary: It was ${word}. } }
`;

const SIZE = { columns: 100, rows: 30 };

async function atGate() {
  const kim = newOperator();
  kim.writeRunbook('marks', runbook('first'));
  const terminal = kim.open(['run', 'marks'], SIZE);
  await terminal.waitFor('⏎ start');
  terminal.press('enter');
  await terminal.waitFor(/echo first >> mark[\s\S]*y run it/);
  return { kim, terminal };
}

test.each<[string, (kim: Operator) => void]>([
  ['is edited', (kim) => kim.writeRunbook('marks', runbook('second'))],
  ['is broken', (kim) => kim.writeRunbook('marks', 'name: [')],
  ['is gone', (kim) => rmSync(join(kim.home, 'work', 'runbooks', 'marks.yaml'))],
])('a run keeps its own copy of a runbook whose file %s in the middle of it', async (_, edit) => {
  const { kim, terminal } = await atGate();
  edit(kim);
  terminal.type('y');
  await terminal.waitFor('Is the mark right?');
  expect(kim.readWork('mark')).toBe('first\n');
  terminal.type('q');
  await terminal.waitFor('Pause the run?');
  terminal.type('y');
  await terminal.exited;
  const again = kim.open(['resume'], SIZE);
  await again.waitFor('Is the mark right?');
  again.type('y');
  await again.waitFor('What did you see?');
  again.press('enter');
  await again.waitFor('It was first.');
  again.press('enter');
  expect(await again.exited).toEqual({ code: 0, signal: 0 });
  expect(kim.readWork('mark')).toBe('first\n');
});

test('a second terminal cannot drive a run, and the change of the first runs once', async () => {
  const { kim, terminal } = await atGate();
  const started = kim.journal()[0]?.event;
  const id = started?.type === 'run.started' ? started.runId : '';
  const second = await kim.run(['resume', id]);
  expect(second.code).toBe(5);
  expect(second.stderr).toMatch(/is being written by process \d+\n.*leave it there first/);
  terminal.type('y');
  await terminal.waitFor('Is the mark right?');
  expect(kim.readWork('mark')).toBe('first\n');
});
