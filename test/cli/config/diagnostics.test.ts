import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { renderProblems } from '#cli/config/configuration.ts';
import { quotable } from '#cli/config/quotable.ts';
import { readConfig } from '#cli/config/read.ts';
import { secretsByValue } from '#cli/config/secrets-by-value.ts';
import { loadServerConfig } from '../../../src/cli/commands/server/config.ts';
import { ConfigOperator, PRINTING } from '../../support/config-operator.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

/** Returns what is said about a config file, as it is printed. */
function said(text: string, mode = 0o600): string {
  const file = {
    kind: 'user',
    path: '/home/kim/config.yaml',
    source: { file: 'config.yaml', text },
    mode,
  } as const;
  const { config, problems } = readConfig(file);
  const secrets = config === undefined ? [] : secretsByValue(config);
  return renderProblems(file, [...problems, ...secrets]) ?? '';
}

describe('what is wrong with a config file is said with its place and what would be right', () => {
  test('a key that there is not', () => {
    expect(said('environments:\n  prod:\n    input: { a: 1 }\n').split('\n')).toEqual([
      'error[unknown-key]: unknown key "input"',
      ' --> config.yaml:3:5',
      '  |',
      '3 |     input: { a: 1 }',
      '  |     ^^^^^ did you mean "inputs"?',
    ]);
  });

  test.each([
    ['enviroments: {}', 'did you mean "environments"?'],
    ['default_environment: prod', 'unknown key "default_environment"'],
    ['environments: prod', '"prod" is not a mapping'],
    ['environments: { Prod: {} }', '"Prod" is not a name'],
    ['environments: { prod: { inputs: { a: [1] } } }', 'is not text or'],
    ['environments: { prod: { inputs: { a: } } }', 'a is empty'],
    ['environments: { prod: { inputs: { a: "env:" } } }', 'a is empty'],
    ['environments: { prod: { inputs: { a: {} } } }', 'a is empty'],
    ['environments: { prod: { inputs: { a: { comand: x } } } }', 'did you mean "command"?'],
    ['environments: { prod: { inputs: { a: { env: X, file: Y } } } }', 'both env and file'],
    ['environments: { prod: { targets: { db: {} } } }', '"db" is empty'],
    ['environments: { prod: { targets: { db: { ssh: a, local: true } } } }', 'both local and ssh'],
    ['environments: { prod: { targets: { db: { ssh: "file:x" } } } }', 'cannot come from a file'],
    [
      'environments: { prod: { targets: { db: { ssh: a, engine: mysql } } } }',
      'engine applies only to',
    ],
    ['environments: { prod: { targets: { db: { database: x, engine: mysq } } } }', '"mysql"?'],
    ['environments: { prod: { targets: { a: { kubernetes: {} } } } }', 'neither a pod nor a'],
    ['environments: { prod: { confirm: { level: key } } }', 'unknown key "confirm"'],
    ['environments:\n  prod:\n    inputs:\n      a: command: pass show x', 'has to be quoted'],
    ['a: 1\na: 2', 'stands here twice'],
    ['runbooks: here', '"here" is not a list'],
    [
      'worker: { approval: [{ environments: [p], effect: change, roles: [approver], approvals: 2 }] }',
      'confirmations by several people are not supported yet',
    ],
    [
      'worker: { approval: [{ environments: [p], effect: change, roles: [approver], not: starter }] }',
      'excluding the person who started the run is not supported yet',
    ],
    [
      'worker: { approval: [{ environments: [p], effect: change, roles: [admin] }] }',
      'expected operator or approver',
    ],
    [
      'worker: { approval: [{ environments: [p], effect: read, roles: [approver] }] }',
      'destructive',
    ],
  ])('%s', (text, message) => {
    expect(said(text)).toContain(message);
  });

  test('a policy of team.yaml that would be half ignored', async () => {
    const folder = temporaryFolder();
    const config = join(folder, 'team.yaml');
    const rule = 'environments: ["*"], effect: change, roles: [operator]';
    const load = (text: string) => {
      writeFileSync(config, text);
      return loadServerConfig({ config, listen: undefined }, [], () => undefined);
    };
    await expect(
      load(`environments: {}\napproval:\n  - { ${rule}, approvals: 2 }\n`),
    ).rejects.toThrow('confirmations by several people are not supported yet');
    await expect(load('environments: {}\nroles: { owner: { groups: [a] } }\n')).rejects.toThrow(
      'owner',
    );
    const loaded = await load(`
retention: { alerts: 2y }
environments: { prod: { hold: 30m, roles: { approver: { groups: [dba] } } }, dev: {} }
roles: { approver: { groups: [lead] } }
approval: [{ ${rule}, approvals: 1, max_auth_age: 15m }]
`);
    expect(loaded?.retention).toEqual({ alertsMs: 730 * 86_400_000, legsMs: 7 * 86_400_000 });
    expect(loaded?.environments?.get('prod')).toMatchObject({ holdMs: 1_800_000 });
    await expect(load('environments: {}\nretention: { alerts: 30m }\n')).rejects.toThrow(
      'a number of hours, days, weeks or years',
    );
    const { roles, approval } = loaded?.policy ?? {};
    expect(roles?.environments.get('prod')).toEqual({ approver: ['dba'] });
    expect(roles?.everywhere).toEqual({ approver: ['lead'] });
    expect(approval).toMatchObject([{ roles: ['operator'], maxAuthAgeMs: 900_000 }]);
  });

  test('nothing, of an empty file and of one that holds only remarks', () => {
    expect([said(''), said('# nothing yet\n')]).toEqual(['', '']);
  });
});

