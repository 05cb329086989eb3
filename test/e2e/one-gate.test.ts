import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { confirm } from './exhausted-shop.ts';
import { newOperator, type Operator } from './operator.ts';
import { SIZES } from './screen-sizes.ts';

const LIST = `name: restart-all
title: All workers hang
summary: All workers hang.
steps:
  - id: restart
    title: Restart every worker
    phase: fix
    for_each: '["one", "two", "three"]'
    as: worker
    gate: all
    effect: change
    shell: 'touch begun-\${{ worker }}; until [ -e go-\${{ worker }} ]; do sleep 0.05; done; echo \${{ worker }} >> restarted'
    undo: { none: nothing is lost }
  - { id: done, title: Over, finish: { outcome: resolved, summary: All were restarted. } }
`;

function operator(): Operator {
  const kim = newOperator();
  kim.writeRunbook('restart-all', LIST);
  return kim;
}

function begun(kim: Operator, worker: string): Promise<void> {
  return vi.waitFor(() => {
    if (!existsSync(join(kim.home, 'work', `begun-${worker}`))) throw new Error('not yet');
  }, 30_000);
}

test.each(SIZES)(
  'one gate lists every item, and one key runs them all, at $columns × $rows',
  async (size) => {
    const kim = operator();
    for (const worker of ['one', 'two', 'three']) kim.writeWork(`go-${worker}`, '');
    const terminal = kim.open(['run', 'restart-all', '--auto'], size);
    const shown = await terminal.waitFor('y run it');
    expect(shown).toContain('3 items: one, two, three');
    for (const [at, worker] of ['one', 'two', 'three'].entries()) {
      expect(shown).toContain(`# ${at + 1} of 3: ${worker}`);
      expect(shown).toContain(`touch begun-${worker}`);
    }
    terminal.type('y');
    await terminal.waitFor('RESOLVED');
    expect(kim.readWork('restarted')).toBe('one\ntwo\nthree\n');
    terminal.type('q');
    await terminal.exited;
    const [opened, ...others] = kim.events('gate.opened');
    expect(others).toEqual([]);
    const started = kim.events('step.started').filter(({ effect }) => effect === 'change');
    expect(started.map(({ confirmed, together }) => ({ confirmed, together }))).toEqual(
      [1, 2, 3].map(() => ({ confirmed: opened?.digest, together: true })),
    );
    const { stdout } = await kim.run(['transcript', '--strict']);
    expect(stdout).toContain('3 items: one, two, three');
    expect(stdout).not.toContain('not what the gate showed');
    expect(stdout).toMatch(/2 of 3: two: ran as \S+, confirmed with other items as/);
    const postmortem = (await kim.run(['transcript', '--format', 'postmortem'])).stdout;
    expect(postmortem).toContain('Restart every worker (2 of 3: two)');
    expect(postmortem).not.toContain('No confirmation was asked for');
    // At each of the actions, and once in the timeline.
    expect(postmortem.match(/\*\*kim confirmed\*\*/g)).toHaveLength(4);
    expect((await kim.run(['transcript', 'verify'])).code).toBe(0);
  },
);

test('a list that was killed in the middle asks again for the rest of it', async () => {
  const kim = operator();
  kim.writeWork('go-one', '');
  const first = kim.open(['run', 'restart-all', '--auto']);
  await first.waitFor('y run it');
  first.type('y');
  await begun(kim, 'two');
  first.kill('SIGKILL');
  await first.exited;
  for (const worker of ['two', 'three']) kim.writeWork(`go-${worker}`, '');
  const second = kim.open(['resume'], { columns: 100, rows: 30 });
  await second.waitFor('The outcome is unknown. What next?');
  second.type('r');
  const again = await second.waitFor('Type restart to run');
  expect(again).toContain('2 items: two, three');
  expect(again).toContain('It ran before');
  expect(existsSync(join(kim.home, 'work', 'begun-three'))).toBe(false);
  await confirm(second, 'restart');
  await second.waitFor('RESOLVED');
  expect(kim.readWork('restarted').split('\n')).toContain('three');
  second.type('q');
  await second.exited;
});

test('in plain mode the gate says the same', async () => {
  const kim = operator();
  const { stdout } = await kim.run(['run', 'restart-all', '--auto', '--plain', '--dry-run']);
  expect(stdout).toContain('3 items: one, two, three');
  for (const worker of ['one', 'two', 'three']) expect(stdout).toContain(`touch begun-${worker}`);
  expect(stdout.match(/3 items/g)).toHaveLength(1);
});
