import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { newOperator, type Operator } from './operator.ts';
import type { OpenTerminal } from './terminal.ts';

const GREETING = `name: greeting
title: Say hello
severity: low
summary: It greets whoever is named.
inputs:
  who: { type: text, description: Whom to greet }
steps:
  - { id: hello, title: Greet, effect: read, shell: 'echo hello \${{ inputs.who }}' }
  - { id: again, title: Greet again, effect: read, shell: 'echo hello again' }
  - { id: done, title: Done, finish: { outcome: resolved, summary: Greeted. } }
`;

const LIST = '── Runbooks ──';

function kimWithGreeting(): Operator {
  const kim = newOperator();
  kim.writeRunbook('greeting', GREETING);
  return kim;
}

/** Each screen that was opened was closed, and the cursor is there. */
function expectClean(terminal: OpenTerminal): void {
  expect(terminal.isAlternate).toBe(false);
  expect(terminal.isCursorVisible).toBe(true);
  const count = (text: string) => terminal.received.split(text).length;
  expect(count('\u001b[?1049h')).toBe(count('\u001b[?1049l'));
}

async function select(terminal: OpenTerminal, name: string): Promise<void> {
  await terminal.waitFor(LIST);
  terminal.type('/');
  await terminal.waitFor('Search:');
  terminal.type(name);
  await terminal.waitFor(`▸ ${name}`);
}

test('a runbook that is found and opened asks for its inputs, runs, and ends in the shell', async () => {
  const kim = kimWithGreeting();
  const terminal = kim.open([]);
  await select(terminal, 'greeting');
  expect(terminal.text()).toMatch(/▸ greeting +It greets/);
  terminal.press('enter');
  await terminal.waitFor('who (Whom to greet)');
  expect(terminal.isAlternate).toBe(false);
  expect(terminal.text()).toContain('runbook run greeting');
  terminal.type('Ada');
  terminal.press('enter');
  await terminal.waitFor('⏎ start');
  terminal.press('enter');
  await terminal.waitFor('RESOLVED');
  terminal.press('enter');
  expect(await terminal.exited).toEqual({ code: 0, signal: 0 });
  expectClean(terminal);
  expect(terminal.received.split('\u001b[?1049h')).toHaveLength(3);
  const again = kim.open([]);
  await again.waitFor(/greeting .*resolved just now/);
});

test('an unfinished run is listed with where it stopped and who had it, and is gone on with', async () => {
  const kim = kimWithGreeting();
  const first = kim.open(['run', 'greeting', '--step', '--input', 'who=Ada']);
  await first.waitFor('── Next ──');
  first.press('enter');
  await first.waitFor('▸ Greet again');
  first.type('q');
  await first.waitFor('Pause the run?');
  first.type('y');
  expect((await first.exited).code).toBe(7);
  const second = kim.open([]);
  await second.waitFor(/greeting +paused at “Greet again” +kim, just now/);
  second.press('down');
  await second.waitFor('resumes this run where it stopped');
  second.press('enter');
  await second.waitFor(/── Next ──[\s\S]*▸ Greet again/);
  second.press('enter');
  await second.waitFor('RESOLVED');
  second.press('enter');
  expect((await second.exited).code).toBe(0);
  expectClean(second);
  expect(kim.events('run.resumed').map(({ operator }) => operator)).toEqual(['kim']);
});

test('a pasted error opens the runbook it calls for, without a password on the screen', async () => {
  const kim = kimWithGreeting();
  kim.writeRunbook(
    'too-many-connections',
    GREETING.replace('name: greeting', 'name: too-many-connections'),
  );
  const terminal = kim.open([]);
  await terminal.waitFor(LIST);
  const error = 'postgres://app:hunter2secret@db1/shop\rFATAL:  sorry, too many clients already\r';
  terminal.type(`\u001b[200~${error}\u001b[201~`);
  await terminal.waitFor(/▸ too-many-connections[\s\S]*│ FATAL: +sorry, too many clients already/);
  expect(kim.findRunFolder()).toBeUndefined();
  terminal.press('enter');
  await terminal.waitFor('who (Whom to greet)');
  terminal.type('Ada');
  terminal.press('enter');
  await terminal.waitFor('⏎ start');
  expect(terminal.received).not.toContain('hunter2secret');
});

test('lines that come at once where pasting is not marked open nothing', async () => {
  const kim = kimWithGreeting();
  const terminal = kim.open([]);
  await select(terminal, 'greeting');
  terminal.type('ERROR: timed out\rFATAL:  sorry, too many clients already\r');
  await terminal.waitFor('Suggested runbook');
  expect(terminal.isAlternate).toBe(true);
  expect(kim.findRunFolder()).toBeUndefined();
});

test('keys that come at once on the list open nothing and do not leave it', async () => {
  const terminal = kimWithGreeting().open([]);
  await terminal.waitFor(LIST);
  terminal.type('quit');
  await terminal.waitFor('Several keys at once: nothing was done.');
  expect(terminal.isAlternate).toBe(true);
});

