import { expect, test } from 'vitest';
import { inTerminal } from '../../support/in-terminal.ts';
import { isRunning, runScript } from '../../support/run-script.ts';

test('an interactive script gets the terminal and its variables, and gives the terminal back', async () => {
  const session = inTerminal(
    'test -t 0 && test -t 1; read -rp "name: " name; echo "$name, $GIVEN"',
    { env: { GIVEN: 'by the action' } },
  );
  await session.says('name: ');
  session.type('Ada\r');
  await session.says('Ada, by the action');
  await session.says('ready for more');
  expect(session.outcome()).toEqual({
    status: 'succeeded',
    result: { exit_code: 0, signal: null },
  });
  session.type('x\r');
  await session.says('then typed x');
  expect(session.text()).not.toMatch(/OUTPUT/);
  expect(session.text().match(/released/g)).toHaveLength(1);
});

test('Ctrl-C goes to the script alone', async () => {
  const session = inTerminal(
    'trap "echo caught; exit 7" INT; echo waiting; while :; do sleep 0.1; done',
  );
  await session.says('waiting');
  session.type('\x03');
  await session.says('ready for more');
  expect(session.text()).toMatch(/caught/);
  expect(session.text()).not.toMatch(/SIGINT to the program/);
  expect(session.outcome()).toMatchObject({ status: 'failed', error: { kind: 'exit', code: '7' } });
});

test('a script that Ctrl-C ended was ended by a signal', async () => {
  const session = inTerminal('echo waiting; exec sleep 600');
  await session.says('waiting');
  session.type('\x03');
  await session.says('ready for more');
  expect(session.outcome()).toMatchObject({ error: { kind: 'signal', code: 'SIGINT' } });
});

test('Ctrl-Z does not leave a script behind that nobody can wake', async () => {
  const session = inTerminal('echo waiting; read -r line; echo "got $line"');
  await session.says('waiting');
  session.type('\x1a');
  await session.says(/\^Z/);
  session.type('awake\r');
  await session.says('got awake');
  await session.says('ready for more');
});

test('the terminal is as it was, whatever the script has done to it', async () => {
  const session = inTerminal('stty -echo -icanon -isig; echo changed; kill -9 $$');
  await session.says('ready for more');
  session.type('echoed\r');
  await session.says('then typed echoed');
  expect(session.text().match(/echoed/g)?.length).toBeGreaterThan(1);
  expect(session.outcome()).toMatchObject({ error: { kind: 'signal', code: 'SIGKILL' } });
});

test.each([
  ['its time is over', 1_000, 'timeout', () => {}],
  ['the operator ends it', 20_000, 'cancelled', (pid: number) => process.kill(pid, 'SIGUSR1')],
] as const)('a script on the terminal is ended when %s', async (_, timeoutMs, kind, end) => {
  const session = inTerminal('trap "" TERM; echo "pid $$ ."; while :; do sleep 0.1; done', {
    timeoutMs,
  });
  await session.says(/pid \d+ \./);
  const pid = Number(/pid (\d+)/.exec(session.text())?.[1]);
  end(session.pid);
  await session.says('ready for more');
  expect(session.outcome()).toMatchObject({ status: 'failed', error: { kind } });
  expect(isRunning(pid)).toBe(false);
  session.type('x\r');
  await session.says('then typed x');
});

test('without a terminal to hand over it fails, and nothing has run', async () => {
  const outcome = await runScript('echo ran', { interactive: true, readOnly: false });
  expect(outcome).toMatchObject({ status: 'failed', error: { kind: 'config' } });
  expect(outcome.result).toBeUndefined();
});