describe('a secret that stands in a config file itself', () => {
  const text = `environments:
  prod:
    inputs:
      database_url: postgres://kim:hunter22@db/shop
      api_token: hunter22
      idle_for: 15m
      harmless: postgres://kim@db/shop
    targets:
      db: { database: "mysql://kim:hunter22@db/shop" }
`;

  test('is warned of, with its place', () => {
    const places = [...said(text).matchAll(/(\S+): .*\n +--> config\.yaml:(\d+)/g)];
    expect(places.map(([, code, line]) => [code, line])).toEqual([
      ['warning[secret-by-value]', '4'],
      ['warning[secret-by-value]', '5'],
      ['warning[secret-by-value]', '9'],
    ]);
  });

  test('is an error where others can read it', () => {
    expect(said(text, 0o640)).toContain('error[readable-secret]');
    expect(said(text, 0o604)).toContain('other users can read it (0604)');
    expect(said(text, 0o640)).not.toContain('secret-by-value');
  });

  test('is quoted by no message, whatever else is wrong', () => {
    const mistakes = [
      text,
      text.replace('inputs:', 'inputz:'),
      text.replace('      idle_for', '     idle_for'),
      text.replace('15m', '[1]'),
      text.replace('idle_for: 15m', 'database_url: postgres://kim:hunter22@db/shop'),
      text.replace('      api_token: hunter22', '      api_token: hunter22: x'),
      'password: hunter22\n',
      'runbooks: postgres://kim:hunter22@db/shop\n',
      'environments: { prod: { inputs: { x: 1, my_password: hunter22, y: [2] } } }\n',
      'password: |\n  hunter22\n  more hunter22 [\n x: {\n',
    ];
    for (const mistake of mistakes) {
      expect(said(mistake, 0o644)).not.toBe('');
      expect(said(mistake, 0o644)).not.toContain('hunter22');
    }
  });

  test('leaves everything else where it is when it is masked', () => {
    const masked = quotable({ file: 'config.yaml', text }).text;
    expect(masked).toHaveLength(text.length);
    expect(masked).toContain('database_url: postgres://kim:••••••••@db/shop');
    expect(masked).toContain('api_token: ••••••••\n      idle_for: 15m');
    const referring = '      api_token: env:TOKEN\n      password: { command: pass show x }\n';
    expect(quotable({ file: 'x', text: referring }).text).toBe(referring);
  });
});

const BROKEN = /runbook\.config\.yaml is not valid[\s\S]*did you mean/;

