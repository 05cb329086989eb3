import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { colouredDiagnostics } from '#report/diagnostics/coloured.ts';
import { DIAGNOSTIC_CODES } from '#runbook/diagnostic.ts';
import { runbookCommand } from '../support/start-command.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const END = '  - { id: done, finish: { outcome: resolved, summary: Done. } }\n';

const named = (name: string, step = 'manual: Look at it', end = END) =>
  `name: ${name}\ntitle: A title\nsummary: A summary.\nsteps:\n  - { id: look, ${step} }\n${end}`;

/** A folder with two good runbooks, a broken one below, and a file of tests. */
function folderOfRunbooks(): string {
  const cwd = temporaryFolder();
  mkdirSync(join(cwd, 'team/deep'), { recursive: true });
  writeFileSync(join(cwd, 'team/one.yaml'), named('one'));
  writeFileSync(join(cwd, 'team/two.yml'), named('two'));
  writeFileSync(join(cwd, 'team/two.test.yaml'), 'cases: nonsense');
  writeFileSync(join(cwd, 'team/deep/bad.yaml'), named('bad', 'manual: Look, phaze: fix'));
  return cwd;
}

describe('what is checked', () => {
  test('a folder stands for the runbooks right in it, without their tests', () => {
    const { stdout, exitCode } = runbookCommand(['validate', 'team'], { cwd: folderOfRunbooks() });
    expect(stdout).toBe('team/one.yaml: valid\nteam/two.yml: valid\n\n2 runbooks, all valid\n');
    expect(exitCode).toBe(0);
  });

  test('a quoted glob is expanded, and a file that is named twice is checked once', () => {
    const cwd = folderOfRunbooks();
    const args = ['validate', 'team/**/*.y*ml', 'team/one.yaml', './team/one.yaml'];
    const { stdout, exitCode } = runbookCommand(args, { cwd });
    expect(stdout).toContain('team/deep/bad.yaml: invalid: 1 error\n');
    expect(stdout).toContain('3 runbooks, 1 invalid\n');
    expect(stdout).not.toContain('two.test.yaml');
    expect(exitCode).toBe(2);
  });

  test('standard input is a runbook without a file, or has the name that is given', () => {
    const cwd = temporaryFolder();
    const input = named('other');
    expect(runbookCommand(['validate', '-'], { cwd, input })).toMatchObject({
      exitCode: 0,
      stdout: '<stdin>: valid\n',
    });
    const called = runbookCommand(['validate', '-', '--stdin-name', 'team/x.yaml'], { cwd, input });
    expect(called.exitCode).toBe(2);
    expect(called.stdout).toContain('error[name-mismatch]');
    expect(called.stdout).toContain('--> team/x.yaml:1:7');
  });

  test.each([
    ['a folder without runbooks', 'team/empty', 'no runbooks in the folder team/empty'],
    ['a glob that matches nothing', 'team/*.json', 'no runbook matches team/*.json'],
    ['a file that is not there', 'team/three.yaml', 'file not found: team/three.yaml'],
    ['a name that nothing has', 'onee', 'unknown runbook "onee"'],
  ])('%s is said to be so, and nothing is checked', (_, wanted, message) => {
    const cwd = folderOfRunbooks();
    mkdirSync(join(cwd, 'team/empty'));
    const ended = runbookCommand(['validate', wanted, 'team/one.yaml'], { cwd });
    expect(ended).toMatchObject({ exitCode: 2, stdout: '' });
    expect(ended.stderr).toContain(message);
  });

  test('a file that cannot be read is named, and the others are checked all the same', () => {
    const cwd = folderOfRunbooks();
    symlinkSync('gone.yaml', join(cwd, 'team/later.yaml'));
    const { exitCode, stdout, stderr } = runbookCommand(['validate', 'team'], { cwd });
    expect(stdout).toBe('team/one.yaml: valid\nteam/two.yml: valid\n\n2 runbooks, all valid\n');
    expect(stderr).toMatch(/later\.yaml cannot be read/);
    expect(exitCode).toBe(5);
  });

  test('a warning is shown, and only --strict makes it fail', () => {
    const cwd = temporaryFolder();
    const input = named('loose', 'manual: Look at it', '');
    const loose = runbookCommand(['validate', '-'], { cwd, input });
    expect(loose.exitCode).toBe(0);
    expect(loose.stdout).toMatch(/^warning\[/);
    expect(loose.stdout).toContain('<stdin>: valid: 1 warning\n');
    const strict = runbookCommand(['validate', '--strict', '-'], { cwd, input });
    expect(strict.exitCode).toBe(2);
    expect(strict.stdout).toContain('<stdin>: invalid: 1 warning\n');
  });

  test('the cases of a runbook are checked against it when they are named themselves', () => {
    const cwd = folderOfRunbooks();
    const cases = join(cwd, 'team/one.test.yaml');
    writeFileSync(cases, 'cases:\n  - name: looks\n    expect: { path: [look, dnoe] }\n');
    const bad = runbookCommand(['validate', 'team/one.test.yaml'], { cwd });
    expect(bad.stdout).toContain('--> team/one.test.yaml:3:28');
    expect(bad.exitCode).toBe(2);
    writeFileSync(cases, 'cases:\n  - name: looks\n    expect: { path: [look, done] }\n');
    const good = runbookCommand(['validate', 'team/one.test.yaml'], { cwd });
    expect(good).toMatchObject({ exitCode: 0, stdout: 'team/one.test.yaml: valid\n' });
    const alone = runbookCommand(['validate', '-', '--stdin-name', 'x.test.yaml'], { cwd });
    expect(alone.stderr).toContain('no runbook beside x.test.yaml');
  });

  test('nothing of a runbook is ever run', () => {
    const cwd = temporaryFolder();
    const trap = join(cwd, 'trap');
    const step = `effect: change, shell: "touch ${trap}", verify: { shell: "touch ${trap}", until: result.exit_code == 0 }`;
    writeFileSync(join(cwd, 'trap.yaml'), named('trap', step));
    runbookCommand(['validate', './trap.yaml'], { cwd });
    expect(existsSync(trap)).toBe(false);
  });
});

describe('what is said', () => {
  test('as JSON: every file with its diagnostics, and nothing else', () => {
    const cwd = folderOfRunbooks();
    const { stdout, exitCode } = runbookCommand(['validate', '--json', 'team/deep', 'team'], {
      cwd,
    });
    expect(exitCode).toBe(2);
    expect(JSON.parse(stdout)).toEqual({
      files: [
        {
          file: 'team/deep/bad.yaml',
          ok: false,
          diagnostics: [
            {
              severity: 'error',
              code: 'unknown-key',
              message: 'unknown key "phaze"',
              file: 'team/deep/bad.yaml',
              line: 5,
              column: 31,
              endLine: 5,
              endColumn: 36,
              hint: 'did you mean "phase"?',
            },
          ],
        },
        { file: 'team/one.yaml', ok: true, diagnostics: [] },
        { file: 'team/two.yml', ok: true, diagnostics: [] },
      ],
    });
  });

  test('as SARIF: every problem at its place, with a rule that explains it', () => {
    const cwd = folderOfRunbooks();
    writeFileSync(join(cwd, 'team/deep/a b.yaml'), named('a'));
    const { stdout } = runbookCommand(['validate', '--sarif', 'team/deep'], { cwd });
    const log = JSON.parse(stdout);
    const [{ tool, results, artifacts }] = log.runs;
    expect(log.version).toBe('2.1.0');
    expect(artifacts.map(({ location }: { location: { uri: string } }) => location.uri)).toEqual([
      'team/deep/a%20b.yaml',
      'team/deep/bad.yaml',
    ]);
    expect(results[1]).toEqual({
      ruleId: 'unknown-key',
      ruleIndex: DIAGNOSTIC_CODES.indexOf('unknown-key'),
      level: 'error',
      message: { text: 'unknown key "phaze": did you mean "phase"?' },
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: 'team/deep/bad.yaml', index: 1 },
            region: { startLine: 5, startColumn: 31, endLine: 5, endColumn: 36 },
          },
        },
      ],
    });
    const { rules } = tool.driver;
    expect(rules.map(({ id }: { id: string }) => id)).toEqual([...DIAGNOSTIC_CODES]);
    expect(rules[results[1].ruleIndex].shortDescription.text).toBe('This key does not exist here.');
    expect(rules[results[1].ruleIndex].help.markdown).toContain('Correct the spelling');
  });

  test('two formats at once are refused', () => {
    const ended = runbookCommand(['validate', '--json', '--sarif'], { cwd: temporaryFolder() });
    expect(ended.exitCode).toBe(2);
    expect(ended.stderr).toContain('--json and --sarif exclude each other');
  });

  test('colours change nothing but colours', () => {
    const plain = [
      'warning[unknown-key]: a key',
      ' --> x.yaml:5:17',
      '  |',
      '5 |   error[x]: not a heading',
      '  |   ^^^^ did you mean "it"?',
    ].join('\n');
    const coloured = colouredDiagnostics(plain);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours begin with one
    expect(coloured.replace(/\u001b\[[\d;]*m/g, '')).toBe(plain);
    expect(coloured).toContain('\u001b[1;35m^^^^ did you mean');
  });
});
