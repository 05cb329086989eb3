import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isWanted, type RunFilter, type RunOrder, sortRuns } from '#cli/commands/runs/filter.ts';
import { doomedRuns } from '#cli/commands/runs/prune.ts';
import type { RunRow } from '#events/view/run-row.ts';
import { takeWriterLock } from '#run/journal/file/lock.ts';
import { importRun } from '#run/store/archive.ts';
import { runStore } from '#run/store/file/folders.ts';
import { runbookCommand } from '../support/start-command.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const LOOK = `name: look
title: Look around
severity: low
summary: It looks.
steps:
  - { id: greet, title: Greet, shell: echo hello }
  - { id: done, title: Done, finish: { outcome: resolved, summary: Seen. } }
`;
const ASK = `name: ask
title: Ask somebody
severity: low
summary: It asks.
steps:
  - { id: who, title: Who, ask: Who is it? }
  - { id: done, title: Done, finish: { outcome: escalated, summary: Asked. } }
`;

let cwd = '';
const runbook = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  runbookCommand(args, { cwd, env });
const listed = (args: readonly string[]): readonly RunRow[] =>
  JSON.parse(runbook(['runs', '--json', ...args]).stdout);

beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'runbook-test-'));
  mkdirSync(join(cwd, 'runbooks'));
  writeFileSync(join(cwd, 'runbooks', 'look.yaml'), LOOK);
  writeFileSync(join(cwd, 'runbooks', 'ask.yaml'), ASK);
  runbook(['run', 'look', '--plain', '--auto']);
  runbook(['run', 'ask', '--plain', '--auto'], { RUNBOOK_OPERATOR: 'kim' });
  runbook(['run', 'look', '--plain', '--auto'], { RUNBOOK_OPERATOR: 'kim' });
});

afterAll(() => rmSync(cwd, { recursive: true }));

test('runs are listed newest first, and those asked for only', () => {
  const found = listed([]).map(({ runbook: name, operator }) => `${name} ${operator}`);
  expect(found).toEqual(['look kim', 'ask kim', 'look ada']);
  const args = ['--runbook', 'look', '--operator', 'kim', '--status', 'resolved', '--since', '1h'];
  expect(listed(args)).toHaveLength(1);
});

describe('runs are found by', () => {
  const run = (id: string, outcome: string | undefined, day: string, minutes: number) =>
    ({
      id,
      status: outcome === undefined ? 'paused' : 'finished',
      outcome,
      runbook: id.slice(0, 1),
      operator: id.slice(1),
      startedAt: `2026-11-${day}T10:00:00.000Z`,
      endedAt: `2026-11-${day}T10:${minutes}:00.000Z`,
    }) as RunRow;
  const runs = [
    run('xkim', 'resolved', '03', 10),
    run('ykim', undefined, '02', 30),
    run('xada', 'aborted', '01', 20),
  ];
  const ids = (found: readonly RunRow[]) => found.map(({ id }) => id);
  test.each<readonly [what: string, filter: RunFilter, found: readonly string[]]>([
    ['nothing: all', {}, ['xkim', 'ykim', 'xada']],
    ['who had them', { operator: 'ada' }, ['xada']],
    ['how they stand', { status: ['paused'] }, ['ykim']],
    ['how they ended', { status: ['resolved', 'aborted'] }, ['xkim', 'xada']],
    ['when they began', { since: '2026-11-02T00:00:00.000Z' }, ['xkim', 'ykim']],
  ])('%s', (_, filter, found) => {
    expect(ids(runs.filter((one) => isWanted(one, filter)))).toEqual(found);
  });

  test.each<readonly [order: RunOrder, found: readonly string[]]>([
    ['oldest', ['xada', 'ykim', 'xkim']],
    ['longest', ['ykim', 'xada', 'xkim']],
    ['runbook', ['xkim', 'xada', 'ykim']],
    ['status', ['xada', 'ykim', 'xkim']],
  ])('and in another order: %s', (order, found) => {
    expect(ids(sortRuns(runs, order))).toEqual(found);
  });
});

test.each([
  [['--status', 'pausd'], 'did you mean "paused"?'],
  [['--since', 'yesterday'], 'expected a time\n  e.g. 12h, 30d, 2w or 2026-11-21'],
  [['--sort', 'size'], 'unknown sort "size": expected newest, oldest, longest, runbook or status'],
])('a filter that means nothing is refused: %j', (args, hint) => {
  const { exitCode, stderr } = runbook(['runs', ...args]);
  expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: expect.stringContaining(hint) });
});

test('one run is shown step by step, and how to go on', () => {
  const [paused] = listed(['--status', 'paused']);
  const { stdout } = runbook(['runs', 'show', paused?.id ?? '']);
  expect(stdout).toContain(`${paused?.id} · paused`);
  expect(stdout).toMatch(/Who \(who\)/);
  expect(stdout).toContain(`runbook resume ${paused?.id}`);
  expect(stdout).not.toContain('(done)');
  const shown = JSON.parse(runbook(['runs', 'show', paused?.id ?? '', '--json']).stdout);
  expect(shown.steps.map(({ id }: { readonly id: string }) => id)).toEqual(['who', 'done']);
});

describe('what is pruned', () => {
  const run = (id: string, status: RunRow['status'], startedAt: string) =>
    ({ id, status, startedAt }) as RunRow;
  const runs = [
    run('e', 'finished', '2026-11-05'),
    run('d', 'paused', '2026-11-04'),
    run('c', 'finished', '2026-11-03'),
    run('b', 'unreadable', '2026-11-02'),
    run('a', 'finished', '2026-11-01'),
  ];
  test.each([
    ['is older than so much', '2026-11-04', 0, ['c', 'a']],
    ['is beyond so many', undefined, 2, ['c', 'a']],
    ['is both', '2026-11-04', 4, ['a']],
    ['never what is not finished', undefined, 0, ['e', 'c', 'a']],
  ])('%s', (_, before, keep, gone) => {
    expect(doomedRuns(runs, before, keep).map(({ id }) => id)).toEqual(gone);
  });

  test('needs a limit, and somebody who says yes', () => {
    expect(runbook(['runs', 'prune']).stderr).toContain('--older-than 90d, --keep 50');
    const asked = runbook(['runs', 'prune', '--keep', '0']);
    expect(asked).toMatchObject({ exitCode: 4, stderr: expect.stringContaining('--yes') });
    expect(listed([])).toHaveLength(3);
  });

  test('goes with all that it kept, and what is not finished stays', () => {
    const state = join(temporaryFolder(), 'state');
    const env = { RUNBOOK_STATE: state };
    runbook(['run', 'look', '--plain', '--auto'], env);
    runbook(['run', 'ask', '--plain', '--auto'], env);
    const { exitCode, stdout } = runbook(['runs', 'prune', '--keep', '0', '--yes'], env);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/-look-[\s\S]*1 run removed\./);
    expect(readdirSync(join(state, 'runs'))).toEqual([expect.stringContaining('-ask-')]);
  });

  test('is nothing that a process still has open', () => {
    const state = join(temporaryFolder(), 'state');
    const env = { RUNBOOK_STATE: state };
    runbook(['run', 'look', '--plain', '--auto'], env);
    const { folder } = runStore(state).openRun('latest');
    const lock = takeWriterLock(folder);
    const held = runbook(['runs', 'prune', '--keep', '0', '--yes'], env);
    expect(held.stdout).toBe('No finished runs to remove.\n');
    lock.release();
    const { stdout } = runbook(['runs', 'prune', '--keep', '0', '--yes'], env);
    expect(stdout).toContain('1 run removed.');
  });
});

describe('a run in one file', () => {
  const file = () => join(cwd, 'run.runbook-run');
  const elsewhere = () => ({ RUNBOOK_STATE: join(temporaryFolder(), 'elsewhere') });

  beforeAll(() => {
    const [paused] = listed(['--status', 'paused']);
    expect(runbook(['runs', 'export', paused?.id ?? '', '-o', file()]).exitCode).toBe(0);
  });

  test('comes to another machine, as it was written, and can be gone on with', () => {
    const env = elsewhere();
    const { exitCode, stdout } = runbook(['runs', 'import', file()], env);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('was imported and verified');
    expect(runbook(['transcript', 'verify'], env).exitCode).toBe(0);
    expect(runbook(['resume', '--plain'], env).stdout).toContain('Who is it?');
  });

  test('never takes the place of one that is here', () => {
    const env = elsewhere();
    runbook(['runs', 'import', file()], env);
    const again = runbook(['runs', 'import', file()], env);
    expect(again).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('here already') });
  });

  test.each<readonly [what: string, change: (text: string) => string | Buffer, says: string]>([
    ['that is cut off', (text) => gzipSync(text).subarray(0, -40), 'it is damaged'],
    ['that lacks its end', (text) => text.replace(/\{"files".*\n$/, ''), 'its end is missing'],
    [
      'whose journal was changed',
      (text) =>
        text.replace(/(?<="journal.jsonl"\}\n\{"bytes":")[^"]+/, (bytes) => {
          const journal = Buffer.from(bytes, 'base64').toString();
          return Buffer.from(journal.replace('"kim"', '"eve"')).toString('base64');
        }),
      'is not as it was written: journal.jsonl',
    ],
    [
      'that would write elsewhere',
      (text) => text.replace('"runbook.yaml"', '"../../../escaped.yaml"'),
      'it names a file that no run has',
    ],
    ['that names no run', (text) => text.replace(/"id":"[^"]+"/, '"id":"../x"'), 'it names no run'],
    [
      'of a later version',
      (text) => text.replace(/"version":\d/, '"version":9'),
      'a later version',
    ],
    ['that is something else', () => 'hello\n', 'it is damaged'],
  ])('%s is refused, and nothing of it is kept', (_, change, says) => {
    const env = elsewhere();
    const changed = change(gunzipSync(readFileSync(file())).toString());
    const broken = join(temporaryFolder(), 'broken');
    writeFileSync(broken, typeof changed === 'string' ? gzipSync(changed) : changed);
    const { exitCode, stderr } = runbook(['runs', 'import', broken], env);
    expect({ exitCode, stderr }).toEqual({ exitCode: 5, stderr: expect.stringContaining(says) });
    const runs = join(env.RUNBOOK_STATE, 'runs');
    expect(existsSync(runs) ? readdirSync(runs) : []).toEqual([]);
    expect(existsSync(join(env.RUNBOOK_STATE, '..', 'escaped.yaml'))).toBe(false);
  });

  test('that would fill the disk or the memory is given up', async () => {
    const head =
      '{"format":"runbook-run","version":1,"id":"20261121-0312-look-k3f9","program":"x"}\n';
    const piece = JSON.stringify({ bytes: Buffer.alloc(300_000).toString('base64') });
    const bomb = (body: string) =>
      Readable.from([gzipSync(`${head}{"file":"journal.jsonl"}\n${body}`)]);
    const store = runStore(join(temporaryFolder(), 'state'));
    const large = importRun(store, bomb(`${piece}\n`.repeat(4)), { limitBytes: 1_000_000 });
    await expect(large).rejects.toThrow('it holds more than any run keeps');
    const endless = importRun(store, bomb('x'.repeat(3_000_000)));
    await expect(endless).rejects.toThrow('it is not an archive of a run');
    expect(readdirSync(join(store.root, 'runs'))).toEqual([]);
  });

  test('is not written when its runbook holds what looks like a secret, with --strict', () => {
    const env = elsewhere();
    const text = LOOK.replace('name: look', 'name: held').replace(
      'echo',
      'PGPASSWORD=hunter22 echo',
    );
    writeFileSync(join(cwd, 'runbooks', 'held.yaml'), text);
    runbook(['run', 'held', '--plain', '--auto'], env);
    const strict = runbook(['transcript', '--strict'], env);
    expect(strict).toMatchObject({ exitCode: 1, stdout: '' });
    expect(strict.stderr).toContain('runbook.yaml, line 6: hu… (value of a secret name)');
  });

  test('is written though the prose of its runbook speaks of passwords', () => {
    const env = elsewhere();
    const text = LOOK.replace('name: look', 'name: told').replace(
      'title: Greet',
      'title: Greet, why: "Old password: hunter22 came before the new password: hunter23."',
    );
    writeFileSync(join(cwd, 'runbooks', 'told.yaml'), text);
    runbook(['run', 'told', '--plain', '--auto'], env);
    expect(runbook(['transcript', '--strict'], env)).toMatchObject({ exitCode: 0, stderr: '' });
  });

  test('is not written when something in it looks like a secret, with --strict', () => {
    const env = elsewhere();
    const token = `ghp_${'a1B2'.repeat(9)}`;
    appendFileSync(join(cwd, 'token.txt'), `token ${token}\n`);
    writeFileSync(
      join(cwd, 'runbooks', 'leak.yaml'),
      LOOK.replace('name: look', 'name: leak').replace('echo hello', 'cat token.txt'),
    );
    runbook(['run', 'leak', '--plain', '--auto'], env);
    const out = join(cwd, 'leak.runbook-run');
    const strict = runbook(['runs', 'export', '-o', out, '--strict'], env);
    expect(strict.exitCode).toBe(1);
    expect(strict.stderr).toMatch(/outputs\/greet\S+ line 1: ghp_… \(GitHub token\)/);
    expect(strict.stderr).not.toContain(token);
    expect(existsSync(out)).toBe(false);
    const warned = runbook(['runs', 'export', '-o', out], env);
    expect(warned).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('GitHub token') });
    const refused = { exitCode: 1, stdout: '' };
    expect(runbook(['transcript', '--strict'], env)).toMatchObject(refused);
    const page = join(cwd, 'leak.html');
    expect(runbook(['transcript', '-o', page, '--strict'], env)).toMatchObject(refused);
    expect(existsSync(page)).toBe(false);
    const saidOnly = { exitCode: 0, stdout: '', stderr: warned.stderr };
    expect(runbook(['transcript', '-o', page], env)).toEqual(saidOnly);
    expect(existsSync(page)).toBe(true);
    const piped = runbook(['transcript', '--format', 'json'], env);
    expect(piped).toMatchObject({ ...saidOnly, stdout: expect.stringMatching(/^\{/) });
    expect(JSON.parse(piped.stdout)).toMatchObject({ run: { status: 'finished' } });
    expect(runbook(['transcript'], env).stdout).toMatch(/^# Look around\n(?![\s\S]*GitHub token)/);
  });
});
