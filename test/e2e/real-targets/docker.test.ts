import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { because } from '../../support/because.ts';
import { missingDocker } from '../../support/targets/docker.ts';
import { PROVEN_FAULTS, type ProvenFault, type ProvenName } from '../../support/targets/proven.ts';
import { newOperator } from '../operator.ts';
import { type Answers, solve } from '../solve-fault.ts';
import { type ComposeShop, DATABASE, startComposeShop } from './compose-shop.ts';

/** How a fault is made on the shop, and how an operator solves it. */
type Solution = {
  make(shop: ComposeShop): Promise<unknown>;
  readonly inputs?: (shop: ComposeShop) => Readonly<Record<string, string>>;
  answers(shop: ComposeShop): Answers;
  readonly path: readonly string[];
  readonly findings: readonly RegExp[];
};

type DockerFault = Exclude<ProvenName, `systemd-${string}`>;

const BROKEN_URL = 'postgres://shop@undefined:5455/shop';
const sessions = (shop: ComposeShop) =>
  shop.sql("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'shop-web'");

/** The application has a session of its own, and an administrator terminates it. */
async function terminateSessions(shop: ComposeShop): Promise<void> {
  const terminate = () =>
    shop.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'shop'");
  await shop.compose('stop', 'app');
  await terminate();
  await shop.compose('start', 'app');
  await vi.waitFor(async () => expect((await sessions(shop)).trim()).toBe('1'), 30_000);
  await terminate();
}

const SOLUTIONS: Readonly<Record<DockerFault, Solution>> = {
  'docker-stopped': {
    make: ({ box }) => box.docker('stop', DATABASE),
    answers: () => ({
      cause: { answer: 'the server is stopped' },
      platform: { answer: 'Docker' },
      container: { answer: DATABASE },
      start_docker: { confirm: true },
    }),
    path: [
      ...['read_url', 'port', 'here', 'listeners', 'cause', 'platform', 'containers', 'container'],
      ...['log_container', 'start_docker', 'back', 'login', 'resolved'],
    ],
    findings: [
      /Nothing listens on port 5455/,
      /container shop-db-1 is down/,
      /The login works: shop/,
    ],
  },
  'docker-paused': {
    make: ({ box }) => box.docker('pause', DATABASE),
    answers: () => ({ unpause: { confirm: true } }),
    path: [
      ...['path', 'greet', 'here', 'queue', 'process', 'frozen', 'paused', 'unpause'],
      ...['login', 'steady', 'resolved'],
    ],
    findings: [/is frozen with its cgroup/, /The container shop-db-1 is paused/],
  },
  'compose-stopped': {
    make: ({ compose }) => compose('stop', 'db'),
    answers: () => ({
      cause: { answer: 'the server is stopped' },
      platform: { answer: 'Docker Compose' },
      start_compose: { confirm: true },
    }),
    path: [
      ...['read_url', 'port', 'here', 'listeners', 'cause', 'platform'],
      ...['status_compose', 'start_compose', 'back', 'login', 'resolved'],
    ],
    findings: [/Nothing listens on port 5455/, /The login works: shop/],
  },
  'compose-shutting-down': {
    async make(shop) {
      await shop.compose('restart', 'app');
      await vi.waitFor(async () => expect((await sessions(shop)).trim()).toBe('1'), 30_000);
      await shop.box.docker('kill', '--signal', 'TERM', DATABASE);
    },
    inputs: () => ({ service: 'db' }),
    answers: () => ({
      intended: { answer: 'it is not planned' },
      platform: { answer: 'Docker Compose' },
      compose_act: { answer: 'no: restart the database' },
      compose_restart: { confirm: true },
    }),
    path: [
      ...['login', 'intended', 'platform', 'compose_log', 'compose_act', 'compose_restart'],
      ...['wait_ready', 'settle', 'version', 'state', 'resolved'],
    ],
    findings: [/The server is shutting down/],
  },
  'compose-terminated': {
    make: terminateSessions,
    inputs: ({ adminUrl }) => ({ service: 'app', admin_url: adminUrl }),
    answers: () => ({
      remedy: { answer: "replace the application's connections" },
      platform: { answer: 'Docker Compose' },
      restart_containers: { confirm: true },
      errors: { answer: 'yes, no new error' },
    }),
    path: [
      ...['login', 'sessions', 'server', 'limits', 'mark', 'remedy', 'platform'],
      ...['restart_containers', 'fresh', 'errors', 'again', 'resolved'],
    ],
    findings: [/sees no open session of shop/],
  },
  'docker-terminated': {
    make: terminateSessions,
    inputs: ({ adminUrl }) => ({ service: 'shop-app-1', admin_url: adminUrl }),
    answers: () => ({
      remedy: { answer: "replace the application's connections" },
      platform: { answer: 'Docker' },
      restart_docker: { confirm: true },
      errors: { answer: 'yes, no new error' },
    }),
    path: [
      ...['login', 'sessions', 'server', 'limits', 'mark', 'remedy', 'platform'],
      ...['restart_docker', 'fresh', 'errors', 'again', 'resolved'],
    ],
    findings: [/sees no open session of shop/],
  },
  'compose-wrong-url': {
    async make({ configure, compose }) {
      configure(BROKEN_URL);
      await compose('up', '--detach', '--force-recreate', '--no-deps', 'app');
    },
    inputs: () => ({ database_url: BROKEN_URL, service: 'app' }),
    answers: ({ configure, url }) => ({
      platform: { answer: 'Docker Compose' },
      change_url: { first: async () => configure(url), done: 'compose.yaml' },
      restart_compose: { confirm: true },
      new_url: { answer: url },
    }),
    path: [
      ...['read_url', 'platform', 'loaded_compose', 'change_url', 'restart_compose'],
      ...['new_url', 'new_config', 'new_login', 'resolved'],
    ],
    findings: [
      /the host is the text "undefined"/,
      /Database settings in the container:.*DATABASE_URL/,
    ],
  },
  // Last: its service stays.
  'compose-leak': {
    async make({ compose, sql }) {
      await compose('stop', 'app');
      await compose('up', '--detach', 'leaky');
      const unused =
        "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'shop-leaky' AND backend_start < now() - interval '4 seconds'";
      await vi.waitFor(async () => expect((await sql(unused)).trim()).toBe('6'), 30_000);
    },
    inputs: ({ adminUrl }) => ({ admin_url: adminUrl }),
    answers: ({ compose }) => ({
      application_pool: { done: 'all checked out' },
      restart_app: { first: () => compose('restart', 'leaky'), done: 'docker compose restart' },
      pool_served: { done: 'a page reads and writes' },
    }),
    path: [
      ...['capacity', 'application_pool', 'app_sessions', 'restart_app', 'app_restarted'],
      ...['pool_served', 'pool_works'],
    ],
    findings: [/6 of \d+ sessions of shop have run nothing/, /the restart closed 6 of 6/],
  },
};

