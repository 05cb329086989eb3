import { expect, test } from 'vitest';
import { newOperator } from './operator.ts';
import { SIZES } from './screen-sizes.ts';

const RUNBOOK = `name: talk
title: A script that asks
summary: It needs the terminal.
steps:
  - id: ask
    title: Ask by itself
    effect: change
    interactive: true
    shell: 'read -r -p "Your colour? " colour; echo "it is $colour" > colour; stty size > size'
  - { id: done, title: Over, finish: { outcome: resolved, summary: It was asked. } }
`;

test.each(SIZES)(
  'an interactive script has the whole terminal, and gives it back, at $columns × $rows',
  async (size) => {
    const kim = newOperator();
    kim.writeRunbook('talk', RUNBOOK);
    const terminal = kim.open(['run', 'talk', '--step'], size);
    await terminal.waitFor('── Next ──');
    terminal.press('enter');
    await terminal.waitFor('y run it');
    terminal.type('y');
    // The screen shows the script's text as well, as long as it is there.
    await terminal.waitFor((text) => text.includes('Your colour?') && !text.includes('LIVE'));
    expect(terminal.isAlternate).toBe(false);
    // Letters that are keys of the screen go to the script alone.
    terminal.type('qyn?');
    await terminal.waitFor('Your colour? qyn?');
    terminal.press('enter');
    await terminal.waitFor('RESOLVED');
    expect(terminal.isAlternate).toBe(true);
    expect(kim.readWork('colour')).toBe('it is qyn?\n');
    expect(kim.readWork('size')).toBe(`${size.rows} ${size.columns}\n`);
    expect(kim.events('operator.noted')).toEqual([]);
    terminal.type('q');
    expect(await terminal.exited).toEqual({ code: 0, signal: 0 });
  },
);
