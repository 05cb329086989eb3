import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runbookCommand } from '../support/start-command.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const FULL = 'FATAL:  sorry, too many clients already';

function match(args: readonly string[], input = '', env: Readonly<Record<string, string>> = {}) {
  const cwd = temporaryFolder();
  return runbookCommand(['match', ...args], { cwd, input, env });
}

test('an error that is given as it is gets its category, its evidence and what to type', () => {
  const { stdout, exitCode } = match(['java.sql.SQLException: Sorry, acquisition timeout!']);
  expect(stdout).toContain('pool-exhaustion: an exhausted connection pool');
  expect(stdout).toContain('"sorry, acquisition timeout"');
  expect(stdout).toContain('runbook run pool-exhausted\n');
  expect(exitCode).toBe(0);
});

test('a log is counted by category, the commonest first, with its times', () => {
  const log = [
    `2026-11-20 08:14:02 UTC [1] ${FULL}`,
    '2026-11-20 08:14:03 UTC [2] LOG:  checkpoint complete: wrote 8 buffers',
    `2026-11-20 08:14:04 UTC [3] ${FULL}`,
    '2026-11-20 08:14:05 UTC [4] FATAL:  the database system is shutting down',
  ].join('\n');
  const { stdout } = match([], log);
  expect(stdout).toContain('3 records of 4:');
  const full = stdout.indexOf('too-many-connections: ');
  expect(full).toBeGreaterThan(0);
  expect(stdout.indexOf('server-not-ready: ')).toBeGreaterThan(full);
  expect(stdout).toContain('2×, 2026-11-20 08:14:02 UTC to 2026-11-20 08:14:04 UTC');
});

test('a cause comes before what follows from it, and weak groups last, without a next', () => {
  const full = 'HikariPool-1 - Connection is not available, request timed out after 9ms.';
  const log = [
    full,
    full,
    FULL,
    ...Array<string>(5).fill('Error: connect ETIMEDOUT 10.0.0.5:5499'),
  ];
  const { stdout, exitCode } = match([], log.join('\n'));
  const places = ['too-many-connections: ', 'pool-exhaustion: ', 'connection-timeout: '].map((it) =>
    stdout.indexOf(it),
  );
  expect(places.toSorted((a, b) => a - b)).toEqual(places);
  expect(places[0]).toBeGreaterThan(0);
  expect(stdout.slice(places[2])).not.toContain('  next ');
  expect(exitCode).toBe(0);
});

test('weak groups alone end with 1', () => {
  const { stdout, exitCode } = match([], 'Error: connect ETIMEDOUT 10.0.0.5:5499\n');
  expect(stdout).toContain('weak     it may be another service');
  expect(exitCode).toBe(1);
});

test('nothing that matches ends with 1, and says so', () => {
  const { stdout, exitCode } = match([], 'all is well\n');
  expect(stdout).toContain('None of 1 record speaks of a failed database connection.');
  expect(exitCode).toBe(1);
});

test('--each --json prints an object for every line, in their order', () => {
  const { stdout, exitCode } = match(['--each', '--json'], `${FULL}\n\nhello\r\n`);
  const objects = stdout.trimEnd().split('\n');
  expect(objects.map((line) => JSON.parse(line) as unknown)).toEqual([
    {
      record: FULL,
      category: 'too-many-connections',
      alternatives: [],
      runbook: 'too-many-connections',
      why: expect.stringContaining('too many clients') as string,
    },
    expect.objectContaining({ record: '', category: 'none', runbook: null }),
    expect.objectContaining({ record: 'hello', category: 'none', alternatives: [] }),
  ]);
  expect(exitCode).toBe(0);
});

test('-0 takes records of many lines', () => {
  const record = 'HikariPool-1 - Connection is not available, request timed out after 9ms.';
  const input = `${record}\nCaused by: java.net.UnknownHostException: db\0${FULL}\0`;
  const { stdout } = match(['--each', '--json', '-0'], input);
  const categories = stdout
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as { category: string }).category);
  expect(categories).toEqual(['dns-failure', 'too-many-connections']);
});

test('files are read one after the other', () => {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, 'a.log'), FULL);
  writeFileSync(join(cwd, 'b.log'), `${FULL}\n`);
  const { stdout } = runbookCommand(['match', '--json', 'a.log', 'b.log'], { cwd });
  expect(JSON.parse(stdout)).toMatchObject({ records: 2, matched: 2 });
  const each = runbookCommand(['match', '--each', 'a.log', 'b.log'], { cwd });
  expect(each.stdout.trimEnd().split('\n')).toHaveLength(2);
});

test('a path that leads nowhere is not taken for an error text', () => {
  const { stderr, exitCode } = match(['./nowhere.log']);
  expect(stderr).toContain('file not found: ./nowhere.log');
  expect(exitCode).toBe(2);
});

test('passwords and control characters of a log are not shown', () => {
  const line = `\u001b]0;x\u0007${FULL} postgres://app:hunter2@db/shop password=hunter2 'PWD': 'hunter2'`;
  for (const args of [[], ['--json'], ['--each']]) {
    const { stdout } = match(args, `${line}\n`);
    expect(stdout).toContain('too many clients');
    expect(stdout).not.toContain('hunter2');
    expect(stdout).not.toContain('\u001b');
  }
  expect(match(['--each', '--json'], line).stdout).not.toContain('app:hunter2');
});

test("a runbook of one's own is proposed for its symptoms", () => {
  const cwd = temporaryFolder();
  writeFileSync(
    join(cwd, 'flux.yaml'),
    "name: flux\nsymptoms:\n  - flux lost\n  - pattern: 'shard \\d+ gone'\n",
  );
  const args = ['match', '--dir', '.'];
  const { stdout } = runbookCommand(args, {
    cwd,
    input: 'flux lost\nshard 7 gone\nshard x gone\n',
  });
  expect(stdout).toContain('2 records of 3:');
  expect(stdout).toContain('runbook run flux');
});

test('what there is no runbook for is said to be so', () => {
  const { stdout } = match([
    'could not translate host name "db" to address: Name or service not known',
  ]);
  expect(stdout).toContain('dns-failure');
  expect(stdout).toMatch(/runbook run dns|there is no runbook "dns" here/);
});

test('a long log takes no more memory than a short one', () => {
  const lines = Array.from(
    { length: 300_000 },
    (_, index) => `${index} ${FULL} for user u${index}`,
  );
  const { stdout, exitCode } = match(['--json'], lines.join('\n'), {
    NODE_OPTIONS: '--max-old-space-size=48',
  });
  expect(JSON.parse(stdout)).toMatchObject({ records: 300_000, matched: 300_000 });
  expect(exitCode).toBe(0);
});