const missing = await missingDocker();

describe.skipIf(missing !== undefined)(`with a real Docker daemon${because(missing)}`, () => {
  let shop: ComposeShop;
  beforeAll(async () => {
    shop = await startComposeShop();
  });
  afterAll(() => shop?.box.close());

  test.each(Object.entries(SOLUTIONS))('%s is resolved', async (name, solution) => {
    const { runbook, command }: ProvenFault = PROVEN_FAULTS[name as DockerFault];
    await solution.make(shop);
    const kim = newOperator(shop.box.env);
    symlinkSync(shop.file, join(kim.home, 'work', 'compose.yaml'));
    const given = { database_url: shop.url, ...solution.inputs?.(shop) };
    const inputs = Object.entries(given).map(([key, value]) => ['--input', `${key}=${value}`]);
    const solved = await solve(
      ...([kim, ['run', runbook, ...inputs.flat()], solution.answers(shop)] as const),
      shop.box.inside(`${kim.home}/work`),
    );
    expect(solved, solved.printed).toMatchObject({ code: 0, outcome: 'resolved' });
    expect(solved.path).toEqual(solution.path);
    for (const finding of solution.findings) expect(solved.findings.join('\n')).toMatch(finding);
    const gates = solved.records.filter(({ event }) => event.type === 'gate.opened');
    expect(gates).toHaveLength(command === undefined ? 0 : 1);
    expect(JSON.stringify(gates)).toContain(command ?? '');
    expect(solved.printed).not.toContain('␛');
    expect((await shop.sql('SELECT 1')).trim()).toBe('1');
  });
});
