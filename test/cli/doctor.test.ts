import { describe, expect, onTestFinished, test } from 'vitest';
import type { Check } from '#cli/commands/doctor/check.ts';
import { widthOf } from '#text/width.ts';
import { shopServer } from '../e2e/shop-server.ts';
import { ConfigOperator } from '../support/config-operator.ts';
import { closedPort, endpoint } from '../support/fake-endpoints.ts';
import { sshd, startSshServer } from '../support/ssh-server.ts';

const shop = shopServer();

const COUNT = `name: count
title: Count
summary: Counts products.
inputs:
  database_url: { type: url, secret: true, env: DATABASE_URL }
  limit: { type: number }
targets:
  db: { database: "\${{ inputs.database_url }}" }
steps:
  - { id: count, title: Count, effect: read, sql: "SELECT count(*) FROM product LIMIT \${{ inputs.limit }}" }
  - { id: done, title: Done, finish: { outcome: resolved, summary: Counted. } }
`;

const END_ALL = `name: end-all
title: End all
summary: Ends every session of a program that is gone.
inputs:
  database_url: { type: url, secret: true, env: DATABASE_URL }
targets:
  db: { database: "\${{ inputs.database_url }}" }
steps:
  - id: end
    title: End them
    sql: SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'gone'
    confirm: { phrase: end them }
    verify: { sql: SELECT 1 AS one, until: result.row.one == 1 }
    undo: { none: Their clients reconnect. }
  - { id: done, title: Done, finish: { outcome: resolved, summary: Ended. } }
`;

const THERE = `name: there
title: There
summary: Runs there.
targets:
  app: { local: true }
steps:
  - { id: look, title: Look, on: app, effect: read, shell: uptime }
  - { id: done, title: Done, finish: { outcome: resolved, summary: Looked. } }
`;

const CONFIG = `environments:
  prod: { inputs: { database_url: "env:PROD_URL", limit: 5 } }
  staging: { inputs: { database_url: "env:STAGING_URL" } }
`;

type Report = {
  readonly ok: number;
  readonly warnings: number;
  readonly problems: number;
  readonly checks: readonly Check[];
};

function operator(config = CONFIG): ConfigOperator {
  const kim = new ConfigOperator();
  kim.writeRunbook('count', COUNT);
  if (config !== '') kim.writeUserConfig(config);
  return kim;
}

