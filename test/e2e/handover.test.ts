import { expect, test } from 'vitest';
import { newOperator } from './operator.ts';
import { RELAY } from './relay-runbook.ts';

const LEE = { env: { RUNBOOK_OPERATOR: 'lee' } };

test('a run changes hands at its gate, and the record says so', async () => {
  const kim = newOperator();
  kim.writeRunbook('relay', RELAY);
  kim.writeWork('go', '');
  const first = kim.open(['run', 'relay', '--auto']);
  await first.waitFor('Type relay to run it:');
  expect(await kim.run(['handover', 'latest'])).toMatchObject({
    code: 5,
    stderr: expect.stringMatching(/is being written by process \d+\n {2}leave it there first/),
  });
  first.press('ctrl-c');
  await first.waitFor('Stop here?');
  first.press('ctrl-c');
  expect((await first.exited).code).toBe(7);

  const { code, stdout } = await kim.run(['handover', '--to', 'lee']);
  expect(code).toBe(0);
  expect(stdout).toMatch(
    /Found\n {2}\d\d:\d\d:\d\d Something is stuck\.\n\nChanged\n {2}nothing\n\nPending\n.*“Fix it”: Confirm this change\?/,
  );
  expect(stdout).toContain('kim handed the run over to lee');
  expect(kim.events('run.handed-over')).toMatchObject([{ operator: 'kim', to: 'lee' }]);

  const second = kim.open(['resume'], LEE);
  await second.waitFor(/“Fix it”: Confirm this change\?[\s\S]*Enter takes over the run/);
  expect(kim.events('run.resumed')).toEqual([]);
  second.press('enter');
  await second.waitFor(/lee on [\s\S]*Type relay to run it:/);
  second.type('relay');
  second.press('enter');
  await second.waitFor('RESOLVED');
  second.press('enter');
  expect((await second.exited).code).toBe(0);
  const transcript = (await kim.run(['transcript'])).stdout;
  expect(transcript).toMatch(
    /- Operator: kim on [\s\S]*\n- Handed over: kim handed the run over to lee, .*\n- Resumed by: lee on /,
  );
  expect(transcript).toContain('**kim handed the run over to lee** on');
  expect((await kim.run(['transcript', 'verify'])).code).toBe(0);
  expect(await kim.run(['handover', 'latest'])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('has finished'),
  });
});

test('who takes a run over can leave it as it is; who had it is not told what they know', async () => {
  const kim = newOperator();
  kim.writeRunbook('relay', RELAY);
  const first = kim.open(['run', 'relay', '--step']);
  await first.waitFor('── Next ──');
  first.kill('SIGKILL');
  await first.exited;

  const second = kim.open(['resume', '--plain'], LEE);
  await second.waitFor(
    /interrupted while kim ran it[\s\S]*“Look at it”: Run this step\?[\s\S]*Enter takes over/,
  );
  second.press('ctrl-c');
  expect((await second.exited).code).toBe(7);
  expect(kim.events('run.resumed')).toEqual([]);

  const again = kim.open(['resume']);
  const screen = await again.waitFor('── Next ──');
  expect(screen).not.toContain('Handover');
  expect(again.received).not.toContain('Handover');
});
