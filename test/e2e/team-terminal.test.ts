import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { servedTeam } from '../support/served-team.ts';
import { textOf } from '../support/served-web.ts';
import { startSwitchingProxy } from '../support/switching-proxy.ts';
import { newOperator, type Operator } from './operator.ts';
import type { OpenTerminal } from './terminal.ts';

const stage = servedTeam('environments: { prod: { label: eu } }\n');
const START = ['run', 'stuck-orders', '--on', 'team', '--env', 'prod'];
const GATE = 'Type release them to run it:';

/** Somebody at a terminal of their own, with a token for the server. */
async function person(name: string, role: string, url = stage().url): Promise<Operator> {
  const token = await stage().token(name, role, 'sign-in');
  const somebody = newOperator({ TOKEN: token, RUNBOOK_OPERATOR: 'not asked' });
  somebody.writeConfig('servers.yaml', `team: { url: '${url}', token: env:TOKEN }\n`);
  return somebody;
}

/** Starts a run and resolves with its ID once it waits at its gate. */
async function started(starter: Operator, runbook = 'stuck-orders'): Promise<string> {
  const { code, stdout } = await starter.run([
    ...['run', runbook, '--on', 'team', '--env', 'prod', '--detach'],
  ]);
  expect(code).toBe(0);
  const [id = '', page] = stdout.trim().split('\n');
  expect(page).toMatch(new RegExp(`^http://127.0.0.1:\\d+/r/${id}$`));
  await vi.waitFor(async () => {
    const { runs } = await listed(starter);
    expect(runs.find((run) => run.id === id)?.waitingFor).toBe('gate');
  });
  return id;
}

async function listed(reader: Operator) {
  const { code, stdout } = await reader.run(['runs', '--on', 'team', '--json']);
  expect(code).toBe(0);
  return { runs: JSON.parse(stdout) as { id: string; waitingFor?: string; outcome?: string }[] };
}

