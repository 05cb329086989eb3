import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { transcriptHtml } from '#report/transcript/html/page.ts';
import { readRecords } from '#run/journal/cursor.ts';
import { resumeRun } from '#run/resume.ts';
import type { OpenRun } from '#run/session/open.ts';
import { startRun } from '#run/start.ts';
import { readRun } from '#run/store/read-run.ts';
import { parsed } from '../../fixtures/compiled.ts';
import { surroundings } from '../../fixtures/surroundings.ts';
import { begun } from '../../support/begun.ts';
import { MemoryStore } from '../../support/memory-store.ts';
import { send } from '../../support/send.ts';
import { runbookCommand } from '../../support/start-command.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const PASSWORD = 'hunter2-S3cret';
const URL_PASSWORD = 'correct-horse9';
const KEY = 'b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQ';
const SECRETS = [PASSWORD, URL_PASSWORD, KEY];

/** Its script dies with the program the first time, and leaves what it was given when it runs again. */
const LOOK = `name: look
title: Look with ${PASSWORD}
severity: low
summary: It looks.
targets:
  here: { local: true }
steps:
  - id: greet
    title: Greet
    on: here
    effect: read
    read_because: It only prints.
    env:
      DB_PASSWORD: "${PASSWORD}"
      DO: 'test -e killed || { touch killed; kill -9 "$1"; sleep 60; }; echo "$DB_PASSWORD" > got'
    shell: |
      bash -c "$DO" do "$PPID"
      echo "logs in with $DB_PASSWORD to postgres://app:${URL_PASSWORD}${'@'}db/shop"
      echo "that is ${URL_PASSWORD}"
      printf %s "$DB_PASSWORD" | base64
      cat <<'END'
      -----BEGIN PRIVATE KEY-----
      ${KEY}
      -----END PRIVATE KEY-----
      END
    next: [{ if: 'result.stdout != "${PASSWORD}"', finding: "It said \${{ result.stdout }}", goto: done }, { goto: done }]
  - { id: done, title: Done, finish: { outcome: resolved, summary: Seen. } }
`;

test('a run that was killed goes on with the true text, and nothing that is shown or kept has a secret of it', () => {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, 'look.yaml'), LOOK);
  const command = (...args: readonly string[]) => runbookCommand(args, { cwd });
  const first = command('run', './look.yaml', '--plain', '--auto');
  expect(first.exitCode).toBe(null);
  const second = command('resume', '--plain');
  expect(second).toMatchObject({ exitCode: 0, stderr: '' });
  expect(readFileSync(join(cwd, 'got'), 'utf8')).toBe(`${PASSWORD}\n`);
  expect(second.stdout).toContain('logs in with ‹secret:literal.DB_PASSWORD› to postgres://app:‹');

  const shown = [
    ['validate', './look.yaml'],
    ['validate', './look.yaml', '--json'],
    ['validate', './look.yaml', '--sarif'],
    ['show', './look.yaml'],
    ['show', './look.yaml', '--markdown'],
    ['show', './look.yaml', '--source'],
    ['show', './look.yaml', '--step', 'greet'],
    ['graph', './look.yaml'],
    ['graph', './look.yaml', '--format', 'svg'],
    ['graph', '--run', 'latest'],
    ['runs'],
    ['runs', 'show'],
    ...['md', 'html', 'json', 'postmortem', 'asciicast'].map((format) => [
      ...['transcript', '--format', format],
    ]),
  ].map((args) => [args.join(' '), command(...args)] as const);
  for (const [args, { exitCode, stdout, stderr }] of shown) {
    expect([args, exitCode, stdout === '']).toEqual([args, 0, false]);
    for (const secret of SECRETS) expect(stdout + stderr, args).not.toContain(secret);
  }
  const [html = ''] = shown.flatMap(([args, { stdout }]) =>
    args.endsWith('html') ? [stdout] : [],
  );
  expect(html).toContain('literal.DB_PASSWORD');

  const state = join(cwd, 'state');
  const kept = readdirSync(state, { recursive: true, encoding: 'utf8' })
    .map((file) => join(state, file))
    .filter((file) => statSync(file).isFile() && !file.endsWith('.yaml'));
  const base64 = Buffer.from(PASSWORD).toString('base64');
  for (const file of kept)
    for (const secret of [...SECRETS, base64])
      expect(readFileSync(file, 'utf8'), file).not.toContain(secret);

  const strict = command('runs', 'export', '--strict');
  expect(strict).toMatchObject({ exitCode: 1, stdout: '' });
  expect(strict.stderr).toContain('runbook.yaml, line 14: hunt…');
  expect(strict.stderr).not.toContain('event ');
});

const CHANGE = `
name: change
title: A change
summary: A change with a password.
inputs: { folder: {} }
steps:
  - { id: mark, effect: change, shell: 'mysql -p${PASSWORD} || echo ${PASSWORD} > "$FOLDER/mark"', env: { FOLDER: '\${{ inputs.folder }}' } }
  - { id: done, finish: { outcome: resolved, summary: It is done. } }
`;

test('a gate shows no secret of its text, and what is confirmed after a resume is the true one', async () => {
  const folder = temporaryFolder();
  const store = new MemoryStore();
  const common = { store, surroundings, attended: true, given: { folder } };
  const opened = (run: OpenRun): Promise<OpenRun> => {
    onTestFinished(() => run.close());
    return begun(run);
  };
  const atGate = (run: OpenRun) =>
    vi.waitFor(() => expect(run.session.view().awaited?.for).toBe('gate'), 10_000);
  const source = { file: 'change.yaml', text: CHANGE };
  const first = await opened(await startRun(parsed(CHANGE), { ...common, source, auto: true }));
  await atGate(first);
  expect(JSON.stringify(first.session.view())).not.toContain(PASSWORD);
  expect(JSON.stringify(first.session.view().gate)).toContain('‹secret:literal.mysql›');
  send(first.session, { type: 'leave' });
  await first.session.ended;
  await first.close();

  const recorded = await readRun(await store.open(first.id));
  const second = await opened(
    await resumeRun(parsed(CHANGE), recorded, { ...common, answers: {} }),
  );
  await atGate(second);
  send(second.session, { type: 'confirm', digest: second.session.view().gate?.digest ?? '' });
  await second.session.ended;
  expect(readFileSync(join(folder, 'mark'), 'utf8')).toBe(`${PASSWORD}\n`);
  const { records } = await readRecords(store.kept(first.id).record.journal);
  const page = transcriptHtml(records, { outputs: () => undefined });
  expect(JSON.stringify(records) + page).not.toContain(PASSWORD);
});
