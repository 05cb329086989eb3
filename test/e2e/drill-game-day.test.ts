import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { expect, test, vi } from 'vitest';
import { byHandOf } from '#lab/app/by-hand-scripts.ts';
import { missingResolver } from '#lab/network/resolver.ts';
import { FAULT_NAMES } from '#lab/start-fault.ts';
import { because } from '../support/because.ts';
import { isAlive, processesIn } from '../support/lab-processes.ts';
import { briefed, drillOperator, placesIn, startDrill } from './drill-operator.ts';
import { newOperator } from './operator.ts';
import type { OpenTerminal } from './terminal.ts';

const noResolver = await missingResolver();
const execute = promisify(execFile);

/** A short runbook of one's own, which is found before the shipped one of its name. */
const short = (name: string, probe: string, cure: string) => `
name: ${name}
title: Mend it by hand
severity: high
summary: Looks, has somebody mend it, and looks again.
inputs:
  database_url: { type: url, secret: true, env: DATABASE_URL, description: Where the shop connects }
targets:
  db: { database: "\${{ inputs.database_url }}" }
steps:
  - id: look
    title: Is it broken?
    phase: diagnose
    probe: ${probe}
    next:
      - { if: "error.kind != 'none'", finding: "It is broken: \${{ error.kind }}.", goto: mend }
      - { finding: It works., goto: done }
  - { id: mend, title: Mend it, phase: fix, manual: "${cure}", next: [{ goto: look_again }] }
  - id: look_again
    title: Does it work now?
    phase: verify
    probe: ${probe}
    next: [{ if: "error.kind != 'none'", goto: not_done }, { goto: done }]
  - { id: done, title: It works, phase: verify, finish: { outcome: resolved, summary: It works. } }
  - { id: not_done, title: It does not, phase: verify, finish: { outcome: unresolved, summary: No. } }
`;

const LOGIN = '{ login: { url: "${{ inputs.database_url }}" } }';
const EVIDENCE = 'What did you see?';
/** Waits until the last line asks for it, and types a line. */
async function answer(terminal: OpenTerminal, prompt: string, line: string): Promise<void> {
  const last = (screen: string) => screen.trimEnd().split('\n').at(-1) ?? '';
  await terminal.waitFor((screen) => last(screen).includes(prompt));
  terminal.type(line);
  terminal.press('enter');
}

async function ask(url: string): Promise<string> {
  const answer = await fetch(url);
  return `${answer.status} ${await answer.text()}`;
}

test('a drill has a health page that fails, a script that mends, and says how long it took', async () => {
  const kim = drillOperator();
  kim.writeRunbook('refused', short('refused', LOGIN, 'Start the database.'));
  const terminal = startDrill(kim, ['refused-stopped']);
  const { health, scripts } = placesIn(await briefed(terminal));
  expect(await ask(health)).toMatch(/^503 unavailable: connect ECONNREFUSED 127\.0\.0\.1:\d+\n$/);
  terminal.press('enter');
  await answer(terminal, 'Enter start, ', '');
  await terminal.waitFor('Start the database.');
  const [script = ''] = scripts;
  expect(scripts).toHaveLength(1);
  expect((await execute(script)).stdout).toBe('Done.\n');
  await vi.waitFor(async () => expect(await ask(health)).toBe('200 ok\n'), 10_000);
  await answer(terminal, 'y done', 'y');
  await answer(terminal, EVIDENCE, 'the script said so');
  const { code } = await terminal.exited;
  const said = terminal.history();
  expect([said, code]).toEqual([said, 0]);
  expect(said).toContain('Independent check: the fault is fixed.');
  expect(said).toContain('The health page is healthy again.');
  expect(said.replaceAll(/\s+/g, ' ')).toMatch(
    /refused: diagnose 00:\d\d, fix 00:\d\d, verify 00:\d\d, 00:\d\d in total; first decision after 00:\d\d/,
  );
  expect(existsSync(dirname(dirname(script)))).toBe(false);
});

test('a blind drill names neither the fault nor the script that mends it', async () => {
  const kim = drillOperator();
  kim.writeRunbook('triage', short('triage', LOGIN, 'Find out.'));
  const terminal = startDrill(kim, ['refused-stopped', '--blind']);
  const text = await briefed(terminal);
  expect(text).not.toMatch(/refused-stopped|is stopped/);
  expect(text).toContain('connect ECONNREFUSED');
  const { health, scripts } = placesIn(text);
  expect(scripts.map((path) => path.split('/').at(-1))).toEqual(
    byHandOf('postgres').map(({ name }) => name),
  );
  const script = (name: string) => execute(scripts.find((path) => path.endsWith(`/${name}`)) ?? '');
  expect((await script('open-firewall')).stdout).toMatch(
    /^Nothing changed\. The health page: 503 /,
  );
  expect(await ask(health)).toMatch(/^503 /);
  expect((await script('start-database')).stdout).toBe('Done.\n');
  await vi.waitFor(async () => expect(await ask(health)).toBe('200 ok\n'), 10_000);
  terminal.press('enter');
  await answer(terminal, 'Enter start, ', '');
  expect(await terminal.exited).toEqual({ code: 0, signal: 0 });
  expect(terminal.history()).toContain('The fault was refused-stopped on PostgreSQL.');
});

