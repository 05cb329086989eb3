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

test('the summary of a long run is one page; m shows all of it, and only Enter alone takes over', async () => {
  const kim = newOperator();
  kim.writeRunbook('relay', RELAY);
  kim.writeWork('go', '');
  const first = kim.open(['run', 'relay', '--auto']);
  await first.waitFor('Type relay to run it:');
  for (let note = 1; note <= 12; note += 1) {
    first.press('ctrl-n');
    await first.waitFor('> ▏');
    first.type(`note ${note} of them`);
    await first.waitFor(`note ${note} of them▏`);
    first.press('enter');
    await first.waitFor('noted');
  }
  first.kill('SIGKILL');
  await first.exited;

  const second = kim.open(['resume'], LEE);
  const page = await second.waitFor('Enter takes over the run, m shows all');
  expect(page).toMatch(/^Handover: A relay[\s\S]*interrupted while kim ran it/);
  expect(page).toMatch(/Found\n.*Something is stuck\.\nChanged\n {2}nothing\nPending/);
  expect(page).toMatch(
    /“Fix it”: Confirm this change\?[\s\S]*Notes \(\d of 12\)[\s\S]*note 12 of them/,
  );
  expect(page).not.toContain('note 1 of them');
  second.type('b');
  second.press('enter');
  await second.waitFor(/cancels: b\n[\s\S]*Enter takes over the run/);
  expect(kim.events('run.resumed')).toEqual([]);
  second.type('m');
  second.press('enter');
  await second.waitFor(/note 4 of them[\s\S]*note 12 of them[\s\S]*Enter takes over the run/);
  expect(second.history()).toContain('note 1 of them');
  second.press('enter');
  await second.waitFor(/lee on [\s\S]*Type relay to run it:/);
});