test('Escape, q twice, Ctrl-C and a signal leave it and give the terminal back', async () => {
  const kim = newOperator();
  const ways: readonly ((terminal: OpenTerminal) => void)[] = [
    (terminal) => terminal.press('escape'),
    (terminal) => terminal.type('q'),
    (terminal) => terminal.press('ctrl-c'),
    (terminal) => terminal.kill('SIGTERM'),
  ];
  const codes = ways.map(async (leave) => {
    const terminal = kim.open([]);
    await terminal.waitFor(LIST);
    leave(terminal);
    const { code, signal } = await terminal.exited;
    expectClean(terminal);
    expect(terminal.history()).toBe('');
    return code + signal;
  });
  expect(await Promise.all(codes)).toEqual([0, 0, 0, 15]);
  expect(kim.findRunFolder()).toBeUndefined();
});

test('it fits from 80×24 to 200×60 and through a resize, without colours where none are wanted', async () => {
  const kim = kimWithGreeting();
  const terminal = kim.open([], { env: { NO_COLOR: '1' } });
  await select(terminal, 'greeting');
  terminal.resize(200, 60);
  await terminal.waitFor((screen) => screen.split('\n')[1] === '─'.repeat(200));
  terminal.resize(80, 24);
  await terminal.waitFor((screen) => screen.split('\n')[1] === '─'.repeat(80));
  expect(terminal.text()).toMatch(/Search: greeting▏[\s\S]*▸ greeting[\s\S]*Esc clear$/);
  expect(terminal.received.split('\u001b[').filter((code) => /^[39][0-8][;m]/.test(code))).toEqual(
    [],
  );
});

test('a runbook that is broken is listed as such, and the others with it', async () => {
  const kim = kimWithGreeting();
  writeFileSync(join(kim.home, 'work', 'runbooks', 'broken.yaml'), 'title: "\n  - {');
  const terminal = kim.open([], { columns: 120 });
  await terminal.waitFor(/broken +broken: /);
  expect(terminal.text()).toContain('It greets whoever is named.');
});

test('without a terminal, and where nobody looks at one, it is the overview of the commands', async () => {
  const kim = newOperator();
  const { code, stdout, stderr } = await kim.run([]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain('Usage: runbook');
  expect(stdout).not.toContain('\u001b');
  const ci = kim.open([], { env: { CI: 'true' } });
  expect((await ci.exited).code).toBe(0);
  expect(ci.history()).toContain('Usage: runbook');
});

type Chunk = {
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly imports: readonly { readonly path: string; readonly kind: string }[];
};

/** The source files that are loaded with some others, before anything is asked for. */
function loadedWith(...files: readonly string[]): readonly string[] {
  const meta = readFileSync(new URL('../../dist/meta.json', import.meta.url), 'utf8');
  const { outputs } = JSON.parse(meta) as { readonly outputs: Readonly<Record<string, Chunk>> };
  const loaded = new Set<string>();
  const load = (path: string): void => {
    if (loaded.has(path)) return;
    loaded.add(path);
    for (const { path: next, kind } of outputs[path]?.imports ?? [])
      if (kind === 'import-statement') load(next);
  };
  const has =
    (file: string) =>
    ([, { inputs }]: [string, Chunk]) =>
      Object.keys(inputs).some((input) => input.endsWith(file));
  for (const file of files) load(Object.entries(outputs).find(has(file))?.[0] ?? '');
  return [...loaded].flatMap((path) => Object.keys(outputs[path]?.inputs ?? {}));
}

test('the page waits for no parser, no catalogue of errors and no machine', () => {
  const inputs = loadedWith('src/cli/start-page/page.ts', 'src/ui/start-page/ink.tsx');
  expect(inputs.some((input) => input.includes('ui/start-page/app.tsx'))).toBe(true);
  expect(
    inputs.filter((input) => /src\/(?:match|machine|steps|safety\/effects)\/|xstate/.test(input)),
  ).toEqual([]);
});

test('no command waits for what it may not need: packages, events and the store of runs', () => {
  const inputs = loadedWith('src/cli/main.ts');
  expect(inputs).toContain('src/cli/commands.ts');
  expect(inputs.filter((input) => /node_modules|src\/(?:run|events|report)\//.test(input))).toEqual(
    [],
  );
});

test('the HTTP server is loaded only to serve pages', () => {
  const commands = ['server/command', 'worker', 'token/command', 'run/command'].map(
    (name) => `commands/${name}.ts`,
  );
  const inputs = loadedWith('src/cli/main.ts', ...commands);
  expect(inputs.some((input) => input.endsWith('src/cli/commands/server/command.ts'))).toBe(true);
  expect(inputs.filter((input) => /node_modules\/@?hono\/|src\/web\//.test(input))).toEqual([]);
  const pages = loadedWith('src/serve/pages.ts');
  expect(pages.some((input) => input.includes('node_modules/hono/'))).toBe(true);
});

test('the runs of servers are loaded only with --on', () => {
  const names = ['run/command', 'attach', 'runs/list', 'runs/export', 'transcript/command'];
  const inputs = loadedWith(
    'src/cli/main.ts',
    ...names.map((name) => `src/cli/commands/${name}.ts`),
  );
  expect(inputs).toContain('src/cli/commands/attach.ts');
  expect(inputs.filter((input) => /src\/(?:team|cli)\/remote\//.test(input))).toEqual([]);
  expect(loadedWith('src/cli/remote/start.ts')).toContain('src/team/remote/server-api.ts');
});
