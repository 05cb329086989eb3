import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runbookCommand } from '../support/start-command.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** Nothing listens there, so that every walk ends at the port. */
const NOBODY = 'postgres://app:s3cr3t-word@127.0.0.1:1/shop';
const POOL = 'TimeoutError: QueuePool limit of size 5 overflow 10 reached';

function triage(
  args: readonly string[],
  { log = '', env = {} }: { log?: string; env?: Readonly<Record<string, string>> } = {},
) {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, 'app.log'), log);
  const state = join(cwd, 'state');
  const said = runbookCommand(['triage', ...args], {
    cwd,
    env: { RUNBOOK_STATE: state, DATABASE_URL: NOBODY, ...env },
  });
  const started = () => startOf(state);
  const inputs = () =>
    Object.fromEntries(started().inputs.map(({ name, value }) => [name, value] as const));
  return { ...said, started, inputs };
}

type Started = { readonly inputs: readonly { readonly name: string; readonly value?: unknown }[] };

/** The start of the only run, as its record has it. */
function startOf(state: string): Started {
  const [run = ''] = readdirSync(join(state, 'runs'));
  const [first = ''] = readFileSync(join(state, 'runs', run, 'journal.jsonl'), 'utf8').split('\n');
  return JSON.parse(first).event;
}

test('the walk stops at the layer that is broken, and waits for the operator', () => {
  const { stdout, exitCode } = triage([]);
  expect(stdout).toContain('found: Config: the URL points to postgres on 127.0.0.1, port 1');
  expect(stdout).toMatch(
    /found: TCP: refused after [\d.]+ ms: connect ECONNREFUSED 127\.0\.0\.1:1/,
  );
  expect(stdout).toContain('refused: open this runbook?');
  expect(stdout).not.toContain('s3cr3t-word');
  expect(exitCode).toBe(4);
});

test('an error is classified, said, and handed over as a hint', () => {
  const { stdout, inputs } = triage(['--error', POOL]);
  expect(stdout).toMatch(/^pool-exhaustion, by .*queuepool limit/);
  expect(inputs()).toMatchObject({ hint: 'pool-exhaustion' });
});

test('of a log the commonest error counts, but a cause before its consequence', () => {
  const log = (line: string) => `${POOL}\n${line}\n${POOL}\nall is well\n`;
  const commonest = triage(['--log', 'app.log'], {
    log: log('ERROR:  cannot execute INSERT in a read-only transaction'),
  });
  expect(commonest.stdout).toMatch(/^pool-exhaustion, 2 times, by /);
  expect(commonest.inputs()).toMatchObject({ hint: 'pool-exhaustion' });
  const cause = triage(['--log', 'app.log'], {
    log: log('FATAL:  sorry, too many clients already'),
  });
  expect(cause.inputs()).toMatchObject({ hint: 'too-many-connections' });
});

test('an error that nobody knows is no hint, and does not keep from looking', () => {
  const { stdout, inputs } = triage(['--error', 'something went wrong']);
  expect(stdout).toContain('No database error was recognized.');
  expect(stdout).toContain('found: TCP: refused');
  expect(inputs()).toMatchObject({ hint: null });
});

test('what the next runbook has to be told again is kept, and never a secret itself', () => {
  const elsewhere = triage(
    ['--input', 'database_url=env:SHOP_URL', '--input', `admin_url=${NOBODY}`],
    { env: { SHOP_URL: NOBODY, DATABASE_URL: '' } },
  );
  expect(elsewhere.started()).toMatchObject({ options: '--input database_url=env:SHOP_URL' });
  expect(triage([]).started()).not.toHaveProperty('options');
});

test('an error that is no option is refused with what would be right', () => {
  const { stderr, exitCode } = triage(['connection refused']);
  expect(stderr).toContain('--error TEXT');
  expect(exitCode).toBe(2);
});

test('a log that is not there is said to be so', () => {
  const { stderr, exitCode } = triage(['--log', 'none.log']);
  expect(stderr).toContain('none.log cannot be read');
  expect(exitCode).toBe(5);
});
