import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import type { Role } from '#events/log/news.ts';
import { sha256 } from '#run/sha256.ts';
import { STUCK_ORDERS } from '../fixtures/team-books.ts';
import { CACHES, LAUNCHER } from '../support/built-command.ts';
import { runbookCommand } from '../support/start-command.ts';
import { startSwitchingProxy } from '../support/switching-proxy.ts';
import { teamStage } from '../support/team-stage.ts';

const stage = teamStage();

/** A folder of a worker: its runbook, and an environment with the address of the patient. */
function workerFolder(): string {
  const folder = ownFolder();
  writeFileSync(join(folder, 'stuck-orders.yaml'), STUCK_ORDERS);
  writeFileSync(
    join(folder, 'runbook.config.yaml'),
    'environments: { prod: { inputs: { database_url: env:PATIENT_URL } } }\n',
  );
  return folder;
}

type Started = {
  readonly child: ChildProcess;
  said(): string;
  readonly exited: Promise<number | null>;
};

/** A port at which nothing listens. */
const NOTHING = 1;

const children: ChildProcess[] = [];
const folders: string[] = [];
afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

function ownFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'runbook-command-'));
  folders.push(folder);
  return folder;
}

/** Starts a command of the team as a process, ended with the file. */
function start(
  args: readonly string[],
  cwd: string,
  controlUrl = stage().control.superuserUrl,
): Started {
  const child = spawn(process.execPath, [LAUNCHER, ...args], {
    cwd,
    env: {
      PATH: process.env.PATH,
      ...CACHES,
      HOME: cwd,
      RUNBOOK_STATE: join(cwd, 'state'),
      RUNBOOK_TEAM_DATABASE_URL: controlUrl,
      PATIENT_URL: stage().patientUrl,
    },
    stdio: ['ignore', 'inherit', 'pipe'],
  });
  children.push(child);
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  const exited = new Promise<number | null>((done) => child.on('exit', (code) => done(code)));
  return { child, said: () => said, exited };
}

test.concurrent('runbook worker executes runs with its own runbooks and environments, and drains', async () => {
  const run = await stage().create({}, { label: 'command' });
  const worker = start(['worker', '--label', 'command', '--dir', '.'], workerFolder());
  const { gate, awaited } = await stage().asks(run, 'gate');
  expect(worker.said()).toContain('takes runs of command');
  await stage().send(run, { type: 'confirm', digest: gate?.digest ?? '' }, awaited?.seq);
  await stage().finished(run);
  expect(await stage().changes(run)).toBe(1);
  worker.child.kill('SIGTERM');
  expect(await worker.exited).toBe(0);
});

test.concurrent('a worker that was declared dead exits with 86', async () => {
  const worker = start(['worker', '--label', 'lost', '--dir', '.'], workerFolder());
  await vi.waitFor(() => expect(worker.said()).toContain('takes runs of lost'));
  await stage().pool.query("UPDATE runbook.worker SET state = 'dead' WHERE labels = '{lost}'");
  expect(await worker.exited).toBe(86);
  expect(worker.said()).toContain('the lease is lost: it was declared dead');
});

test.concurrent('an environment that the worker does not have is trouble, and a run inherits no file of the worker', async () => {
  const folder = workerFolder();
  const { pool, store } = stage();
  const label = 'elsewhere';
  const unknown = await stage().create({}, { label });
  await pool.query("UPDATE runbook.run SET environment = 'staging' WHERE id = $1", [unknown]);
  const reading = await stage().create({ read_seconds: `file:${LAUNCHER}` }, { label });
  const worker = start(['worker', '--label', label, '--dir', '.'], folder);
  await vi.waitFor(async () => {
    expect((await store.run(unknown))?.trouble).toContain('unknown environment "staging"');
    expect((await store.run(reading))?.trouble).toContain('file:');
  });
  expect(await stage().records(unknown)).toEqual([]);
  // Every worker watches over the others: this one might find the dead one of another test first.
  worker.child.kill('SIGKILL');
  await worker.exited;
});

