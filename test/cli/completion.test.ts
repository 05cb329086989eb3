import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { inputNames } from '#cli/commands/completion/candidates.ts';
import { stepIds, withLibraryTexts } from '#cli/commands/completion/step-ids.ts';
import { OpenTerminal } from '../e2e/terminal.ts';
import { shipped } from '../fixtures/compiled.ts';
import { CACHES, LAUNCHER } from '../support/built-command.ts';
import { runbookCommand } from '../support/start-command.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** A folder with a runbook, a run, an environment, and the command under its own name. */
function workingFolder(): string {
  const cwd = temporaryFolder();
  mkdirSync(join(cwd, 'bin'));
  mkdirSync(join(cwd, 'runbooks'));
  mkdirSync(join(cwd, 'state/runs/20260102-0304-orders-k3f9'), { recursive: true });
  const start = `#!/bin/sh\nexec '${process.execPath}' '${LAUNCHER}' "$@"\n`;
  writeFileSync(join(cwd, 'bin/runbook'), start, { mode: 0o755 });
  // Half written: it has to be completed all the same.
  writeFileSync(
    join(cwd, 'runbooks/orders.yaml'),
    'name: orders\ninputs:\n  queue: { description: Which queue }\n  quota: {}\nsteps:\n  - id: look\n    title: How many wait?\n  - { id: go_on, title: Go on }\n  - id: "\n',
  );
  writeFileSync(
    join(cwd, 'runbook.config.yaml'),
    'environments:\n  prod:\n    inputs: { queue: main }\n  staging:\n    inputs: { queue: test }\n',
  );
  mkdirSync(join(cwd, '.config/runbook'), { recursive: true });
  writeFileSync(
    join(cwd, '.config/runbook/servers.yaml'),
    "team:\n  url: https://runbook.example.com\nother: { url: 'https://other.example.com' }\n",
  );
  return cwd;
}

const envOf = (cwd: string) => ({
  PATH: `${cwd}/bin:${process.env.PATH}`,
  HOME: cwd,
  ...CACHES,
  RUNBOOK_STATE: join(cwd, 'state'),
  PS1: '$ ',
  LANG: 'C.UTF-8',
});

describe('what can be completed', () => {
  const completed = (cwd: string, ...words: string[]) => {
    const { stdout, stderr, exitCode } = runbookCommand(['__complete', '--', ...words], { cwd });
    expect([stderr, exitCode]).toEqual(['', 0]);
    return stdout.split('\n').filter((line) => line !== '');
  };

  test.each([
    [['tra'], ['transcript\tPrint the transcript of a run, for the postmortem']],
    [['run', 'or'], ['orders\there']],
    [['run', 'orders', '--input', 'que'], ['queue=\tWhich queue']],
    [
      ['run', 'orders', '-i', ''],
      ['queue=\tWhich queue', 'quota='],
    ],
    [['run', 'orders', '--input=quo'], ['--input=quota=']],
    [['run', './runbooks/orders.yaml', '-i', 'quo'], ['quota=']],
    [
      ['run', 'orders', '--env', ''],
      ['prod', 'staging'],
    ],
    [['run', 'orders', '--on', 'te'], ['team']],
    [
      ['show', 'orders', '--step', ''],
      ['look\tHow many wait?', 'go_on\tGo on'],
    ],
    [['resume', ''], ['20260102-0304-orders-k3f9']],
    [['graph', '--run', '2026'], ['20260102-0304-orders-k3f9']],
    [
      ['graph', 'orders', '--format', ''],
      ['mermaid', 'svg'],
    ],
    [['list', '--severity=h'], ['--severity=high']],
    [
      ['runs', 'e'],
      [
        'end\tMark an abandoned run as aborted',
        'export\tWrite a run, with its outputs, to one file',
      ],
    ],
    [['runs', 'end', ''], ['20260102-0304-orders-k3f9']],
    [['runs', 'end', '--w'], ['--why']],
    [
      ['runs', '-'],
      [
        '--status',
        '--runbook',
        '--operator',
        '--since',
        '--sort',
        '--all',
        '--json',
        '--on',
        '--help',
      ],
    ],
    [['list', '--dir', ''], [':folders']],
    [['validate', 'runbooks/o'], [':files']],
    [['show', 'orders', 'x'], []],
    [['nonsense', ''], []],
    [['show', 'orders', '--m'], ['--markdown']],
  ])('%j', (words, expected) => {
    expect(completed(workingFolder(), ...words)).toEqual(expected);
  });

  test('nothing is said when nothing can be read', () => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, 'state'), 'no folder');
    writeFileSync(join(cwd, 'runbook.config.yaml'), '\u0000: [');
    expect(completed(cwd, 'resume', '')).toEqual([]);
    expect(completed(cwd, 'run', 'gone', '--input', '')).toEqual([]);
  });

  test('are the names that a shipped runbook has', () => {
    const { source, inputs, steps } = shipped('pool-exhausted');
    expect(inputNames(source.text).map(({ value }) => value)).toEqual(
      inputs.map(({ name }) => name),
    );
    const named = stepIds(withLibraryTexts('runbooks/pool-exhausted.yaml'));
    expect(named).toEqual(
      steps.map(({ id, title }) => expect.objectContaining({ value: id, about: title })),
    );
  });
});

