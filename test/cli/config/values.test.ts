import { describe, expect, test } from 'vitest';
import { runCommand } from '#cli/environment/run-command.ts';
import { widthOf } from '#text/width.ts';
import { headerLine } from '#ui/panes/header.ts';
import { viewOf } from '../../fixtures/event-log.ts';
import { atGate } from '../../fixtures/pool-exhausted-log.ts';
import { ConfigOperator, PRINTING } from '../../support/config-operator.ts';

function operator(config = ''): ConfigOperator {
  const kim = new ConfigOperator();
  kim.writeRunbook('printing', PRINTING);
  if (config !== '') kim.writeUserConfig(config);
  return kim;
}

/** Environment `prod` with these inputs, one a line. */
function prod(...inputs: readonly string[]): string {
  return [
    'environments:',
    '  prod:',
    '    inputs:',
    ...inputs.map((one) => `      ${one}`),
    '',
  ].join('\n');
}

describe('an environment gives a run its values', () => {
  test('from a variable, a file, a command, or as they stand there', async () => {
    const kim = operator(
      prod('token: env:PROD_TOKEN', 'who: file:~/who', 'idle_for: 15m', 'count: 7'),
    );
    kim.write('who', 'the file\n');
    const said = await kim.run(['run', 'printing', '--env', 'prod'], { PROD_TOKEN: 'hunter22' });
    expect(said).toMatchObject({ code: 0, stderr: '' });
    expect(said.stdout).toContain('token=‹secret:token›');
    expect(said.stdout).toContain('who=‹secret:who› idle_for=15m count=7');
    expect(said.stdout).toContain('environment prod');
    expect(kim.events('run.started')[0]).toMatchObject({
      environment: 'prod',
      inputs: [
        { name: 'token', secret: true, value: '‹secret:token›' },
        { name: 'who', secret: true, value: '‹secret:who›' },
        { name: 'idle_for', secret: false, value: '15m' },
        { name: 'count', secret: false, value: 7 },
      ],
    });
    const { stdout } = await kim.run(['transcript']);
    expect(stdout).toContain('- Environment: `prod`');
  });

  test('from a command, also as a mapping, run by bash in the folder of the file', async () => {
    const kim = operator(prod('token: { command: "printf %s \\"$(basename \\"$PWD\\")$X\\"" }'));
    const said = await kim.run(['run', 'printing', '--env', 'prod'], { X: '-123456789' });
    expect(said.stdout).toMatch(/^ {11}17$/m);
  });

  test('of what a store prints, a text is all of it, anything else the first line', async () => {
    const kim = operator(prod('token: "command: store"', 'count: "command: store"'));
    kim.writeProgram('store', 'echo 12; echo login: app');
    const said = await kim.run(['run', 'printing', '--env', 'prod']);
    expect(said.stdout).toContain('count=12');
    expect(said.stdout).toMatch(/^ {11}13$/m);
  });

  test('as a text whatever it begins with, when it says so', async () => {
    const kim = operator(prod('token: "text:env:NOT_ONE"', 'who: { text: "file:none" }'));
    const said = await kim.run(['run', 'printing', '--env', 'prod']);
    expect(said.stdout).toContain('who=file:none');
    expect(said.stdout).toMatch(/^ {11}11$/m);
  });

  test('before the variable that the runbook names, and after --input', async () => {
    const kim = operator(prod('token: aaaa', 'who: environment', 'idle_for: 15m'));
    const env = { TOKEN: 'bbbbbb', WHO: 'variable' };
    const one = await kim.run(['run', 'printing', '--env', 'prod', '-i', 'idle_for=2h'], env);
    expect(one.stdout).toContain('who=environment idle_for=2h count=1');
    const none = await kim.run(['run', 'printing'], env);
    expect(none.stdout).toContain('who=variable idle_for=1m count=1');
  });

  test('of which a runbook takes those that it has', async () => {
    const kim = operator(prod('token: aaaa', 'something_else: "command: exit 9"'));
    expect((await kim.run(['run', 'printing', '--env', 'prod'])).code).toBe(0);
  });
});

describe('--input says where a value is kept as a config file does', () => {
  test.each([
    ['env:SOME_TOKEN', { SOME_TOKEN: 'hunter22' }],
    ['file:../token', {}],
    ['command: cat ../token', {}],
    ['text:hunter22', {}],
    ['hunter22', {}],
  ])('%s', async (written, env) => {
    const kim = operator();
    kim.write('token', 'hunter22\n');
    const said = await kim.run(['run', 'printing', '--input', `token=${written}`], env);
    expect(said).toMatchObject({ code: 0, stderr: '' });
    expect(said.stdout).toMatch(/^ {11}8$/m);
    expect(said.stdout).not.toContain('hunter22');
  });

  test('and says what is wrong', async () => {
    const said = await operator().run(['run', 'printing', '-i', 'token=env:NOBODY']);
    expect(said).toMatchObject({ code: 5, stdout: '' });
    expect(said.stderr).toContain('--input token has no value: NOBODY is not set');
  });
});

