import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { spawn } from '@lydell/node-pty';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { LAUNCHER } from '../support/built-command.ts';
import { runbookCommand } from '../support/start-command.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

// Each command is a process of its own, on a machine that does other things as well.

const RUNBOOK = `name: disk
title: Disk is full
summary: The disk of a host is full.
inputs:
  token: { type: text, secret: true, env: TOKEN }
steps:
  - id: usage
    effect: read
    shell: echo 91; echo "$TOKEN" >&2
    env: { TOKEN: "\${{ inputs.token }}" }
    next:
      - if: int(result.stdout.trim()) > 90
        finding: It is \${{ result.stdout.trim() }} % full.
        goto: full
      - goto: fine
  - { id: full, finish: { outcome: unresolved, summary: It is full. } }
  - { id: fine, finish: { outcome: resolved, summary: There is room. } }
`;

const CASES = `# what df says
inputs: { token: t }
cases:
  - name: full
    steps: { usage: { stdout: "95" } }
    expect: { path: [usage, full], outcome: unresolved }
  - name: room
    steps: { usage: { stdout: "10" } }
    expect: { path: [usage, fine], outcome: resolved }
`;

/** A folder with a runbook and its cases. */
function folderWith(cases: string | undefined = CASES): string {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'disk.yaml'), RUNBOOK);
  if (cases !== '') writeFileSync(join(folder, 'disk.test.yaml'), cases);
  return folder;
}