/** Signs somebody in on the page and resolves with the cookie. */
async function sessionOf(somebody: Operator): Promise<string> {
  const login = await fetch(`${stage().url}/auth/login`, {
    ...{ method: 'POST', redirect: 'manual', headers: { 'sec-fetch-site': 'same-origin' } },
    body: new URLSearchParams({ token: somebody.env.TOKEN ?? '', next: '/' }),
  });
  return (login.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
}

/** Types the phrase and, once it is on the screen, Enter: one that is pressed earlier may not count. */
async function confirm(terminal: OpenTerminal): Promise<void> {
  terminal.type('release them');
  await terminal.waitFor(`${GATE} release them`);
  terminal.press('enter');
}

test('a run on a server is driven from a terminal that logs in, and its record is fetched and verified', async () => {
  const grace = newOperator();
  const token = await stage().token('grace', 'approver', 'sign-in');
  const login = grace.open(['login', stage().url, '--name', 'team']);
  await login.waitFor('token for 127.0.0.1');
  login.type(token);
  login.press('enter');
  expect(await login.exited).toEqual({ code: 0, signal: 0 });
  expect(login.received).toContain('as grace');
  expect(login.received).not.toContain(token);
  const config = join(grace.home, '.config', 'runbook');
  expect(readFileSync(join(config, 'servers.yaml'), 'utf8')).not.toContain(token);
  expect(statSync(join(config, 'tokens', 'team')).mode & 0o777).toBe(0o600);

  const terminal = grace.open(START);
  const gate = await terminal.waitFor(GATE);
  expect(gate).toContain('INSERT INTO released');
  expect(gate).not.toContain('! command');
  // Pressed by habit: it neither stops nor ends what others rely on.
  terminal.press('ctrl-c');
  await terminal.waitFor('It continues without you.');
  terminal.press('escape');
  await terminal.waitFor('Tab details');
  await confirm(terminal);
  await terminal.waitFor('RESOLVED');
  terminal.type('t');
  await terminal.waitFor('Changed: release: 1 row inserted (grace)');
  terminal.press('escape');
  await terminal.waitFor('RESOLVED');
  terminal.type('q');
  expect(await terminal.exited).toEqual({ code: 0, signal: 0 });
  const [, id = ''] = /runbook transcript (\S+) --on team/.exec(terminal.history()) ?? [];
  expect(await stage().changes()).toBe(1);

  const { runs } = await listed(grace);
  expect(runs).toMatchObject([{ id, outcome: 'resolved', environment: 'prod' }]);
  const table = (await grace.run(['runs', '--on', 'team', '--status', 'resolved'])).stdout;
  expect(table).toMatch(new RegExp(`${id} +resolved +prod .*grace`));
  for (const format of ['md', 'html', 'json', 'postmortem', 'asciicast']) {
    const told = await grace.run(['transcript', id, '--on', 'team', '--format', format]);
    expect([format, told.code, told.stdout.length > 300]).toEqual([format, 0, true]);
  }
  expect(await grace.run(['runs', 'export', id, '--on', 'team', '-o', 'one'])).toMatchObject({
    code: 0,
  });
  expect(await grace.run(['runs', 'import', 'one'])).toMatchObject({ code: 0 });
  expect(await grace.run(['transcript', 'verify', id])).toMatchObject({ code: 0 });

  expect(await grace.run(['logout'])).toMatchObject({ code: 0 });
  const out = await grace.run(['runs', '--on', 'team']);
  expect([out.code, out.stderr]).toEqual([
    5,
    expect.stringContaining('there is no token for team'),
  ]);
  const unknown = await grace.run(['runs', '--on', 'teem']);
  expect([unknown.code, unknown.stderr]).toEqual([2, expect.stringContaining('configured: team')]);
});

test('a viewer only watches and is told so', async () => {
  const ada = await person('ada', 'operator');
  const vic = await person('vic', 'viewer');
  const refused = await vic.run([...START, '--detach']);
  expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('You are a viewer.')]);
  const before = await stage().changes();
  const id = await started(ada);
  const watches = vic.open(['attach', id, '--on', 'team']);
  const gate = await watches.waitFor('read-only · your role may only watch');
  expect(gate).toContain('INSERT INTO released');
  expect(gate).not.toContain('to run it');
  watches.type('release them');
  watches.press('enter');
  const drives = ada.open(['attach', id, '--on', 'team']);
  await drives.waitFor(GATE);
  drives.press('escape');
  await drives.waitFor('Why not?');
  drives.press('enter');
  await drives.waitFor('x abort');
  drives.type('x');
  await drives.waitFor('Why end the run?');
  drives.type('not now');
  drives.press('enter');
  await drives.waitFor('ABORTED');
  await watches.waitFor('ABORTED');
  drives.type('q');
  watches.type('q');
  expect(await drives.exited).toEqual({ code: 3, signal: 0 });
  expect(await watches.exited).toEqual({ code: 0, signal: 0 });
  expect(await stage().changes()).toBe(before);
});

test('after an abort the gate of a final step waits for an approver, who sees that the run has ended', async () => {
  const grace = await person('grace', 'approver');
  const ada = await person('ada', 'operator');
  const before = await stage().changes();
  const id = await started(ada, 'closing-orders');
  const aborts = ada.open(['attach', id, '--on', 'team']);
  await aborts.waitFor(GATE);
  aborts.press('escape');
  await aborts.waitFor('Why not?');
  aborts.press('enter');
  await aborts.waitFor('x abort');
  aborts.type('x');
  await aborts.waitFor('Why end the run?');
  aborts.type('the wrong queue');
  aborts.press('enter');
  expect(await aborts.waitFor('Final step')).toContain('the run was aborted');
  const page = await fetch(`${stage().url}/r/${id}`, {
    headers: { cookie: await sessionOf(grace) },
  });
  expect(textOf(await page.text())).toContain('Final step: the run was aborted');
  const approves = grace.open(['attach', id, '--on', 'team']);
  expect(await approves.waitFor('y run it')).toContain('Final step: the run was aborted');
  expect(await stage().changes()).toBe(before);
  approves.type('y');
  await approves.waitFor('ABORTED');
  await aborts.waitFor('ABORTED');
  expect(await stage().changes()).toBe(before + 1);
  const { stdout } = await grace.run(['transcript', id, '--on', 'team']);
  expect(stdout).toContain('Final step: the run was aborted');
});

