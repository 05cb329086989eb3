import { describe, expect, test } from 'vitest';
import { ConfigOperator } from '../../support/config-operator.ts';

const END = '  - id: done\n    finish: { outcome: resolved, summary: Done. }\n';
const PARENT = `name: parent\ntitle: Parent\nsummary: S.\nsteps:\n  - { id: inner, runbook: child }\n${END}`;

/** Somebody with a runbook that runs another one, which needs a variable, a number and a host. */
function operator(): ConfigOperator {
  const kim = new ConfigOperator();
  kim.write('work/runbooks/parent.yaml', PARENT);
  kim.write(
    'work/runbooks/child.yaml',
    `name: child
title: Child
summary: S.
inputs:
  token: { env: CHILD_TOKEN, secret: true }
  number: { type: number, default: 1 }
targets: { host: { ssh: nobody@192.0.2.1 } }
steps:
  - id: change
    on: host
    shell: restart \${{ inputs.number }} "$T"
    env: { T: "\${{ inputs.token }}" }
    effect: change
${END}`,
  );
  kim.write(
    'work/runbook.config.yaml',
    'environments: { here: { inputs: { number: 5 }, targets: { host: { local: true } } } }\n',
  );
  return kim;
}

describe('a runbook that runs as a step', () => {
  const run = ['run', 'parent', '--plain', '--auto'];

  test('has the inputs, targets and variables of the environment, up to its gate', async () => {
    const { stdout } = await operator().run([...run, '--env', 'here'], { CHILD_TOKEN: 'hunter2' });
    expect(stdout).toContain('environment here');
    expect(stdout).toMatch(/on inner\/host · this machine\n/);
    expect(stdout).toContain('| restart 5 "$T"');
    expect(stdout).toContain('T=‹secret:child.token›');
    expect(stdout).not.toContain('hunter2');
  });

  test('has its own without an environment', async () => {
    const { stdout } = await operator().run(run, { CHILD_TOKEN: 'hunter2' });
    expect(stdout).toContain('nobody@192.0.2.1');
    expect(stdout).toContain('number = 1');
    // Nobody answers at its address, so there is no gate.
    expect(stdout).toMatch(/▶ change \(inner\/change\)[^▶]*failed/);
  });

  test('without a value for an input fails with the reason in plain lines', async () => {
    const { stdout } = await operator().run([...run, '--env', 'here']);
    expect(stdout).toContain('the input "token" has no value: start the run with CHILD_TOKEN set');
  });
});