describe('runbook test', () => {
  test('says of each runbook how many cases passed and how much they cover', () => {
    const { stdout, exitCode } = runbookCommand(['test', 'disk.yaml'], { cwd: folderWith() });
    expect(stdout).toMatch(/✓ disk {2}2 cases, 100 % of 4 branches taken/);
    expect(stdout).toContain('2 passed');
    expect(exitCode).toBe(0);
  });

  test('shows a case that fails with its place, without colours, and exits with 1', () => {
    const cwd = folderWith(CASES.replace('"95"', '"15"'));
    const { stdout, exitCode } = runbookCommand(['test', 'disk.yaml'], { cwd });
    expect(stdout).toContain('✗ full  disk.test.yaml:4');
    expect(stdout).toContain('--> disk.test.yaml:6:29');
    expect(stdout).toContain('1 failed, 1 passed');
    expect(stdout).not.toContain('\u001b');
    expect(exitCode).toBe(1);
  });

  test('exits with 2 for cases that are not valid, and for none at all', () => {
    const misspelt = folderWith(CASES.replace('stdout: "95"', 'stdot: "95"'));
    const wrong = runbookCommand(['test', 'disk.yaml'], { cwd: misspelt });
    expect(wrong.stdout).toContain('did you mean "stdout"?');
    expect(wrong.exitCode).toBe(2);
    const none = runbookCommand(['test', 'disk.yaml'], { cwd: folderWith('') });
    expect(none.stderr).toContain('disk has no cases');
    expect(none.exitCode).toBe(2);
  });

  test('takes names, files, folders and globs', () => {
    const cwd = folderWith();
    for (const wanted of ['disk.yaml', 'disk.test.yaml', './', '*.yaml']) {
      const { stdout } = runbookCommand(['test', wanted], { cwd });
      expect([wanted, stdout]).toEqual([wanted, expect.stringContaining('2 passed')]);
    }
    expect(runbookCommand(['test', 'disk', '--dir', '.'], { cwd }).stdout).toContain('2 passed');
  });

  test('picks cases by their names; a text that is in none is a mistake', () => {
    const cwd = folderWith();
    const one = runbookCommand(['test', 'disk.yaml', '--filter', 'roo'], { cwd });
    expect([one.stdout, one.exitCode]).toEqual([expect.stringContaining('1 passed'), 0]);
    const none = runbookCommand(['test', 'disk.yaml', '--filter', 'x'], { cwd });
    expect([none.stdout, none.exitCode]).toEqual([
      expect.stringContaining('no case name contains "x"'),
      2,
    ]);
  });

  test('names the branches that no case takes, and can insist on them', () => {
    const cwd = folderWith(CASES.slice(0, CASES.indexOf('  - name: room')));
    const { stdout, exitCode } = runbookCommand(
      ['test', 'disk.yaml', '--coverage', '--min-coverage', '80'],
      { cwd },
    );
    expect(stdout).toContain('○ usage → clause 2, the default (line 15) never taken');
    expect(stdout).toContain('○ fine → never reached (line 17)');
    expect(stdout).toContain('2 of 4 branches taken (50 %); 80 % is required');
    expect(exitCode).toBe(1);
  });

  test('writes JUnit XML and JSON', () => {
    const cwd = folderWith(CASES.replace('"95"', '"15"'));
    const args = ['test', 'disk.yaml', '--json', '--junit', 'out.xml'];
    const { stdout } = runbookCommand(args, { cwd });
    expect(JSON.parse(stdout)).toMatchObject({
      ok: false,
      files: [{ file: 'disk.test.yaml', cases: [{ name: 'full', ok: false }, { ok: true }] }],
    });
    const xml = readFileSync(join(cwd, 'out.xml'), 'utf8');
    expect(xml).toContain('<testsuite name="disk" tests="2" failures="1" errors="0"');
    expect(xml).toContain('<failure message="the run took another path">');
    expect(xml).toContain('-&gt; disk.test.yaml'.slice(1));
  });

  test('records a case from a run, which passes and holds no secret', () => {
    const cwd = folderWith(
      '# my cases\ncases:\n  - name: full # first\n    inputs: { token: t }\n    steps: { usage: { stdout: "95" } }\n    expect: { outcome: unresolved }\n',
    );
    const env = { TOKEN: 'a-very-secret-token', RUNBOOK_PATH: cwd };
    expect(runbookCommand(['run', 'disk'], { cwd, env }).exitCode).toBe(1);
    const printed = runbookCommand(['test', '--from-run', 'latest'], { cwd, env });
    expect(printed).toMatchObject({ exitCode: 0, stderr: '' });
    expect(printed.stdout).toContain('usage: { stdout: "91\\n" }');
    expect(printed.stdout).not.toContain('a-very-secret-token');
    expect(runbookCommand(['test', '--from-run', 'latest', '--write'], { cwd, env })).toMatchObject(
      { exitCode: 0, stderr: '' },
    );
    const written = readFileSync(join(cwd, 'disk.test.yaml'), 'utf8');
    expect(written).toContain('# my cases\ncases:\n  - name: full # first\n');
    const both = runbookCommand(['test', 'disk'], { cwd, env });
    expect([both.stdout, both.exitCode]).toEqual([expect.stringContaining('2 passed'), 0]);
    const again = runbookCommand(['test', '--from-run', 'latest', '--write'], { cwd, env });
    expect([again.exitCode, again.stderr]).toEqual([2, expect.stringContaining('already')]);
  });

  test('prints the schema that editors complete cases with', () => {
    const { stdout } = runbookCommand(['schema', '--test'], { cwd: temporaryFolder() });
    expect(Object.keys(JSON.parse(stdout).properties)).toEqual([
      'inputs',
      'targets',
      'steps',
      'cases',
    ]);
  });
});

describe('runbook test --watch', () => {
  test('tests again when a file changes and on Enter, and ends in order on Ctrl-C and q', async () => {
    for (const [end, code] of [
      ['\u0003', 0],
      ['q', 1],
    ] as const) {
      const cwd = folderWith();
      const terminal = spawn(process.execPath, [LAUNCHER, 'test', 'disk.yaml', '--watch'], {
        cwd,
        cols: 100,
        rows: 40,
      });
      onTestFinished(() => terminal.kill());
      let shown = '';
      terminal.onData((data) => {
        shown += data;
      });
      const exited = new Promise<number>((done) =>
        terminal.onExit(({ exitCode }) => done(exitCode)),
      );
      const says = (text: string) => vi.waitFor(() => expect(shown).toContain(text), 15_000);
      await says('2 passed');
      await says('q: quit');
      shown = '';
      writeFileSync(join(cwd, 'disk.test.yaml'), CASES.replace('"95"', '"15"'));
      await says('1 failed');
      await says('q: quit');
      if (code === 0) {
        shown = '';
        writeFileSync(join(cwd, 'disk.yaml'), RUNBOOK.replace('> 90', '> 14'));
        await says('2 passed');
        await says('q: quit');
      }
      shown = '';
      terminal.write('\r');
      await says('q: quit');
      terminal.write(end);
      expect(await exited).toBe(code);
    }
  });
});