test('completing loads nothing but what it needs: no package, no parser, no screen', () => {
  const cli = new URL('../../src/cli/commands/completion/complete.ts', import.meta.url);
  const seen = new Set<string>();
  const packages: string[] = [];
  const visit = (file: URL): void => {
    if (seen.has(file.href)) return;
    seen.add(file.href);
    const imports = readFileSync(file, 'utf8').matchAll(
      /^(?:import|export) (?!type)(?:[^;]*? from )?'([^']+)'/gm,
    );
    for (const [, to = ''] of imports) {
      if (to.startsWith('.')) visit(new URL(to, file));
      else if (to.startsWith('#')) visit(new URL(`../../src/${to.slice(1)}`, import.meta.url));
      else if (!to.startsWith('node:')) packages.push(`${file.pathname}: ${to}`);
    }
  };
  visit(cli);
  expect(packages).toEqual([]);
  expect(seen.size).toBeGreaterThan(5);
  expect(seen.size).toBeLessThan(30);
});

describe.each([
  ['bash', ['--norc', '--noprofile', '-i'], 'eval "$(runbook completion bash)"', '\t\t'],
  [
    'zsh',
    ['-f', '-i'],
    'autoload -U compinit && compinit -D; source <(runbook completion zsh)',
    '\t',
  ],
  ['fish', ['--no-config', '-i'], 'runbook completion fish | source', '\t'],
])('in %s, where it is installed', (shell, args, install, tabs) => {
  const isThere = (() => {
    try {
      execFileSync(shell, ['-c', 'true']);
      return true;
    } catch {
      return false;
    }
  })();

  async function open(): Promise<OpenTerminal> {
    const cwd = workingFolder();
    const terminal = new OpenTerminal({
      ...{ file: shell, args, cwd, env: envOf(cwd) },
      ...{ columns: 120, rows: 50 },
    });
    onTestFinished(() => terminal.close());
    await terminal.waitFor(/[$%>#] ?$/m);
    terminal.type(`${install}; printf 'rea%s\\n' dy\r`);
    await terminal.waitFor(/^ready/m);
    return terminal;
  }

  const needsShell = test.skipIf(!isThere);

  needsShell('a command, a runbook and an input are completed one after the other', async () => {
    const terminal = await open();
    terminal.type('runbook transc\t');
    await terminal.waitFor('runbook transcript ');
    terminal.press('ctrl-u');
    terminal.type('runbook run ord\t');
    await terminal.waitFor('runbook run orders ');
    terminal.type('--input quo\t');
    await terminal.waitFor('--input quota=');
    // The value follows at once, without a space between.
    terminal.type('5');
    await terminal.waitFor('--input quota=5');
  });

  needsShell('what can follow is listed, and files where files belong', async () => {
    const terminal = await open();
    terminal.type(`runbook show orders --step ${tabs}`);
    await terminal.waitFor((screen) => /\blook\b/.test(screen) && /\bgo_on\b/.test(screen));
    terminal.press('ctrl-u');
    terminal.type('runbook validate ./runbooks/o\t');
    await terminal.waitFor('runbook validate ./runbooks/orders.yaml');
  });
});
