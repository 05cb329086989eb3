import { statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { newOperator, type Operator } from './operator.ts';
import type { OpenTerminal } from './terminal.ts';

/** Runs a script that only prints, as the only step. */
function printing(shell: string): readonly [Operator, OpenTerminal] {
  const kim = newOperator();
  kim.writeRunbook(
    'print',
    `name: print
title: It prints
summary: A step prints.
steps:
  - id: print
    title: Print
    effect: read
    read_because: it only prints
    shell: ${JSON.stringify(shell)}
  - { id: look, title: Look at it, manual: Look. }
  - { id: done, finish: { outcome: resolved, summary: Printed. } }
`,
  );
  return [kim, kim.open(['run', 'print', '--auto'], { columns: 120 })];
}

test('searching and G reach the last line of an output of 10 MiB, and what is left out is told', async () => {
  const [kim, terminal] = printing("seq -f 'line %.0f of a long output' 380000");
  await terminal.waitFor('Is it done?');
  const file = join(kim.runFolder(), 'outputs', 'print.1.action.1.stdout');
  expect(statSync(file).size).toBeGreaterThan(10 * 1024 * 1024);
  terminal.type('o');
  await terminal.waitFor('line 1 of a long output');
  terminal.type('G');
  await terminal.waitFor('line 380000 of a long output');
  terminal.type('g');
  await terminal.waitFor('line 1 of a long output');
  terminal.type('/');
  await terminal.waitFor((screen) => screen.split('\n').at(-1)?.startsWith(' /') === true);
  terminal.type('line 379999 ');
  terminal.press('enter');
  await terminal.waitFor('line 379999 of a long output');
  terminal.type('/');
  await terminal.waitFor((screen) => screen.split('\n').at(-1)?.startsWith(' /') === true);
  terminal.type('bytes are left out here');
  terminal.press('enter');
  const told = await terminal.waitFor(/… \d+ of \d+ bytes are left out here; all of them are in/);
  expect(told.replaceAll(/\s/g, '')).toContain(`${file}…`);
});

test('o on a step that runs shows the end of all it printed so far, and more when pressed again', async () => {
  const [kim, terminal] = printing(
    "seq -f 'line %.0f of it' 3000; until [ -e go ]; do sleep 0.05; done; echo and more; sleep 60",
  );
  await terminal.waitFor('line 3000 of it');
  terminal.type('o');
  await terminal.waitFor(/Print +\d+–\d+ of 30\d\d\n[\s\S]*line 3000 of it/);
  terminal.type('g');
  await terminal.waitFor(/bytes when this was opened[\s\S]*line 1 of it/);
  terminal.type('G');
  await terminal.waitFor('line 3000 of it');
  kim.writeWork('go', '');
  const file = join(kim.runFolder(), 'outputs', 'print.1.action.1.stdout');
  const { size } = statSync(file);
  await vi.waitFor(() => expect(statSync(file).size).toBeGreaterThan(size));
  terminal.type('g');
  await terminal.waitFor('line 1 of it');
  terminal.type('G');
  expect(await terminal.waitFor('line 3000 of it')).not.toContain('and more');
  terminal.press('escape');
  await terminal.waitFor('▶ Print');
  terminal.type('o');
  await terminal.waitFor(/Print +\d+–\d+ of 30\d\d\n[\s\S]*and more/);
});
