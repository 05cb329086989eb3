import { expect, test, vi } from 'vitest';
import { newOperator, type Operator } from './operator.ts';
import type { OpenTerminal } from './terminal.ts';

const EXPENSIVE = `name: expensive
title: An expensive condition
summary: It compares every row with every pair of rows.
steps:
  - id: look
    title: List the rows
    effect: read
    read_because: It only counts.
    shell: 'seq 1000 | sed "s/.*/{\\"x\\": &}/" | paste -sd, | sed "s/^/[/; s/$/]/"'
    parse: json
    next:
      - if: result.json.all(a, result.json.all(b, result.json.all(c, a.x + b.x + c.x > 0)))
        goto: done
      - goto: done
  - { id: done, finish: { outcome: resolved, summary: Done. } }
`;

async function decided(): Promise<readonly [Operator, OpenTerminal]> {
  const kim = newOperator();
  kim.writeRunbook('expensive', EXPENSIVE);
  const terminal = kim.open(['run', 'expensive', '--step']);
  await terminal.waitFor('List the rows');
  terminal.press('enter');
  return [kim, terminal];
}

test('a condition that takes too much work is shown, and the operator chooses', async () => {
  const [kim, terminal] = await decided();
  await terminal.waitFor('too much work');
  expect(kim.events('step.finished')).toMatchObject([{ step: 'look', status: 'succeeded' }]);
  terminal.press('ctrl-c');
  await terminal.waitFor('Stop here?');
});

test('a run is stopped by SIGTERM while it decides, and resuming comes to the same place', async () => {
  const [kim, terminal] = await decided();
  await vi.waitFor(() => expect(kim.events('step.finished')).toHaveLength(1), 10_000);
  terminal.kill('SIGTERM');
  expect((await terminal.exited).code).toBe(7);
  const again = kim.open(['resume']);
  await again.waitFor('too much work');
});