describe('config files', () => {
  const user = `environments:
  prod: { inputs: { token: aaaa, who: user, idle_for: 15m } }
  mine: { inputs: { token: aaaa } }
`;
  const RUN = ['run', 'printing', '--env', 'prod'];

  function operator(): ConfigOperator {
    const kim = new ConfigOperator();
    kim.writeRunbook('printing', PRINTING);
    kim.writeUserConfig(user);
    return kim;
  }

  test('count together; of a value in both, the project’s counts', async () => {
    const kim = operator();
    kim.writeProjectConfig('environments: { prod: { inputs: { who: project } } }\n');
    expect((await kim.run(RUN)).stdout).toContain('who=project idle_for=15m');
    expect((await kim.run(['run', 'printing', '--env', 'mine'])).code).toBe(0);
  });

  test('of a project are found from below, and not above its root', async () => {
    const kim = operator();
    kim.write('work/deep/down/x', '');
    kim.writeProjectConfig(
      'environments: { prod: { inputs: { who: project } } }\nrunbooks: [runbooks]\n',
    );
    kim.write('runbook.config.yaml', 'environments: { prod: { inputs: { idle_for: 9m } } }\n');
    const { stdout } = await kim.run(RUN, {}, join(kim.work, 'deep', 'down'));
    expect(stdout).toContain('who=project idle_for=15m');
  });

  test('name folders with runbooks; those of a project before those of the user', async () => {
    const kim = new ConfigOperator();
    const titled = (title: string) => PRINTING.replace('Print the inputs', title);
    kim.write('work/books/printing.yaml', titled('Of the project'));
    kim.write('mine/printing.yaml', titled('Of the user'));
    kim.write('mine/other.yaml', titled('Another').replace('name: printing', 'name: other'));
    kim.writeUserConfig('runbooks: [~/mine]\n');
    kim.writeProjectConfig('runbooks: [./books]\n');
    const { stdout } = await kim.run(['list', '--json']);
    expect(JSON.parse(stdout)).toMatchObject(
      expect.arrayContaining([
        expect.objectContaining({ name: 'printing', title: 'Of the project' }),
        expect.objectContaining({ name: 'other', title: 'Another' }),
      ]),
    );
  });

  test('with a mistake stop a run that needs an environment, and no other', async () => {
    const kim = operator();
    kim.writeProjectConfig('enviroments: {}\n');
    const stopped = await kim.run(RUN);
    expect(stopped).toMatchObject({ code: 2, stdout: '' });
    expect(stopped.stderr).toMatch(BROKEN);
    const ran = await kim.run(['run', 'printing', '-i', 'token=aaaa']);
    expect(ran.code).toBe(0);
    expect(ran.stderr).toMatch(BROKEN);
  });

  test.each([
    { args: ['validate'], code: 2 },
    { args: ['validate', 'check-slots'], code: 2 },
    { args: ['show', 'check-slots'], code: 2 },
    { args: ['list'], code: 0 },
    { args: ['match', 'remaining connection slots are reserved'], code: 0 },
    { args: ['graph', 'printing'], code: 0 },
  ])('with a mistake are said once by runbook $args', async ({ args, code }) => {
    const kim = operator();
    kim.write('work/books/check-slots.yaml', PRINTING.replace('printing', 'check-slots'));
    kim.writeProjectConfig('runbooks: [./books]\nenviroments: {}\n');
    const said = await kim.run(args);
    expect(said.code).toBe(code);
    expect(said.stderr).toMatch(BROKEN);
    expect(said.stderr.match(/is not valid/g)).toHaveLength(1);
  });

  test('of the user that everybody can change are not used', async () => {
    const kim = operator();
    chmodSync(join(kim.home, '.config/runbook/config.yaml'), 0o666);
    const said = await kim.run(RUN);
    expect(said).toMatchObject({ code: 5, stdout: '' });
    expect(said.stderr).toContain('~/.config/runbook/config.yaml is writable by all users');
  });

  test('stand where XDG_CONFIG_HOME says', async () => {
    const kim = operator();
    kim.write('xdg/runbook/config.yaml', user.replace('who: user', 'who: xdg'));
    const { stdout } = await kim.run(RUN, { XDG_CONFIG_HOME: join(kim.home, 'xdg') });
    expect(stdout).toContain('who=xdg');
  });

  test('with secrets in them are warned of at every run', async () => {
    const kim = operator();
    kim.writeUserConfig(user, 0o644);
    const { code, stderr } = await kim.run(RUN);
    expect(code).toBe(0);
    expect(stderr).toContain('token is a secret stored in this file, and other users can read');
    expect(stderr).toContain('config.yaml:2:28: chmod 600 ~/.config/runbook/config.yaml');
    expect(stderr).not.toContain('aaaa');
  });
});