describe('a value that cannot be had', () => {
  test.each([
    ['env:NOBODY', 'NOBODY is not set'],
    ['env:EMPTY', 'EMPTY is empty'],
    ['file:nowhere', '~/.config/runbook/nowhere does not exist'],
    ['file:~/nothing', '~/nothing is empty'],
    ['file:~', '~ is not a file'],
    ['command:exit 3', 'it exited with code 3'],
    ['command:true', 'it printed nothing'],
    ['command:kill -9 $$', 'it was killed by SIGKILL'],
    ['command:yes hunter2$((1 + 1))', 'it printed more than 64 KiB'],
  ])('%s: the run does not start, and says why and where', async (written, reason) => {
    const kim = operator(prod(`token: ${written}`));
    kim.write('nothing', ' \n');
    const said = await kim.run(['run', 'printing', '--env', 'prod'], { EMPTY: '' });
    expect(said).toMatchObject({ code: 5, stdout: '' });
    expect(said.stderr).toContain(`environments.prod.inputs.token has no value: ${reason}`);
    expect(said.stderr).toContain(`~/.config/runbook/config.yaml:4:14, ${written.slice(0, 5)}`);
    expect(said.stderr).not.toContain('hunter22');
  });

  test('by a command that fails: what it complained of is shown, what it printed never', async () => {
    const kim = operator(
      prod('token: "command: echo hunter22; echo no entry for hunter22 >&2; exit 1"'),
    );
    const { stderr } = await kim.run(['run', 'printing', '--env', 'prod']);
    expect(stderr).toMatch(
      /exited with code 1\n.*config\.yaml:4:14, command: .*\n {2}no entry for ‹secret:printed›\n/,
    );
    expect(stderr.replace(/, command: .*/, '')).not.toContain('hunter22');
  });

  test('although nothing needs it: the run goes on, and says so', async () => {
    const kim = operator(prod('token: aaaa', 'who: env:NOBODY'));
    const said = await kim.run(['run', 'printing', '--env', 'prod']);
    expect(said.code).toBe(0);
    expect(said.stdout).toContain('who=nobody');
    expect(said.stderr).toMatch(/NOBODY is not set[\s\S]*The run continues without it/);
  });

  test('because it is of the wrong type: its place is said, and no secret', async () => {
    const kim = operator(prod('token: aaaa', 'idle_for: soon'));
    const said = await kim.run(['run', 'printing', '--env', 'prod']);
    expect(said.code).toBe(5);
    expect(said.stderr).toContain('"idle_for" has to be a duration such as 10m, and "soon" is not');
    expect(said.stderr).toContain('config.yaml:5:17');
  });

  test('in time: the command and all it has started is ended', async () => {
    const end = await runCommand('echo on its way >&2; sleep 60 | sleep 60', {
      folder: '/',
      hasTerminal: false,
      timeoutMs: 300,
    });
    expect(end).toEqual({
      ok: false,
      reason: 'it did not end within 300 ms',
      said: 'on its way\n',
    });
  });

  test('because there is no such environment: those there are are named', async () => {
    const said = await operator(prod('token: aaaa')).run(['run', 'printing', '--env', 'prdo']);
    expect(said).toMatchObject({ code: 2, stdout: '' });
    expect(said.stderr).toMatch(/unknown environment "prdo"\n {2}did you mean "prod"\?/);
    const none = await operator().run(['run', 'printing', '--env', 'prod']);
    expect(none.stderr).toContain('no config file defines environments');
  });
});

test('without --env no environment is used', async () => {
  const said = await operator(prod('token: aaaa')).run(['run', 'printing']);
  expect(said).toMatchObject({ code: 2, stdout: '' });
  expect(said.stderr).toContain('missing input: token (or TOKEN)');
  expect(said.stderr).toContain('pass --input token=…, or --env prod');
});

test('a command may ask for a PIN on the terminal, before anything of the run is shown', async () => {
  const kim = operator(prod('token: "command: ask-pin"', 'who: "command: ask-pin"', 'count: 7'));
  kim.writeProgram(
    'ask-pin',
    `exec 3<>/dev/tty; printf 'PIN for %s: ' "$(tty <&0)" >&3; read -rs pin <&3; echo >&3
[ "$pin" = 4711 ] && echo hunter22-of-the-store || { echo wrong PIN >&2; exit 2; }`,
  );
  const terminal = kim.open(['run', 'printing', '--env', 'prod', '--plain']);
  await terminal.waitFor(/PIN for \/dev\//);
  terminal.type('4711');
  terminal.press('enter');
  await terminal.waitFor('environment prod');
  // The command is the same for both: it is asked once.
  expect(terminal.received.match(/PIN for/g)).toHaveLength(1);
  await terminal.waitFor('Print them');
  expect(terminal.received).not.toContain('hunter22');
  expect(terminal.received).not.toContain('4711');

  const wrong = kim.open(['run', 'printing', '--env', 'prod', '--plain']);
  await wrong.waitFor('PIN for');
  wrong.type('1');
  wrong.press('enter');
  expect((await wrong.exited).code).toBe(5);
  expect(wrong.text()).toMatch(/wrong PIN[\s\S]*token has no value: it exited with code 2/);
});

test('the screen shows the environment beside how the run is meant', () => {
  const shown = (environment?: string) => {
    const view = { ...viewOf(atGate), ...(environment === undefined ? {} : { environment }) };
    return headerLine(view, 80, 0)
      .map(({ text }) => text)
      .join('');
  };
  expect(shown('prod')).toMatch(/prod +LIVE/);
  expect(shown()).not.toContain('prod');
  expect(widthOf(shown('prod'))).toBeLessThanOrEqual(80);
});

test('a file that everybody can read is warned of', async () => {
  const kim = operator(prod('token: file:~/token'));
  kim.write('token', 'hunter22', 0o644);
  const { code, stderr } = await kim.run(['run', 'printing', '--env', 'prod']);
  expect({ code, stderr }).toEqual({
    code: 0,
    stderr: 'runbook: all users can read ~/token: chmod 600 ~/token\n',
  });
});
