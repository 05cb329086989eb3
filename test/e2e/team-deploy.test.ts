import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { RunView } from '#events/view/run-view.ts';
import { importRun } from '#run/store/archive.ts';
import { verifyRun } from '#run/store/verify-run.ts';
import { ServerApi } from '#team/remote/server-api.ts';
import { pathOf, stateOf } from '#team/remote/state.ts';
import { MemoryStore } from '../support/memory-store.ts';

const root = resolve(import.meta.dirname, '../..');
/** Building the image takes a minute or two, with packages from a registry. */
const BUILD_MS = 900_000;
const ALERT = {
  ...{ version: '4', status: 'firing', receiver: 'runbook', externalURL: 'http://alerts' },
  ...{ groupLabels: {}, commonLabels: {}, commonAnnotations: {} },
  alerts: [
    {
      ...{ status: 'firing', fingerprint: '9f1c2d3e4a5b6c7d', generatorURL: 'http://metrics' },
      labels: { alertname: 'PostgresConnectionsExhausted', instance: 'db-1' },
      annotations: { summary: 'Connections are used up' },
      ...{ startsAt: '2026-01-01T00:00:00Z', endsAt: '0001-01-01T00:00:00Z' },
    },
  ],
};
/** Fifteen sessions of an application that never uses them. */
const LEAK =
  'for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do (sleep 3600 | PGAPPNAME=shop-web psql --quiet --host=127.0.0.1 --username=shop shop) & done; wait';

const isWanted = process.env.RUNBOOK_PROOF_DEPLOY !== undefined;

describe.skipIf(!isWanted)('the files for Compose (npm run proof:deploy, with Docker)', () => {
  const project = `runbook-proof-${process.pid}`;
  const shop = `${project}-shop`;
  let folder = '';
  let port = 0;

  const docker = (...args: readonly string[]): string =>
    execFileSync('docker', args, { cwd: deploy(), encoding: 'utf8', maxBuffer: 2 ** 26 });
  const compose = (...args: readonly string[]): string =>
    docker('compose', '--project-name', project, '--file', 'compose.yaml', ...args);
  const deploy = () => join(folder, 'docs/team/deploy');
  const secret = (name: string) => join(deploy(), 'secrets', name);
  const atServer = (path: string) => new URL(path, `http://127.0.0.1:${port}`);

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'runbook-deploy-'));
    const files = execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8' });
    const copied = spawnSync('tar', ['--create', '--null', '--files-from=-'], {
      ...{ cwd: root, input: files, maxBuffer: 2 ** 28 },
    });
    execFileSync('tar', ['--extract', '--directory', folder], { input: copied.stdout });
    // Any free port: the machine may have something at 8080.
    const file = join(deploy(), 'compose.yaml');
    writeFileSync(
      file,
      readFileSync(file, 'utf8').replace('127.0.0.1:8080:8080', '127.0.0.1::8080'),
    );
    execFileSync('./secrets.sh', { cwd: deploy() });
    writeFileSync(secret('shop_database_url'), `postgres://oncall:pw@${shop}/shop`, {
      mode: 0o444,
    });
    compose('up', '--build', '--detach', '--quiet-pull');
    port = Number(compose('port', 'server', '8080').trim().split(':').at(-1));
    startShop();
  }, BUILD_MS);

  afterAll(() => {
    if (folder === '') return;
    spawnSync('docker', ['rm', '--force', '--volumes', shop]);
    compose('down', '--volumes', '--timeout', '20');
    rmSync(folder, { recursive: true, force: true });
  });

  function startShop(): void {
    const start = join(folder, 'shop');
    mkdirSync(start);
    writeFileSync(join(start, 'shop.sql'), "CREATE ROLE shop LOGIN PASSWORD 'pw';\n", {
      mode: 0o644,
    });
    docker(
      ...['run', '--detach', '--name', shop, '--network', `${project}_default`],
      ...['--env=POSTGRES_DB=shop', '--env=POSTGRES_USER=oncall', '--env=POSTGRES_PASSWORD=pw'],
      ...['--volume', `${start}:/docker-entrypoint-initdb.d:ro`, 'postgres:18'],
      ...['postgres', '-c', 'max_connections=20', '-c', 'reserved_connections=2'],
    );
  }

  const leaked = async (count: number) =>
    await vi.waitFor(() => {
      const sql = `SELECT count(*) FROM pg_stat_activity
        WHERE usename = 'shop' AND state_change < now() - interval '5 s'`;
      const psql = ['psql', '--username=oncall', '--no-align', '--tuples-only', '--command', sql];
      const found = docker('exec', shop, ...psql, 'shop').trim();
      expect(found).toBe(String(count));
    }, 60_000);

  test('an alert starts a run, which a person answers and confirms, also after a restart of everything', async () => {
    await leaked(0);
    docker('exec', '--detach', '--env=PGPASSWORD=pw', shop, 'bash', '-c', LEAK);
    await leaked(15);
    const text = (name: string) => readFileSync(secret(name), 'utf8');
    const sent = await fetch(atServer('/hooks/alertmanager'), {
      ...{ method: 'POST', body: JSON.stringify(ALERT) },
      headers: { authorization: `Bearer ${text('alert_secret')}` },
    });
    expect(sent.status).toBe(202);
    const { alerts } = (await sent.json()) as { alerts: readonly { readonly run: string }[] };
    const run = alerts[0]?.run ?? '';
    const token = compose(
      ...['run', '--rm', '--no-TTY', 'migrate', 'token', 'create', 'ada', '--role', 'approver'],
      '--database=file:/run/secrets/owner_database_url',
    ).trim();
    const api = () => new ServerApi({ name: 'team', url: atServer('/'), token });
    const viewOnce = async (holds: (view: RunView | null) => void): Promise<RunView> =>
      await vi.waitFor(async () => {
        const view = (await stateOf(api(), run)).view as RunView | null;
        holds(view);
        return view as RunView;
      }, 120_000);
    const asks = async (what: string): Promise<RunView> =>
      await viewOnce((view) => expect(view?.awaited?.for).toBe(what));
    const send = async (intent: object, at_seq: number | undefined) =>
      await api().json(pathOf(run, 'intents'), { intent, at_seq });

    await asks('answer');
    docker('network', 'disconnect', `${project}_default`, shop);
    compose('down', '--timeout', '20');
    compose('up', '--detach');
    port = Number(compose('port', 'server', '8080').trim().split(':').at(-1));
    docker('network', 'connect', `${project}_default`, shop);
    const { awaited } = await asks('answer');
    await send({ type: 'answer', value: '1s' }, awaited?.seq);
    const { gate, awaited: open } = await asks('gate');
    expect(gate?.preview?.rows).toHaveLength(15);
    const confirm = { type: 'confirm', digest: gate?.digest, phrase: gate?.phrase };
    await send(confirm, open?.seq);
    const { changes } = await viewOnce((view) => expect(view?.outcome).toBe('resolved'));
    expect(changes).toMatchObject([{ operator: 'ada', state: 'succeeded' }]);
    await leaked(0);

    const store = new MemoryStore();
    const archive = await api().bytes(pathOf(run, 'archive'));
    const { id } = await importRun(store, Readable.from([archive]));
    expect((await verifyRun(store.kept(id).record)).flaws).toEqual([]);
    expect(compose('ps', '--format', 'json')).toContain('healthy');
  });
});
