import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { briefed, drillOperator, placesIn, startDrill } from './drill-operator.ts';

const execute = promisify(execFile);

test('a blind briefing fits on a small terminal, and a script tells where the new URL is', async () => {
  const kim = drillOperator();
  const terminal = kim.open(['drill', 'refused-closed-port', '--blind', '--plain'], {
    env: { TMPDIR: kim.home },
  });
  const text = await briefed(terminal);
  expect(terminal.text()).toContain('The shop is failing.');
  const [, urlFile = ''] = /Its URL +(\S+)\s+\(always current\)/.exec(text) ?? [];
  const before = readFileSync(urlFile, 'utf8');
  const script = (name: string) =>
    execute(placesIn(text).scripts.find((path) => path.endsWith(`/${name}`)) ?? '');
  const said = `Done. The application's new URL is in ${urlFile}.\n`;
  expect((await script('correct-url')).stdout).toBe(said);
  expect(new URL(readFileSync(urlFile, 'utf8')).port).not.toBe(new URL(before).port);
  expect((await script('restart-application')).stdout).toBe(
    'Nothing changed. The health page: 200 ok\n',
  );
  terminal.press('ctrl-c');
  await terminal.exited;
});

test('the log ends with the recovery of the part that failed, with the time', async () => {
  const kim = drillOperator();
  const terminal = startDrill(kim, ['stale-terminated']);
  const text = await briefed(terminal);
  const [, logFile = ''] = /Its log +(\S+)/.exec(text) ?? [];
  const lastLine = () => readFileSync(logFile, 'utf8').trimEnd().split('\n').at(-1);
  expect(lastLine()).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ .*terminat/);
  await execute(placesIn(text).scripts[0] ?? '');
  expect(lastLine()).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ requests are served$/);
  terminal.press('ctrl-c');
  await terminal.exited;
});

test('a blind drill starts triage with what the error is, as an operator would', async () => {
  const kim = drillOperator();
  const terminal = kim.open(['drill', 'migration-half-applied', '--blind'], {
    env: { TMPDIR: kim.home },
  });
  await briefed(terminal);
  terminal.press('enter');
  expect(await terminal.waitFor('⏎ start')).toMatch(/Hint +migration\n[\s\S]*Error +ERROR: 42703/);
  terminal.hangUp();
  await terminal.exited;
});
