import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ConfigOperator, PRINTING } from '../../support/config-operator.ts';

const CONFIG = `environments:
  prod:
    inputs: { token: { command: "touch ran; echo hunter22" }, who: them }
`;
const RUN = ['run', 'printing', '--env', 'prod'];

function operator(config = CONFIG): ConfigOperator {
  const kim = new ConfigOperator();
  kim.writeRunbook('printing', PRINTING);
  kim.writeProjectConfig(config);
  return kim;
}

async function trust(kim: ConfigOperator, answer: string): Promise<number> {
  const terminal = kim.open(['trust']);
  await terminal.waitFor('Allow them to run?');
  expect(terminal.text()).toContain('environments.prod.inputs.token');
  expect(terminal.text()).toContain('touch ran; echo hunter22');
  terminal.type(answer);
  terminal.press('enter');
  return (await terminal.exited).code;
}

const hasRun = (kim: ConfigOperator) => existsSync(join(kim.work, 'ran'));

describe('a command of a project’s config file', () => {
  test('does not run before somebody has said so', async () => {
    const kim = operator();
    const run = await kim.run(RUN);
    expect(run).toMatchObject({ code: 5, stdout: '' });
    expect(run.stderr).toContain('the commands of this project are not trusted');
    expect(run.stderr).toContain('runbook trust');
    const doctor = await kim.run(['doctor']);
    expect(doctor.code).toBe(5);
    expect(doctor.stdout).toContain('not trusted');
    for (const args of [['list'], ['validate'], ['trust']]) await kim.run(args);
    expect(hasRun(kim)).toBe(false);
  });

  test('runs once they have been shown and somebody has typed yes', async () => {
    const kim = operator();
    expect(await trust(kim, 'y')).toBe(4);
    expect((await kim.run(RUN)).code).toBe(5);
    expect(await trust(kim, 'yes')).toBe(0);
    expect((await kim.run(RUN)).code).toBe(0);
    expect(hasRun(kim)).toBe(true);
  });

  test('does not run any more when a command has changed or moved, or trust was taken back', async () => {
    const kim = operator();
    await trust(kim, 'yes');
    kim.writeProjectConfig(`${CONFIG}    description: what else changes does not count\n`);
    expect((await kim.run(RUN)).code).toBe(0);
    for (const changed of [CONFIG.replace('touch', 'cat'), CONFIG.replace('token:', 'other:')]) {
      kim.writeProjectConfig(changed);
      expect((await kim.run(['doctor', 'printing', '--env', 'prod'])).stdout).toContain(
        'not trusted',
      );
    }
    kim.writeProjectConfig(CONFIG);
    expect((await kim.run(RUN)).code).toBe(0);
    expect((await kim.run(['trust', '--forget'])).code).toBe(0);
    expect((await kim.run(RUN)).code).toBe(5);
  });

  test('is not trusted without a terminal', async () => {
    const said = await operator().run(['trust']);
    expect(said.code).toBe(4);
    expect(said.stderr).toContain('confirm in a terminal: runbook trust');
  });
});

test('the commands of the user’s own config file need no trust', async () => {
  const kim = new ConfigOperator();
  kim.writeRunbook('printing', PRINTING);
  kim.writeUserConfig(CONFIG);
  expect((await kim.run(RUN)).code).toBe(0);
});

test('what a project says besides commands needs no trust', async () => {
  const kim = operator(CONFIG.replace('{ command: "touch ran; echo hunter22" }', 'env:SOME'));
  const said = await kim.run(RUN, { SOME: 'aaaa' });
  expect(said.stdout).toContain('who=them');
  expect((await kim.run(['trust'])).stdout).toContain('runs no commands');
});

test('where there is no project’s config file, runs no commands', async () => {
  const said = await new ConfigOperator().run(['trust']);
  expect(said).toMatchObject({ code: 2, stdout: '' });
  expect(said.stderr).toContain('no runbook.config.yaml in this folder');
});