test.concurrent('runbook server gives the runs of a dead worker to another', async () => {
  const run = await stage().create({}, { label: 'server' });
  await stage().pool.query(
    `INSERT INTO runbook.worker (id, labels, program, replay) VALUES ('gone-1', '{server}', 'test', 1)`,
  );
  await stage().pool.query("UPDATE runbook.run SET holder = 'gone-1', epoch = 1 WHERE id = $1", [
    run,
  ]);
  const server = start(['server'], ownFolder());
  await vi.waitFor(() => expect(server.said()).toContain('watching over the workers'));
  await vi.waitFor(async () => expect((await stage().store.run(run))?.holder).toBeUndefined());
  await vi.waitFor(() => expect(server.said()).toContain('worker gone-1 is dead'));
  server.child.kill('SIGTERM');
  expect(await server.exited).toBe(0);
});

test.concurrent('a server and a worker wait for the control plane, and requests in an outage are told to come again', async () => {
  const url = new URL(stage().control.superuserUrl);
  const proxy = await startSwitchingProxy(NOTHING);
  const own = Number(url.port);
  url.port = String(proxy.port);
  const folder = workerFolder();
  writeFileSync(
    join(folder, 'team.yaml'),
    'listen: 127.0.0.1:0\nenvironments: { prod: { label: later } }\n',
  );
  const server = start(['server', '--config', 'team.yaml'], folder, url.href);
  const worker = start(['worker', '--label', 'later', '--dir', '.'], workerFolder(), url.href);
  const stopped = start(['worker', '--label', 'later'], ownFolder(), url.href);
  for (const { said } of [server, worker, stopped])
    await vi.waitFor(() => expect(said()).toContain('waiting for the control plane: Connection'));
  stopped.child.kill('SIGTERM');
  expect(await stopped.exited).toBe(0);
  proxy.leadTo(own);
  await vi.waitFor(() => expect(worker.said()).toContain('takes runs of later'));
  await vi.waitFor(() => expect(server.said()).toContain('watching over the workers'));
  const pages = /pages at (\S+)/.exec(server.said())?.[1] ?? '';
  const ask = (path: string, headers = {}) => fetch(`${pages}${path}`, { headers });
  expect((await ask('/metrics')).status).toBe(200);
  proxy.leadTo(NOTHING);
  proxy.cut();
  const api = await ask('/api/runs', { authorization: 'Bearer rbt_any' });
  expect({
    status: api.status,
    again: api.headers.get('retry-after'),
    body: await api.json(),
  }).toEqual({
    status: 503,
    again: '5',
    body: {
      error: {
        code: 'unavailable',
        message: 'The control plane does not answer. Try again in a moment.',
      },
    },
  });
  const page = await ask('/', { cookie: `__Host-runbook=${'a'.repeat(43)}` });
  expect([page.status, page.headers.get('refresh')]).toEqual([503, '5']);
  expect((await ask('/metrics')).status).toBe(503);
  expect(server.said().match(/does not answer/g)).toHaveLength(1);
  proxy.leadTo(own);
  await vi.waitFor(async () => expect((await ask('/metrics')).status).toBe(200));
  server.child.kill('SIGTERM');
  expect(await server.exited).toBe(0);
});

test.concurrent('the control plane is migrated by a command, and what is not migrated is refused', () => {
  const cwd = ownFolder();
  const { superuserUrl } = stage().control;
  const env = (url: string) => ({ RUNBOOK_TEAM_DATABASE_URL: url });
  const migrated = runbookCommand(['server', 'migrate'], { cwd, env: env(superuserUrl) });
  expect(migrated).toMatchObject({ exitCode: 0 });
  expect(migrated.stdout).toContain('The control plane is migrated.');
  const template = superuserUrl.replace(/\/postgres$/, '/template1');
  const refused = runbookCommand(['worker'], { cwd, env: env(template) });
  expect(refused.exitCode).toBe(5);
  expect(refused.stderr).toContain('runbook server migrate');
  const missing = superuserUrl.replace(/\/postgres$/, '/missing');
  for (const args of [['worker'], ['server'], ['server', 'migrate'], ['token', 'list']]) {
    const failed = runbookCommand(args, { cwd, env: env(missing) });
    expect([args, failed.exitCode]).toEqual([args, 5]);
    expect(failed.stderr).toContain('cannot connect to the control plane: database "missing"');
  }
  const unset = runbookCommand(['worker'], { cwd });
  expect(unset.exitCode).toBe(5);
  expect(unset.stderr).toContain('RUNBOOK_TEAM_DATABASE_URL is not set');
  const open = runbookCommand(['worker', '--database', superuserUrl], { cwd });
  expect(open.exitCode).toBe(2);
});

