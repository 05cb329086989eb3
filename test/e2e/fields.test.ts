import { expect, test } from 'vitest';
import { newOperator } from './operator.ts';
import { SIZES } from './screen-sizes.ts';

const RUNBOOK = `name: back
title: A release is broken
summary: A release is broken.
steps:
  - id: which
    title: What is rolled back?
    ask:
      question: What do you roll back?
      fields:
        release: Which release was the last good one?
        site: { question: Where?, choices: [north, south] }
        workers: { question: How many workers?, type: number }
  - id: told
    title: Over
    finish:
      outcome: resolved
      summary: "\${{ steps.which.answers.release }} in the \${{ steps.which.answers.site }}, \${{ steps.which.answers.workers * 2.0 }}."
`;

test.each(SIZES)(
  'the fields of a question are asked in order, and a killed run asks the next one, at $columns × $rows',
  async (size) => {
    const kim = newOperator();
    kim.writeRunbook('back', RUNBOOK);
    const first = kim.open(['run', 'back', '--auto'], size);
    const shown = await first.waitFor('1 of 3: Which release was the last good one?');
    expect(shown).toContain('What do you roll back?');
    first.type('4.18');
    first.press('enter');
    const chosen = await first.waitFor('2 of 3: Where?');
    expect(chosen).not.toContain('4.18');
    await first.waitFor('1  north');
    first.kill('SIGKILL');
    await first.exited;
    const terminal = kim.open(['resume'], size);
    const again = await terminal.waitFor('2 of 3: Where?');
    expect(again).toContain('2  south');
    terminal.type('2');
    await terminal.waitFor('3 of 3: How many workers?');
    terminal.type('many');
    terminal.press('enter');
    await terminal.waitFor('that is not a number');
    for (const _ of 'many') terminal.press('backspace');
    terminal.type('3');
    terminal.press('enter');
    await terminal.waitFor('RESOLVED');
    await terminal.waitFor('4.18 in the south, 6.');
    terminal.type('q');
    await terminal.exited;
    const { stdout } = await kim.run(['transcript', '--strict']);
    for (const said of ['4.18', '2 of 3: Where?', 'south']) expect(stdout).toContain(said);
    expect((await kim.run(['transcript', 'verify'])).code).toBe(0);
  },
);
