import { expect, test, vi } from 'vitest';
import { newOperator, type Operator } from './operator.ts';
import { SIZES } from './screen-sizes.ts';
import type { OpenTerminal } from './terminal.ts';

const TOUR = `name: tour
title: A tour
summary: Steps that have others inside.
prerequisites: [Somebody who may restart the shop]
steps:
  - id: hosts
    title: Look at both hosts
    parallel:
      - { id: one, title: The first host, effect: read, shell: 'echo one is here; until [ -e go ]; do sleep 0.05; done; echo one is well' }
      - { id: two, title: The second host, effect: read, shell: 'echo two is here; until [ -e go ]; do sleep 0.05; done; exit 3' }
    next:
      - { if: 'error.kind == "exit"', finding: One host is not well., goto: each }
  - id: each
    title: Write for every host
    phase: fix
    for_each: '["a", "b"]'
    as: host
    effect: change
    shell: echo \${{ host }} >> written
    undo: { shell: 'echo no \${{ host }} >> written' }
  - id: inner
    title: The other runbook
    phase: fix
    runbook: inner
  - id: last
    title: One more line
    phase: fix
    effect: change
    shell: echo last >> written
    undo: { shell: echo no last >> written }
  - { id: look, title: What came of it, phase: verify, effect: read, shell: cat written }
  - { id: done, title: Over, finish: { outcome: resolved, summary: It is over. } }
`;

const INNER = `name: inner
title: What is inside
summary: Runs as a step.
steps:
  - { id: read, title: Read inside, effect: read, shell: echo inside }
  - { id: write, title: Write inside, phase: fix, effect: change, shell: 'echo inner >> written; until [ -e on ]; do sleep 0.05; done' }
  - { id: end, title: The inner end, finish: { outcome: resolved, summary: The inner one is over. } }
`;

function start(size: { readonly columns: number; readonly rows: number }) {
  const kim = newOperator();
  kim.writeRunbook('tour', TOUR);
  kim.writeRunbook('inner', INNER);
  return [kim, kim.open(['run', 'tour', '--step'], size)] as const;
}

/** Goes through the parallel step to the gate of the first item. */
async function toTheItems(kim: Operator, terminal: OpenTerminal): Promise<void> {
  kim.writeWork('go', '');
  await terminal.waitFor('── Next ──');
  terminal.type('a');
  await terminal.waitFor(/1 of 2: a[\s\S]*y run it/);
}

/** Confirms both items, and comes to the gate inside of the other runbook. */
async function toTheInside(kim: Operator, terminal: OpenTerminal): Promise<void> {
  await toTheItems(kim, terminal);
  await confirm(terminal, /2 of 2: b[\s\S]*y run it/);
  await confirm(terminal, /Write inside[\s\S]*y run it/);
}

/** Presses y until the gate took it: one that follows another at once counts as a key held down. */
async function confirm(terminal: OpenTerminal, next: RegExp): Promise<void> {
  await vi.waitFor(
    () => {
      if (next.test(terminal.text())) return;
      terminal.type('y');
      throw new Error(`the gate did not take it:\n${terminal.text()}`);
    },
    { timeout: 30_000, interval: 1_000 },
  );
}

test.each(SIZES)(
  'branches run side by side, each under its name, at $columns × $rows',
  async (size) => {
    const [kim, terminal] = start(size);
    const first = await terminal.waitFor('── Next ──');
    expect(first).toMatch(/Before you start[\s\S]*Somebody who may restart the shop/);
    terminal.press('enter');
    const both = await terminal.waitFor(
      (text) => text.includes('one is here') && text.includes('two is here'),
    );
    expect(both).toMatch(/▶ The first host +\d+ s\n.*one is here/);
    expect(both).toMatch(/▶ The second host +\d+ s\n.*two is here/);
    kim.writeWork('go', '');
    const after = await terminal.waitFor('── Next ──');
    expect(after).toContain('One host is not well.');
    expect(after).toMatch(
      /✓ The first host[\s\S]*one is well[\s\S]*✗ The second host[\s\S]*exit · 3/,
    );
  },
);

test.each(SIZES)(
  'every item of a change has a gate of its own, at $columns × $rows',
  async (size) => {
    const [kim, terminal] = start(size);
    await toTheItems(kim, terminal);
    expect(kim.readWork('written')).toBe('');
    terminal.type('y');
    await terminal.waitFor(/2 of 2: b[\s\S]*y run it/);
    expect(kim.readWork('written')).toBe('a\n');
    terminal.press('escape');
    await terminal.waitFor('Why not?');
    terminal.type('b is somebody else’s');
    terminal.press('enter');
    await terminal.waitFor((text) => !text.includes('Why not?'));
    await terminal.waitFor(/What next\?|Write inside/);
    expect(kim.readWork('written')).toBe('a\n');
    expect(kim.events('gate.opened').map(({ item }) => item?.label)).toEqual(['a', 'b']);
  },
);

test.each(SIZES)(
  'a run killed inside of a nested runbook goes on there, at $columns × $rows',
  async (size) => {
    const [kim, terminal] = start(size);
    await toTheInside(kim, terminal);
    expect(terminal.text()).toContain('A tour › What is inside');
    terminal.type('y');
    await vi.waitFor(() => expect(kim.readWork('written')).toContain('inner'), 10_000);
    terminal.kill('SIGKILL');
    await terminal.exited;
    kim.writeWork('on', '');
    const again = kim.open(['resume'], size);
    const unknown = await again.waitFor('The outcome is unknown');
    expect(unknown).toContain('? Write inside');
    expect(unknown).toContain('› What is inside');
    expect(kim.readWork('written')).toBe('a\nb\ninner\n');
    again.type('m');
    await again.waitFor('What is the evidence?');
    again.type('the line is there');
    again.press('enter');
    // Reads were let run by themselves before the crash, and are again.
    const next = await again.waitFor(/One more line[\s\S]*y run it/);
    expect(next).not.toContain('› What is inside');
    again.type('y');
    await again.waitFor('RESOLVED');
    expect(kim.readWork('written')).toBe('a\nb\ninner\nlast\n');
    again.press('enter');
    expect(await again.exited).toEqual({ code: 0, signal: 0 });
  },
);

test.each(SIZES)(
  'what was done is undone from a menu, through a gate, at $columns × $rows',
  async (size) => {
    const [kim, terminal] = start(size);
    kim.writeWork('on', '');
    await toTheInside(kim, terminal);
    terminal.type('y');
    await terminal.waitFor(/One more line[\s\S]*y run it/);
    terminal.press('escape');
    await terminal.waitFor('Why not?');
    terminal.type('not now');
    terminal.press('enter');
    const menu = await terminal.waitFor('What next?');
    expect(menu).toContain('u undo');
    terminal.type('u');
    await terminal.waitFor('Why undo “Write for every host”?');
    terminal.type('the wrong hosts');
    terminal.press('enter');
    const gate = await terminal.waitFor(/Undo: Write for every host[\s\S]*y run it/);
    expect(gate).toContain('2 of 2: b');
    expect(kim.readWork('written')).toBe('a\nb\ninner\n');
    terminal.type('y');
    await terminal.waitFor((text) => text.includes('What next?') || text.includes('── Next ──'));
    await vi.waitFor(() => expect(kim.readWork('written')).toBe('a\nb\ninner\nno b\n'), 10_000);
    expect(kim.events('step.undone')).toMatchObject([{ step: 'each', by: 'action' }]);
  },
);
