import { expect, test, vi } from 'vitest';
import { newOperator, type Operator } from './operator.ts';
import type { OpenTerminal } from './terminal.ts';

/** A gate over the lines of a file, whose reads take long enough to be typed at. */
const GATE = `name: victims
title: Leftovers fill the disk
summary: Old files fill the disk.
steps:
  - id: clean
    title: Remove the leftovers
    effect: destructive
    preview: { shell: 'sleep 0.5; cat "$HOME/work/rows"' }
    shell: 'echo removed'
    confirm: { phrase: remove them }
    undo: { none: nothing needs them }
  - { id: done, title: Over, finish: { outcome: resolved, summary: They are gone. } }
`;

/** Returns a runbook that waits for a person in one way. */
const waitsAt = (step: string) => `name: victims
title: Somebody is asked
summary: A question.
steps:
  - ${step}
  - { id: done, title: Over, finish: { outcome: resolved, summary: It is over. } }
`;

const WIDE = { columns: 250, rows: 50 };
const AS_LINES = [
  [['--plain'], 'TERM=xterm'],
  [[], 'TERM=dumb'],
] as const;

/** Runs the runbook up to its question in a terminal, where it is left or killed. */
async function stopAt(kim: Operator, asked: RegExp, how: 'left' | 'killed'): Promise<void> {
  const terminal = kim.open(['run', 'victims', '--plain', '--auto'], WIDE);
  await terminal.waitFor(asked);
  if (how === 'killed') terminal.kill('SIGKILL');
  else for (const _ of [1, 2]) await interrupted(terminal);
  await terminal.exited;
}

async function interrupted(terminal: OpenTerminal): Promise<void> {
  terminal.press('ctrl-c');
  await terminal.waitFor((screen) => screen.includes('Enter continue') || terminal.hasExited);
}

/** Expects one gate, with the new row as its only one. */
function expectFreshRows(shown: string): void {
  expect(shown.match(/^ +leftover-\S+$/gm)).toEqual(['         leftover-new.tmp']);
  expect(shown).toContain('1 row gone: line leftover-old.tmp.');
  expect(shown.match(/DESTRUCTIVE: Remove the leftovers/g)).toHaveLength(1);
  expect(shown.match(/waiting: Confirm this change\?/g)).toHaveLength(1);
}

for (const how of ['left', 'killed'] as const) {
  test.each(AS_LINES)(
    `a gate that was ${how} is resumed with %j and %s as its fresh rows and one prompt`,
    async (flags, variable) => {
      const kim = newOperator();
      kim.writeRunbook('victims', GATE);
      kim.writeWork('rows', 'leftover-old.tmp\n');
      await stopAt(kim, /Type remove them to run it/, how);
      kim.writeWork('rows', 'leftover-new.tmp\n');
      const again = kim.openRunbook(['resume', ...flags], ['/usr/bin/env', variable], WIDE);
      const shown = await again.waitFor(/Type remove them to run it/);
      expect(kim.events('gate.opened')).toHaveLength(2);
      expectFreshRows(shown);
      expect(shown.match(/Type remove them/g)).toHaveLength(1);
      expect(shown).toMatch(/resumed[\s\S]*DESTRUCTIVE: Remove the leftovers[\s\S]*Type remove/);
      again.type('remove them');
      again.press('enter');
      expect(await again.exited).toEqual({ code: 0, signal: 0 });
      expect(again.history()).not.toContain('no longer open');
    },
  );

  test(`a gate that was ${how} and is resumed without a terminal has its fresh rows only`, async () => {
    const kim = newOperator();
    kim.writeRunbook('victims', GATE);
    kim.writeWork('rows', 'leftover-old.tmp\n');
    await stopAt(kim, /Type remove them to run it/, how);
    kim.writeWork('rows', 'leftover-new.tmp\n');
    const { code, stdout } = await kim.run(['resume']);
    expect(code).toBe(4);
    expectFreshRows(stdout);
  });
}

test.each([
  [
    'a question',
    '{ id: q, title: Which, ask: { question: Which one?, type: text } }',
    /answer \(/,
    'Which one?',
  ],
  ['an instruction', '{ id: m, title: By hand, manual: Look at it. }', /y done/, 'Look at it.'],
])(
  '%s that was open is said once when the run is resumed, and asked',
  async (_, step, prompt, text) => {
    for (const how of ['left', 'killed'] as const) {
      const kim = newOperator();
      kim.writeRunbook('victims', waitsAt(step));
      await stopAt(kim, prompt, how);
      const again = kim.open(['resume', '--plain'], WIDE);
      const shown = await again.waitFor(prompt);
      expect(shown.split(text)).toHaveLength(2);
      expect(shown.indexOf('resumed')).toBeLessThan(shown.indexOf(text));
      expect(shown.match(new RegExp(prompt, 'g'))).toHaveLength(1);
      again.kill('SIGKILL');
      await again.exited;
      const piped = await kim.run(['resume']);
      expect(piped.stdout.split(text)).toHaveLength(2);
    }
  },
);

test('an outcome that is unknown is asked about once when the run is resumed', async () => {
  const kim = newOperator();
  kim.writeRunbook(
    'victims',
    waitsAt("{ id: c, title: Change it, effect: change, shell: 'touch begun; sleep 30' }"),
  );
  const first = kim.open(['run', 'victims', '--plain', '--auto'], WIDE);
  await first.waitFor(/Run it\?/);
  first.type('y');
  first.press('enter');
  await vi.waitFor(() => expect(kim.events('step.started')).toHaveLength(1), 10_000);
  first.kill('SIGKILL');
  await first.exited;
  for (const how of ['in a new process', 'again'] as const) {
    const again = kim.open(['resume', '--plain'], WIDE);
    const shown = await again.waitFor(/m mark done/);
    expect([how, shown.match(/waiting: The outcome is unknown/g)?.length]).toEqual([how, 1]);
    expect(shown.match(/m mark done/g)).toHaveLength(1);
    again.kill('SIGKILL');
    await again.exited;
  }
});