test('a terminal outlives its server, and leaving it leaves the run alone', async () => {
  const kim = await person('kim', 'approver');
  const before = await stage().changes();
  const id = await started(kim);
  const terminal = kim.open(['attach', '--on', 'team', id.slice(-8)]);
  await terminal.waitFor(GATE);
  stage().server.kill('SIGKILL');
  await terminal.waitFor('connection to team lost, trying again');
  terminal.type('release them');
  await terminal.waitFor(`${GATE} release them`);
  // The screen changes with every attempt to connect, and what has just appeared takes no key.
  await vi.waitFor(async () => {
    terminal.press('enter');
    await terminal.waitFor('nothing was sent', 2_000);
  }, 60_000);
  await stage().serveAgain();
  await terminal.waitFor((screen) => screen.includes(GATE) && !screen.includes('lost'));
  terminal.press('ctrl-c');
  await terminal.waitFor('It continues without you.');
  terminal.press('ctrl-c');
  expect(await terminal.exited).toEqual({ code: 0, signal: 0 });
  expect(terminal.history().replaceAll(/\s+/g, ' ')).toContain('It continues on team.');
  const again = kim.open(['attach', '--on', 'team']);
  await again.waitFor(GATE);
  await confirm(again);
  await again.waitFor('RESOLVED');
  again.type('q');
  expect(await again.exited).toEqual({ code: 0, signal: 0 });
  expect(await stage().changes()).toBe(before + 1);
});

test('of two who answer, the second is told what was answered and by whom', async () => {
  const grace = await person('grace', 'approver');
  const proxy = await startSwitchingProxy(Number(new URL(stage().url).port));
  const kim = await person('kim', 'approver', `http://127.0.0.1:${proxy.port}`);
  const before = await stage().changes();
  const id = await started(grace);
  const [first, second] = [grace, kim].map((one) => one.open(['attach', id, '--on', 'team']));
  if (first === undefined || second === undefined) throw new Error('no terminals');
  await Promise.all([first.waitFor(GATE), second.waitFor(GATE)]);
  proxy.hold();
  await confirm(first);
  await first.waitFor('RESOLVED');
  const sent = proxy.sentBytes();
  await confirm(second);
  await vi.waitFor(() => expect(proxy.sentBytes()).toBeGreaterThan(sent));
  proxy.release();
  await second.waitFor('Too late: grace confirmed it. Your answer changed nothing.');
  expect(await stage().changes()).toBe(before + 1);
});

test('an answer whose confirmation is lost is sent again, and counts once', async () => {
  const proxy = await startSwitchingProxy(Number(new URL(stage().url).port));
  const kim = await person('kim', 'approver', `http://127.0.0.1:${proxy.port}`);
  const before = await stage().changes();
  const id = await started(kim);
  const terminal = kim.open(['attach', id, '--on', 'team']);
  await terminal.waitFor(GATE);
  proxy.hold();
  const sent = proxy.sentBytes();
  await confirm(terminal);
  await vi.waitFor(() => expect(proxy.sentBytes()).toBeGreaterThan(sent));
  await vi.waitFor(async () => expect(await stage().changes()).toBe(before + 1));
  proxy.cut();
  proxy.release();
  await terminal.waitFor('RESOLVED');
  await vi.waitFor(() => expect(proxy.sentBytes()).toBeGreaterThan(sent));
  expect(terminal.text()).not.toMatch(/Refused|Too late/);
  expect(await stage().changes()).toBe(before + 1);
});

test('without a terminal a run stops being shown once it needs a person', async () => {
  const ada = await person('ada', 'operator');
  const { code, stdout } = await ada.run(START);
  expect(code).toBe(4);
  expect(stdout).toContain('7 orders wait.');
  const [, id = ''] = /(\S+) waits for a person on team/.exec(stdout) ?? [];
  const { runs } = await listed(ada);
  expect(runs.find((run) => run.id === id)?.waitingFor).toBe('gate');
});