// After the others: a worker that lives on would find the dead one of another test.
test('a comment added to a runbook strands none of its open runs, also when the worker starts again', async () => {
  const { asks, create, finished, changes, send, store } = stage();
  const folder = workerFolder();
  const label = 'edited';
  const args = ['worker', '--label', label, '--dir', '.', '--hold', '1s'];
  const confirmed = async (run: string, seen?: number) => {
    const { gate, awaited } = await asks(run, 'gate', seen);
    await send(run, { type: 'confirm', digest: gate?.digest ?? '' }, awaited?.seq);
    await finished(run);
    expect(await changes(run)).toBe(1);
  };
  const runs = [await create({}, { label }), await create({}, { label })];
  const [parked = '', later = ''] = runs;
  const first = start(args, folder);
  const seen: (number | undefined)[] = [];
  for (const run of runs) {
    seen.push((await asks(run, 'gate')).awaited?.seq);
    await vi.waitFor(async () => expect((await store.run(run))?.holder).toBeUndefined());
  }
  const text = `# Nothing but a comment.\n${STUCK_ORDERS}`;
  writeFileSync(join(folder, 'stuck-orders.yaml'), text);
  await store.look(parked, { person: 'bo', via: 'page', ms: 60_000 });
  await confirmed(parked, seen[0]);
  await confirmed(await create({}, { label, text }));
  first.child.kill('SIGTERM');
  expect(await first.exited).toBe(0);
  start(args, folder);
  await store.look(later, { person: 'bo', via: 'page', ms: 60_000 });
  await confirmed(later, seen[1]);
  const [{ event } = { event: undefined }] = await stage().records(later);
  expect(event).toMatchObject({ runbook: { sha256: sha256(STUCK_ORDERS) } });
});

test('SIGHUP reads the rules of a worker again, and a config file with errors changes nothing', async () => {
  const { asks, create, finished, changes, send, answered } = stage();
  const folder = workerFolder();
  const file = join(folder, 'runbook.config.yaml');
  const before = readFileSync(file, 'utf8');
  const run = await create({}, { label: 'rules' });
  const worker = start(['worker', '--label', 'rules', '--dir', '.'], folder);
  const { gate, awaited } = await asks(run, 'gate');
  const readAgain = async (text: string, says: string) => {
    const times = worker.said().split(says).length;
    writeFileSync(file, text);
    worker.child.kill('SIGHUP');
    await vi.waitFor(() => expect(worker.said().split(says).length).toBe(times + 1));
  };
  const confirm = async (role: Role) => {
    const by = { roles: [role], signedInAt: new Date() };
    const intent = { type: 'confirm', digest: gate?.digest ?? '' } as const;
    const sent = await send(run, intent, awaited?.seq, 'kim', by);
    return (await answered(run, sent)).verdict;
  };
  const rule = '{ environments: [prod], effect: change, roles: [approver] }';
  await readAgain(`${before}worker: { approval: [${rule}] }\n`, 'the files were read again');
  expect(await confirm('operator')).toMatchObject({ code: 'not-allowed' });
  await readAgain(`${before}worker: { approval: 5 }\n`, 'the files were not read again');
  expect(await confirm('operator')).toMatchObject({ code: 'not-allowed' });
  expect(await changes(run)).toBe(0);
  await readAgain(before, 'the files were read again');
  expect(await confirm('approver')).toEqual({ accepted: true });
  await finished(run);
});
