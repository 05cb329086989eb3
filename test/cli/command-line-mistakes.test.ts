import { expect, test } from 'vitest';
import { runbookCommand } from '../support/start-command.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

test.each<[string, readonly string[], string]>([
  ['a misspelt command', ['triag'], 'did you mean "triage"?'],
  ['the name of a runbook', ['pool-exhausted'], 'did you mean "runbook run pool-exhausted"?'],
  ['an error', ['FATAL: sorry'], "for the runbook of an error: runbook match 'FATAL: sorry'"],
  ['anything else', ['zzzz'], 'runbook --help names the commands, runbook list the runbooks'],
  ['a runbook left out', ['run'], 'runbook list shows those there are'],
  ['a misspelt option', ['run', 'pool-exhausted', '--inputs', 'a'], 'did you mean "--input"?'],
  ['a missing value', ['run', 'pool-exhausted'], 'export DATABASE_URL=…, or give it with --input'],
  [
    'an option given twice',
    ['run', 'triage', '--env', 'a', '--env', 'b'],
    '--env is given 2 times',
  ],
  ['no URL', ['run', 'pool-exhausted', '-i', 'database_url=db1'], ' a URL such as postgres://'],
])('%s ends with 2, and with what to type next', (_, args, next) => {
  const { exitCode, stdout, stderr } = runbookCommand(args, { cwd: temporaryFolder() });
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  expect(stderr).toContain(next);
});

test('help COMMAND is the help of that command', () => {
  const { stdout } = runbookCommand(['help', 'resume'], { cwd: temporaryFolder() });
  expect(stdout).toMatch(/^Usage: runbook resume /);
});
