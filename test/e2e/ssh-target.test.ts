import { afterAll, beforeAll, expect, test } from 'vitest';
import { type SshServer, sshd, startSshServer } from '../support/ssh-server.ts';
import { newOperator } from './operator.ts';
import { SIZES } from './screen-sizes.ts';

let server: SshServer | undefined;

beforeAll(async () => {
  if (sshd !== undefined) server = await startSshServer();
});
afterAll(() => server?.stop());

const RUNBOOK = `name: remote
title: Another machine
summary: Over ssh.
inputs: { word: { default: "it's \\"$HOME\\" & more" } }
targets: { web: { ssh: lab } }
steps:
  - { id: look, title: Look there, effect: read, on: web, shell: 'echo "$SSH_CONNECTION" | cut -d" " -f3; printf "%s\\n" \${{ inputs.word }}' }
  - { id: write, title: Write there, phase: fix, effect: change, on: web, shell: 'printf "%s\\n" \${{ inputs.word }} > "$FILE"', env: { FILE: FOLDER/there } }
  - { id: done, title: Over, finish: { outcome: resolved, summary: It was there. } }
`;

test.skipIf(sshd === undefined).each(SIZES)(
  'scripts run on another machine (sshd: sh bin/test-servers.sh), after a gate that names it, at $columns × $rows',
  async (size) => {
    const kim = newOperator({ PATH: server?.env.PATH ?? '' });
    kim.writeRunbook('remote', RUNBOOK.replace('FOLDER', kim.home));
    const terminal = kim.open(['run', 'remote', '--step'], size);
    const first = await terminal.waitFor('── Next ──');
    expect(first).toMatch(/ssh lab +LIVE/);
    terminal.press('enter');
    const looked = await terminal.waitFor(/✓ Look there[\s\S]*── Next ──/);
    expect(looked).toContain('127.0.0.1');
    expect(looked).toContain('it\'s "$HOME" & more');
    terminal.type('!');
    await terminal.waitFor('Shell script on web · ssh lab');
    terminal.type('echo "from $SSH_CONNECTION"');
    terminal.press('enter');
    await terminal.waitFor(/on web · ssh lab[\s\S]*from 127\.0\.0\.1/);
    terminal.press('escape');
    await terminal.waitFor('── Next ──');
    terminal.press('enter');
    const gate = await terminal.waitFor('y run it');
    expect(gate).toContain('kim on web · ssh lab');
    terminal.type('y');
    await terminal.waitFor('RESOLVED');
    expect(kim.readWork('../there')).toBe('it\'s "$HOME" & more\n');
    terminal.type('q');
    expect(await terminal.exited).toEqual({ code: 0, signal: 0 });
  },
);