async function report(
  kim: ConfigOperator,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Report & { readonly code: number }> {
  const { stdout, code } = await kim.run(['doctor', ...args, '--json'], env);
  return { ...(JSON.parse(stdout) as Report), code };
}

/** Returns what was found in a section, as `status text`. */
function found({ checks }: Report, section: string): readonly string[] {
  return checks
    .filter((check) => check.section === section)
    .map(({ status, text, hint }) => `${status} ${text}${hint === undefined ? '' : ` | ${hint}`}`);
}

describe('the doctor says of an environment', () => {
  test('that all of it is there: engine, version, role, slots, encryption and time of a server', async () => {
    const all = await report(operator(), ['count', '--env', 'prod'], {
      PROD_URL: shop.urls.oncall,
    });
    expect(all).toMatchObject({ code: 0, problems: 0, warnings: 0 });
    const port = shop.server.port;
    expect(found(all, 'environment prod')).toEqual([
      'ok inputs.database_url (~/.config/runbook/config.yaml:2:35, env:PROD_URL)',
      'ok inputs.limit (~/.config/runbook/config.yaml:2:58)',
      'ok everything is set for count',
      expect.stringMatching(
        new RegExp(
          `^ok db: postgres oncall@127\\.0\\.0\\.1:${port}/shop, PostgreSQL ${shop.server.version}.* as oncall, \\d+ slots \\(\\d+ reserved\\), not encrypted, \\d+ ms$`,
        ),
      ),
    ]);
  });

  test.each([
    ['oncall', []],
    [
      'viewer',
      [
        'viewer lacks pg_monitor, so that runbooks cannot see the sessions of others',
        'viewer lacks pg_signal_backend, so that runbooks cannot end the sessions of others',
      ],
    ],
  ] as const)('which rights of its runbooks %s lacks on a server', async (role, lacks) => {
    const kim = operator();
    kim.writeRunbook('end-all', END_ALL);
    const all = await report(kim, ['end-all', '--env', 'prod'], { PROD_URL: shop.urls[role] });
    const told = all.checks.flatMap(({ status, text }) =>
      status === 'warning' ? [text.replace(/^db: [^:]*:[^:]*: /, '')] : [],
    );
    expect({ code: all.code, told }).toEqual({ code: 0, told: lacks });
  });

  test('what cannot be had, and in which stage a server cannot be reached', async () => {
    const wrong = new URL(shop.urls.oncall);
    wrong.password = 'not-this-one';
    const all = await report(operator(), ['count'], {
      PROD_URL: wrong.href,
      STAGING_URL: `postgres://kim:hunter22@127.0.0.1:${await closedPort()}/shop`,
    });
    expect(all.code).toBe(5);
    expect(found(all, 'environment prod').at(-1)).toMatch(
      /^problem db: .*: auth: password authentication failed .* \(auth\)/,
    );
    const staging = found(all, 'environment staging');
    expect(staging).toContainEqual(
      expect.stringMatching(/^problem inputs without a value: count \(limit\)/),
    );
    expect(staging.at(-1)).toMatch(/^problem db: .*: tcp: connect ECONNREFUSED .* \(refused\)/);
    const none = await report(operator(), ['count', '--env', 'prod']);
    expect(found(none, 'environment prod')).toContainEqual(
      expect.stringMatching(/^problem inputs\.database_url: PROD_URL is not set \| /),
    );
    expect(JSON.stringify(all)).not.toMatch(/hunter22|not-this-one/);
  });

  test('all of it long before a hanging command ends, though hosts are dead', async () => {
    const silent = await endpoint(() => {});
    const dead = (name: string, port: number) =>
      `  ${name}: { inputs: { database_url: "env:URL_${name}", limit: "command: sleep 600" }, targets: { db: { reserve: "mysql://a@127.0.0.1:${port}/b" } } }`;
    const config = ['environments:', dead('a', silent), dead('b', silent), dead('c', silent)];
    const url = (scheme: string) => `${scheme}://kim:hunter22@127.0.0.1:${silent}/shop`;
    const all = await report(operator(`${config.join('\n')}\n`), [], {
      URL_a: url('postgres'),
      URL_b: url('mysql'),
      URL_c: `${url('postgres')}?sslmode=disable`,
    });
    expect(all.code).toBe(5);
    for (const name of ['a', 'b', 'c'])
      expect(found(all, `environment ${name}`)).toEqual(
        expect.arrayContaining([
          expect.stringMatching(/^problem inputs\.limit: it did not end within 4 s/),
          expect.stringMatching(/^problem db: .* \(timeout\)/),
        ]),
      );
  });

  test.skipIf(sshd === undefined)(
    'whether scripts can run where a target is (sshd: sh bin/test-servers.sh)',
    async () => {
      const server = await startSshServer();
      onTestFinished(() => server.stop());
      const PATH = String(server.env.PATH);
      const lines = ['lab', 'closed'].map(
        (host) => `  ${host}: { targets: { app: { ssh: ${host} } } }\n`,
      );
      const kim = operator(`environments:\n${lines.join('')}`);
      kim.writeRunbook('there', THERE);
      const all = await report(kim, ['there'], { PATH });
      expect(all).toMatchObject({ code: 5, problems: 1 });
      expect(found(all, 'environment lab').at(-1)).toMatch(/^ok app: .*lab.* is reachable$/);
      expect(found(all, 'environment closed').at(-1)).toMatch(/^problem app: .*refused.* \| /);
      const none = await report(kim, ['there'], {
        PATH: kim.write('only-bash/x', '').slice(0, -2),
      });
      expect(found(none, 'environment lab').at(-1)).toBe(
        'problem app: ssh lab: ssh is not installed | install ssh',
      );
    },
  );

  test('nothing of a secret, though a server repeats it', async () => {
    const port = await endpoint((socket) =>
      socket.end('HTTP/1.1 400 no hunter22-again here\r\n\r\n'),
    );
    const all = await report(operator(), ['count', '--env', 'prod'], {
      PROD_URL: `postgres://kim:hunter22-again@127.0.0.1:${port}/shop`,
    });
    expect(found(all, 'environment prod').at(-1)).toMatch(
      /^problem db: .* web server .*‹secret:database_url›/,
    );
  });

  test('which names no runbook has', async () => {
    const config =
      'environments: { prod: { inputs: { limti: 5 }, targets: { bd: { local: true } } } }';
    const all = await report(operator(config), []);
    expect(found(all, 'environment prod')).toEqual(
      expect.arrayContaining([
        'warning no runbook defines the input limti | did you mean "limit"?',
        'warning no runbook defines the target bd | did you mean "db"?',
      ]),
    );
  });
});

describe('without an environment the doctor looks at the variables that a runbook names', () => {
  test('and says what would be asked for', async () => {
    const all = await report(operator(''), ['count'], { DATABASE_URL: shop.urls.viewer });
    expect(all.code).toBe(0);
    expect(found(all, 'without an environment')).toEqual([
      'warning inputs without a value: count (limit) | you are asked for them when a run starts',
      expect.stringMatching(/^ok db: postgres viewer@.* as viewer, /),
    ]);
  });
});

describe('the doctor says of this machine', () => {
  test('what runs here, where runs are kept, and how many runbooks there are', async () => {
    const all = await report(operator(''), []);
    expect(all.code).toBe(0);
    expect(found(all, 'program')).toEqual([
      expect.stringMatching(/^ok runbook \d+\.\d+\.\d+ \(.+\) on Node \d+\./),
      expect.stringMatching(/^ok GNU bash/),
      'ok your operator name is kim',
    ]);
    expect(found(all, 'terminal')).toEqual([
      'ok no terminal: runs print lines, and no change can be confirmed',
    ]);
    expect(found(all, 'folders')[0]).toBe('ok runs are stored in ~/state');
    expect(found(all, 'runbooks')).toContain('ok runbooks: 1 runbook');
    expect(found(all, 'configuration')[0]).toMatch(
      /^ok no config file; runbook\.config\.yaml or ~/,
    );
  });

  test('what its terminal can do', async () => {
    const kim = operator('');
    const terminal = kim.open(['doctor'], { LANG: 'C' });
    expect((await terminal.exited).code).toBe(0);
    expect(terminal.text()).toMatch(/ok +100 x 60/);
    expect(terminal.text()).toMatch(/ok +colors/);
    expect(terminal.text()).toMatch(/warning +the locale is not UTF-8 \(C\)/);
  });

  test('that runs cannot be recorded', async () => {
    const kim = operator('');
    const state = kim.write('a-file', '');
    const all = await report(kim, [], { RUNBOOK_STATE: state });
    expect(all.code).toBe(5);
    expect(found(all, 'folders')[0]).toMatch(
      /^problem runs cannot be stored in ~\/a-file: .* is not a/,
    );
  });

  test('which runbooks are not valid', async () => {
    const kim = operator('');
    kim.writeRunbook('broken', 'name: broken\n');
    const all = await report(kim, []);
    expect(all.code).toBe(5);
    expect(found(all, 'runbooks')).toContain(
      'problem broken is not valid | see: runbook validate broken',
    );
  });

  test('what is wrong with a config file, and goes on', async () => {
    const kim = operator('enviroments: {}\n');
    const all = await report(kim, []);
    expect(all.code).toBe(5);
    expect(found(all, 'configuration')).toContain(
      'problem ~/.config/runbook/config.yaml:1:1: unknown key "enviroments" | did you mean "environments"?',
    );
    expect(found(all, 'runbooks')).toContain('ok runbooks: 1 runbook');
  });
});

test('its table fits 80 columns and counts what it found', async () => {
  const long = 'x'.repeat(200);
  const kim = operator(`environments: { prod: { inputs: { limit: "file:~/${long}" } } }`);
  const { stdout, code } = await kim.run(['doctor', '--env', 'prod']);
  expect(code).toBe(5);
  for (const line of stdout.split('\n')) expect(widthOf(line)).toBeLessThanOrEqual(80);
  expect(stdout).toMatch(/\n\n\d+ ok, \d+ warnings?, 1 problem\n$/);
  const { ok, checks } = await report(kim, ['--env', 'prod']);
  expect(ok).toBe(checks.filter(({ status }) => status === 'ok').length);
});

test('a name that there is not is said before anything is looked at', async () => {
  const kim = operator();
  expect(await kim.run(['doctor', 'cuont'])).toMatchObject({ code: 2, stdout: '' });
  expect(await kim.run(['doctor', '--env', 'prdo'])).toMatchObject({ code: 2, stdout: '' });
});
