import { expect, test } from 'vitest';
import { commandHelp } from '#cli/command-help.ts';
import { COMMANDS } from '#cli/commands.ts';
import { runbookCommand } from '../support/start-command.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

test.each<[string, readonly string[], string]>([
  ['a misspelt command', ['triag'], 'did you mean "triage"?'],
  ['the name of a runbook', ['pool-exhausted'], 'did you mean "runbook run pool-exhausted"?'],
  ['an error', ['FATAL: sorry'], "to look up an error: runbook match 'FATAL: sorry'"],
  ['anything else', ['zzzz'], 'commands: runbook --help. Runbooks: runbook list'],
  ['a missing runbook', ['run'], 'runbook: missing argument: RUNBOOK\n  try: runbook list\n'],
  ['neither a runbook nor a run', ['graph'], 'runbook: missing argument: RUNBOOK\n'],
  [
    'an unknown value',
    ['list', '--severity', 'urgent'],
    'runbook: unknown severity "urgent": expected low, medium, high or critical\n',
  ],
  ['a misspelt value', ['graph', 'dns', '--format=svgg'], 'did you mean "svg"?'],
  ['an unknown value in a list', ['runs', '--status', 'paused,gone'], 'unknown status "gone": '],
  ['an unknown shell', ['completion', 'csh'], 'unknown shell "csh": expected bash, zsh or fish'],
  ['an option without its value', ['list', '--severity'], '--severity requires a value: LEVEL'],
  ['an option for a value', ['run', 'dns', '--env', '--plain'], '--env requires a value'],
  ['a value for a flag', ['list', '--json=yes'], '--json takes no value'],
  ['an extra argument', ['run', 'dns', 'ssl'], 'unexpected argument: "ssl"'],
  ['an unknown part of a command', ['runs', 'shwo'], 'unexpected argument: "shwo"'],
  ['a misspelt option', ['run', 'pool-exhausted', '--inputs', 'a'], 'did you mean "--input"?'],
  ['a missing value', ['run', 'pool-exhausted'], 'export DATABASE_URL=…, or pass --input'],
  [
    'an option given twice',
    ['run', 'triage', '--env', 'a', '--env', 'b'],
    '--env is given more than once',
  ],
  ['no URL', ['run', 'pool-exhausted', '-i', 'database_url=db1'], ' a URL such as postgres://'],
])('%s ends with 2, and with what to type next', (_, args, next) => {
  const { exitCode, stdout, stderr } = runbookCommand(args, { cwd: temporaryFolder() });
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  expect(stderr).toContain(next);
});

test.each([
  [['help', 'resume'], /^Resume a paused or interrupted run\.\n\nUsage: runbook resume /],
  [['runs', 'end', '--help'], /^Mark an abandoned run as aborted\.\n\nUsage: runbook runs end /],
  [['help'], /^ {2}resume +Resume a paused or interrupted run$/m],
])('%j prints help that fits 80 columns', (args, expected) => {
  const { stdout } = runbookCommand(args, { cwd: temporaryFolder() });
  expect(stdout).toMatch(expected);
  expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
});

test.each(Object.entries(COMMANDS))('the help of %s fits 80 columns', (name, command) => {
  const lines = commandHelp(name, command).split('\n');
  expect(lines.filter((line) => line.length > 80)).toEqual([]);
  expect(lines[0]).toMatch(/^[A-Z].*\.$/);
});

test.each([[['-v']], [['--help', '--version']]])('%j prints the version', (args) => {
  const { stdout, exitCode } = runbookCommand(args, { cwd: temporaryFolder() });
  expect({ stdout, exitCode }).toEqual({
    stdout: expect.stringMatching(/^0\.\d+\.\d+ .*\n$/),
    exitCode: 0,
  });
});

test('a misspelled drill starts nothing, and names those that are meant', () => {
  const { stdout, stderr, exitCode } = runbookCommand(['drill', 'pool'], {
    cwd: temporaryFolder(),
  });
  expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 2 });
  expect(stderr).toContain('did you mean one of these? pool-exhausted, ');
});
