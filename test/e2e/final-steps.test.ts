import { expect, test } from 'vitest';
import { newOperator, type Operator } from './operator.ts';
import { SIZES } from './screen-sizes.ts';

const PAUSED = `name: paused
title: Jobs hang
summary: Jobs hang while they are paused for the repair.
steps:
  - { id: look, title: Look, manual: Look at the queue. }
  - { id: done, title: Over, finish: { outcome: resolved, summary: The queue moves. } }
finally:
  - id: continue
    title: Let jobs run again
    phase: fix
    effect: change
    shell: echo on > jobs
    undo: { none: nothing is lost }
`;

function operator(): Operator {
  const kim = newOperator();
  kim.writeRunbook('paused', PAUSED);
  return kim;
}

test.each(SIZES)(
  'after an abort and a kill, the gate of a final step says how the run ended, at $columns × $rows',
  async (size) => {
    const kim = operator();
    const first = kim.open(['run', 'paused', '--auto'], size);
    await first.waitFor('Look at the queue.');
    first.type('\u0003');
    await first.waitFor('end the run');
    first.type('x');
    await first.waitFor('Why end the run?');
    first.type('the wrong queue\r');
    const shown = await first.waitFor('y run it');
    expect(shown).toContain('Final step: the run was aborted');
    first.kill('SIGKILL');
    await first.exited;
    const second = kim.open(['resume'], size);
    expect(await second.waitFor('y run it')).toContain('Final step: the run was aborted');
    second.type('y');
    await second.waitFor('ABORTED');
    expect(kim.readWork('jobs')).toBe('on\n');
    second.type('q');
    await second.exited;
    const { stdout } = await kim.run(['transcript', '--strict']);
    expect(stdout).toContain('Final step: the run was aborted');
    expect((await kim.run(['transcript', 'verify'])).code).toBe(0);
  },
);

test('in plain mode the gate says the same', async () => {
  const kim = operator();
  const terminal = kim.open(['run', 'paused', '--auto', '--plain']);
  await terminal.waitFor('o output: ');
  terminal.type('y\r');
  await terminal.waitFor('(optional)');
  terminal.type('\r');
  await terminal.waitFor('Final step: the run has ended resolved');
});
