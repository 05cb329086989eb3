import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { because } from '../../support/because.ts';
import { PROVEN_FAULTS, type ProvenFault, type ProvenName } from '../../support/targets/proven.ts';
import { missingSystemd, openSystemd, type SystemdBox } from '../../support/targets/systemd.ts';
import { newOperator } from '../operator.ts';
import { type Answers, solve } from '../solve-fault.ts';

type SystemdFault = Extract<ProvenName, `systemd-${string}`>;

/** How a fault is made, and how an operator solves it. */
type Solution = {
  make(box: SystemdBox, unit: string): Promise<unknown>;
  readonly inputs: (unit: string) => Readonly<Record<string, string>>;
  answers(box: SystemdBox): Answers;
  readonly path: readonly string[];
  readonly findings: readonly string[];
};

const sql = (box: SystemdBox, text: string) =>
  box.run(['runuser', '-u', 'postgres', '--', 'psql', '-qtAc', text]);

const BROKEN_URL = 'postgres://shop@undefined:5432/shop';

const configure = (box: SystemdBox, used: string) =>
  box.run(['bash', '-c', `echo 'DATABASE_URL=${used}' > /run/shop.env`]);

let url = '';

const SOLUTIONS: Readonly<Record<SystemdFault, Solution>> = {
  'systemd-instance-stopped': {
    make: (box, unit) => box.run(['systemctl', 'stop', unit]),
    inputs: () => ({}),
    answers: () => ({
      cause: { answer: 'the server is stopped' },
      platform: { answer: 'systemd' },
      start_systemd: { confirm: true },
    }),
    path: [
      ...['read_url', 'port', 'here', 'listeners', 'cause', 'platform', 'status_systemd'],
      ...['stopped_units', 'start_systemd', 'back', 'login', 'resolved'],
    ],
    findings: ['Stopped: postgresql@', 'The login works: shop'],
  },
  'systemd-shutting-down': {
    async make(box, unit) {
      const stays = ['--collect', '--uid=postgres', 'psql', '-c', 'SELECT pg_sleep(3600)'];
      await box.run(['systemd-run', ...stays]);
      const sleeping = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'";
      await vi.waitFor(async () => expect((await sql(box, sleeping)).trim()).toBe('1'), 30_000);
      await box.run(['systemctl', 'kill', '--kill-who=main', '--signal=TERM', unit]);
    },
    inputs: (unit) => ({ service: unit }),
    answers: () => ({
      intended: { answer: 'it is not planned' },
      platform: { answer: 'systemd' },
      systemd_act: { answer: 'no: restart the database' },
      systemd_restart: { confirm: true },
    }),
    path: [
      ...['login', 'intended', 'platform', 'systemd_log', 'systemd_act', 'systemd_restart'],
      ...['wait_ready', 'settle', 'version', 'state', 'resolved'],
    ],
    findings: ['The server is shutting down'],
  },
  'systemd-wrong-url': {
    async make(box) {
      await configure(box, BROKEN_URL);
      const program = `[Service]\nEnvironmentFile=/run/shop.env\nExecStart=sleep 3600\n`;
      await box.run(['bash', '-c', `printf '${program}' > /run/systemd/system/shop-web.service`]);
      await box.run(['systemctl', 'start', 'shop-web']);
    },
    inputs: () => ({ database_url: BROKEN_URL, service: 'shop-web' }),
    answers: (box) => ({
      platform: { answer: 'systemd' },
      change_url: { first: () => configure(box, url), done: '/run/shop.env' },
      restart_systemd: { confirm: true },
      new_url: { answer: url },
    }),
    path: [
      ...['read_url', 'platform', 'loaded_systemd', 'change_url', 'restart_systemd'],
      ...['new_url', 'new_config', 'new_login', 'resolved'],
    ],
    findings: ['the host is the text "undefined"', 'EnvironmentFiles=/run/shop.env'],
  },
};

const missing = await missingSystemd();

describe.skipIf(missing !== undefined)(`with a real systemd${because(missing)}`, () => {
  let box: SystemdBox;
  let unit = '';
  beforeAll(async () => {
    box = await openSystemd();
    await box.run(['systemctl', 'start', 'postgresql']);
    const [cluster = ''] = (await box.run(['pg_lsclusters', '--no-header'])).split('\n');
    const [version = '', name = '', port = ''] = cluster.split(/ +/);
    unit = `postgresql@${version}-${name}`;
    await sql(box, "CREATE ROLE shop LOGIN PASSWORD 'shop'");
    await sql(box, 'CREATE DATABASE shop OWNER shop');
    url = `postgres://shop:shop@127.0.0.1:${port}/shop`;
    vi.stubEnv('TMPDIR', box.shared);
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await box?.close();
  });

  test.each(Object.entries(SOLUTIONS))('%s is resolved', async (name, solution) => {
    const { runbook, command }: ProvenFault = PROVEN_FAULTS[name as SystemdFault];
    await solution.make(box, unit);
    const kim = newOperator();
    const given = { database_url: url, ...solution.inputs(unit) };
    const inputs = Object.entries(given).map(([key, value]) => ['--input', `${key}=${value}`]);
    const solved = await solve(
      ...([kim, ['run', runbook, ...inputs.flat()], solution.answers(box)] as const),
      box.inside(`${kim.home}/work`),
    );
    expect(solved, solved.printed).toMatchObject({ code: 0, outcome: 'resolved' });
    expect(solved.path).toEqual(solution.path);
    for (const finding of solution.findings) expect(solved.findings.join('\n')).toContain(finding);
    const gates = solved.records.filter(({ event }) => event.type === 'gate.opened');
    expect(JSON.stringify(gates)).toContain(command ?? '');
    expect((await sql(box, 'SELECT 1')).trim()).toBe('1');
  });
});