test('a run that says resolved while the fault is there is not taken at its word', async () => {
  const kim = drillOperator();
  kim.writeRunbook(
    'refused',
    short('refused', '{ tcp: { host: 127.0.0.1, port: 1 } }', 'x').replaceAll(
      'not_done }',
      'done }',
    ),
  );
  const terminal = startDrill(kim, ['refused-stopped']);
  await briefed(terminal);
  terminal.press('enter');
  await answer(terminal, 'Enter start, ', '');
  await terminal.waitFor('Mend it');
  await answer(terminal, 'y done', 'y');
  await answer(terminal, EVIDENCE, 'hope');
  expect((await terminal.exited).code).toBe(1);
  expect(terminal.history()).toContain('Independent check: the fault is still present.');
  expect(terminal.history()).toMatch(
    /The health page still fails \(503: unavailable: connect ECONN/,
  );
});

test.skipIf(noResolver)(
  `a runbook runs where the fault is felt, such as with another name server${because(noResolver)}`,
  async () => {
    const kim = drillOperator();
    kim.writeRunbook('dns', short('dns', LOGIN, 'Fix the name.'));
    const terminal = startDrill(kim, ['dns-nxdomain']);
    const text = await briefed(terminal);
    const { scripts } = placesIn(text);
    const [shell = ''] = /^ {2}(\/\S+\/bin\/shell)$/m.exec(text)?.slice(1) ?? [];
    const asked = 'echo "$DATABASE_URL"; cat /etc/resolv.conf';
    const { stdout } = await execute('sh', ['-c', `echo '${asked}' | ${shell}`]);
    expect(stdout).toMatch(/@db\.shop\.internal:\d+\/shop\nnameserver 127\./);
    terminal.press('enter');
    await answer(terminal, 'Enter start, ', '');
    await terminal.waitFor('It is broken: dns.');
    await execute(scripts.find((path) => path.endsWith('/restore-record')) ?? '');
    await terminal.waitFor('Fix the name.');
    await answer(terminal, 'y done', 'y');
    await answer(terminal, EVIDENCE, 'the record is back');
    const { code } = await terminal.exited;
    const said = terminal.history();
    expect([said, code]).toEqual([said, 0]);
    expect(said).toContain('The health page is healthy again.');
  },
);

test.each(['SIGTERM', 'SIGINT', 'SIGKILL'] as const)(
  'a drill that gets %s before its run leaves nothing',
  async (signal) => {
    const kim = drillOperator();
    const terminal = startDrill(kim, ['refused-closed-port']);
    const { scripts } = placesIn(await briefed(terminal));
    const programs = await processesIn(kim.home);
    expect(programs.length).toBeGreaterThan(2);
    expect(readFileSync(scripts[0] ?? '', 'utf8')).toMatch(/^#!\/bin\/sh/);
    if (signal === 'SIGINT') terminal.press('ctrl-c');
    else terminal.kill(signal);
    await terminal.exited;
    await vi.waitFor(() => expect(programs.filter(isAlive)).toEqual([]), 20_000);
    await vi.waitFor(() => expect(existsSync(scripts[0] ?? '')).toBe(false), 20_000);
  },
);

/** Triage that says what it was given, and ends. */
const TRIAGE_GIVEN = `
name: triage
title: Look around
severity: high
summary: Says what it was given.
inputs:
  database_url: { type: url, secret: true, env: DATABASE_URL, description: Where the shop connects }
  admin_url: { secret: false, env: ADMIN_DATABASE_URL, required: false }
  reserve_url: { secret: false, env: RESERVE_DATABASE_URL, required: false }
  primary_url: { secret: false, env: PRIMARY_DATABASE_URL, required: false }
  error: { required: false }
  waiting_for: { default: 5s }
steps:
  - id: over
    title: What was given
    finish:
      outcome: unresolved
      summary: >-
        admin \${{ inputs.admin_url != null }}, reserve \${{ inputs.reserve_url != null }}, primary
        \${{ inputs.primary_url != null }}, waiting_for \${{ inputs.waiting_for }}, error \${{ inputs.error }}
`;

test('a blind drill picks the same fault for the same seed, and names it only at its end', async () => {
  const told = async () => {
    const kim = drillOperator();
    kim.writeRunbook('triage', TRIAGE_GIVEN);
    const terminal = startDrill(kim, ['--blind', '--seed', '7', '--engine', 'postgres']);
    const text = await briefed(terminal);
    expect(text).toContain('The fault was picked by seed 7.');
    expect(text).toMatch(/ADMIN_DATABASE_URL +\w+@127\.0\.0\.1:\d+\/shop/);
    const { scripts } = placesIn(text);
    const folder = dirname(dirname(scripts[0] ?? ''));
    const files = await execute('grep', ['-rlE', NAMES_OF_FAULTS, '--', folder]).catch(
      ({ stdout }: { readonly stdout: string }) => ({ stdout }),
    );
    const processes = (await execute('ps', ['-eo', 'args'])).stdout.split('\n');
    expect({
      files: files.stdout,
      names: readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
        new RegExp(NAMES_OF_FAULTS).test(name),
      ),
      processes: processes.filter((line) => line.includes(folder) && NAMED.test(line)),
      briefing: text.match(NAMED)?.[0],
    }).toEqual({ files: '', names: [], processes: [], briefing: undefined });
    terminal.press('enter');
    await terminal.exited;
    return /The fault was (\S+) on PostgreSQL/.exec(terminal.history())?.[1];
  };
  const name = await told();
  expect(name).toMatch(/^[a-z]+(-[a-z]+)+$/);
  expect(await told()).toBe(name);
});

const NAMES_OF_FAULTS = FAULT_NAMES.join('|');
const NAMED = new RegExp(NAMES_OF_FAULTS);

test('a drill gives the logins of the operator on call, and hides those of the shell', async () => {
  const kim = drillOperator();
  kim.writeRunbook('triage', TRIAGE_GIVEN);
  const elsewhere = 'postgres://nobody:secret@db.example/live';
  const terminal = kim.open(['drill', 'app-pool-leak', '--blind', '--plain'], {
    env: { TMPDIR: kim.home, PRIMARY_DATABASE_URL: elsewhere, RESERVE_DATABASE_URL: elsewhere },
    columns: 200,
    rows: 60,
  });
  await briefed(terminal);
  terminal.press('enter');
  await terminal.exited;
  const said = terminal.history().replaceAll(/\s+/g, ' ');
  expect(said).toContain('admin true, reserve false, primary false, waiting_for 0s, error ');
  expect(said).toMatch(/error (?:Error: )?timeout exceeded when trying to connect/);
});

test('two drills at once report their own runs only', async () => {
  const kim = drillOperator();
  kim.writeRunbook('refused', short('refused', LOGIN, 'Start the database.'));
  const drills = [startDrill(kim, ['refused-stopped']), startDrill(kim, ['refused-stopped'])];
  const texts = await Promise.all(drills.map(briefed));
  const places = texts.map(placesIn);
  expect(new Set(places.map(({ health }) => health)).size).toBe(2);
  for (const terminal of drills) {
    terminal.press('enter');
    await answer(terminal, 'Enter start, ', '');
    await terminal.waitFor('Mend it');
  }
  for (const [index, terminal] of drills.entries()) {
    await execute(places[index]?.scripts[0] ?? '');
    await answer(terminal, 'y done', 'y');
    await answer(terminal, EVIDENCE, 'the script');
  }
  const ends = await Promise.all(drills.map((terminal) => terminal.exited));
  expect(ends.map(({ code }) => code)).toEqual([0, 0]);
  const timed = drills.map((terminal) =>
    [...terminal.history().matchAll(/^(\w+): diagnose /gm)].map(([, name]) => name),
  );
  expect(timed).toEqual([['refused'], ['refused']]);
});

test.each([[['--seed', '7']], [['refused-stopped', '--blind', '--seed', '7']]])(
  '%j has no random fault to pick',
  async (args) => {
    const { code, stderr } = await newOperator().run(['drill', ...args]);
    expect(code).toBe(2);
    expect(stderr).toContain('--seed picks the random fault of a blind drill');
  },
);

test('the faults are listed with the engines they can be made on', async () => {
  const { code, stdout } = await newOperator().run(['drill', '--list']);
  expect(code).toBe(0);
  expect(stdout).toMatch(
    /^FAULT +POSTGRES +POSTGRES-SYSTEM +MARIADB +MYSQL +PGBOUNCER +FAILOVER +TITLE$/m,
  );
  expect(stdout).toMatch(/^pool-exhausted +yes /m);
  expect(stdout).toMatch(
    /^refused-stopped +yes( +(yes|missing)){3} +- +- +The server is stopped$/m,
  );
});

test('an engine that a fault is not made on is refused with those it is', async () => {
  const { code, stderr } = await newOperator().run([
    'drill',
    'refused-stopped',
    '--engine',
    'pgbouncer',
  ]);
  expect(code).toBe(2);
  expect(stderr).toContain('postgres, postgres-system, mariadb');
});
