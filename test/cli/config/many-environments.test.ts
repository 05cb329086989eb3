import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readConfig } from '#cli/config/read.ts';
import { describeReference } from '#cli/config/reference.ts';
import { secretsByValue } from '#cli/config/secrets-by-value.ts';
import { positionAt } from '#runbook/yaml/source.ts';
import { ConfigOperator } from '../../support/config-operator.ts';

function read(text: string) {
  const source = { file: 'config.yaml', text };
  return readConfig({ kind: 'user', path: '/home/kim/config.yaml', source, mode: 0o600 });
}

/** Returns the environments with the texts and lines of their inputs. */
function inputsOf(text: string): Readonly<Record<string, Readonly<Record<string, string>>>> {
  const { config, problems } = read(text);
  expect(problems).toEqual([]);
  const environments = [...(config?.environments ?? [])].map(([name, { inputs }]) => {
    const shown = [...inputs].map(([input, { reference, file, span }]) => {
      const value = reference.kind === 'text' ? reference.text : describeReference(reference);
      return [input, `${value} (line ${positionAt(file.source, span.start).line})`];
    });
    return [name, Object.fromEntries(shown)];
  });
  return Object.fromEntries(environments);
}

describe('environments take values from each other', () => {
  test('the nearest definition wins, and keeps its own place', () => {
    expect(
      inputsOf(`defaults: { inputs: { a: d, b: d, c: d, e: d } }
bases:
  far: { inputs: { b: far, c: far, e: far } }
  near: { extends: far, inputs: { c: near, e: near } }
environments:
  prod: { extends: near, inputs: { e: own } }
  plain: {}
`),
    ).toEqual({
      prod: { a: 'd (line 1)', b: 'far (line 3)', c: 'near (line 4)', e: 'own (line 6)' },
      plain: { a: 'd (line 1)', b: 'd (line 1)', c: 'd (line 1)', e: 'd (line 1)' },
    });
  });

  test('of several that are extended the last one wins', () => {
    const text = `bases: { one: { inputs: { a: 1 } }, two: { inputs: { a: 2 } } }
environments: { prod: { extends: [one, two] }, live: { extends: prod } }
`;
    expect(inputsOf(text)).toEqual({ prod: { a: '2 (line 1)' }, live: { a: '2 (line 1)' } });
  });

  test('a target is replaced as a whole', () => {
    const { config } =
      read(`defaults: { targets: { app: { ssh: a }, db: { database: x, engine: mysql } } }
environments: { prod: { targets: { db: { database: y } } } }
`);
    const { targets } = config?.environments.get('prod') ?? { targets: new Map() };
    expect(targets.get('app')).toMatchObject({ kind: 'ssh', key: 'environments.prod.targets.app' });
    expect(targets.get('db')).toMatchObject({ kind: 'database', engine: undefined });
  });
});

describe('a name with parts stands for every combination', () => {
  const text = `bases: { prod: { inputs: { least: 8 } }, dev: {} }
environments:
  "{service}-{stage}":
    description: "{service} in {stage}"
    parts: { service: [orders, stock-eu], stage: [dev, prod] }
    extends: "{stage}"
    inputs: { url: "env:{SERVICE}_{STAGE}_URL", path: "command: awk '{print $1}' {stage}/{service} {other}" }
    targets: { app: { kubernetes: { namespace: "{stage}", deployment: "{service}" } } }
  orders-prod: { inputs: { least: 20 } }
`;

  test('with the values of its parts, and what its own name adds', () => {
    const all = inputsOf(text);
    expect(Object.keys(all)).toEqual([
      'orders-dev',
      'orders-prod',
      'stock-eu-dev',
      'stock-eu-prod',
    ]);
    expect(all['stock-eu-prod']).toEqual({
      least: '8 (line 1)',
      url: 'env:STOCK_EU_PROD_URL (line 7)',
      path: "command: awk '{print $1}' prod/stock-eu {other} (line 7)",
    });
    expect(all['orders-prod']?.least).toBe('20 (line 9)');
  });

  test('also in descriptions and targets', () => {
    const { config } = read(text);
    const found = config?.environments.get('stock-eu-dev');
    expect(found?.description).toBe('stock-eu in dev');
    const app = found?.targets.get('app');
    const parts = app?.kind === 'kubernetes' ? app.parts : {};
    expect(parts.deployment?.reference).toEqual({ kind: 'text', text: 'stock-eu' });
    expect(parts.namespace?.reference).toEqual({ kind: 'text', text: 'dev' });
  });

  test('the example of 30 services in 3 stages defines 90 environments', () => {
    const page = readFileSync(
      new URL('../../../docs/reference/configuration.md', import.meta.url),
      'utf8',
    );
    const [, example = ''] = /## Many environments\n.*?```yaml\n(.*?)```/s.exec(page) ?? [];
    const all = inputsOf(example);
    expect(Object.keys(all)).toHaveLength(90);
    expect(all['orders-prod']).toMatchObject({
      database_url: expect.stringContaining('command: pass show prod/orders/db'),
      admin_url: expect.stringContaining('env:ORDERS_PROD_ADMIN_URL'),
      min_free: expect.stringMatching(/^20 /),
      idle_for: expect.stringMatching(/^15m /),
    });
    expect(all['tax-test']?.min_free).toMatch(/^1 /);
  });

  test('a secret in its text is reported once', () => {
    const { config } = read(`environments:
  "{s}": { parts: { s: [a, b] }, inputs: { url: "postgres://u:pw@h/{s}" } }
`);
    expect(config && secretsByValue(config)).toHaveLength(1);
  });
});

test.each([
  ['environments: { a: { extends: b }, b: { extends: a } }', 'this extends itself: a → b → a'],
  ['environments: { a: { extends: a } }', 'this extends itself: a → a'],
  [
    'bases: { b: { extends: x } }\nenvironments: { a: { extends: b } }',
    'no base or environment "x"',
  ],
  ['environments: { "{s}": {} }', 'the values of {s} are missing'],
  ['environments: { "{s}": { parts: { s: [a], t: [b] } } }', '"{s}" has no {t}'],
  ['environments: { a: { parts: { s: [a] } } }', '"a" has no {part} in its name'],
  ['environments: { "{s}-{t}": { parts: { s: [a, a-b], t: [c, b-c] } } }', '"a-b-c" is also'],
  ['environments: { "{s": { parts: { s: [a] } } }', '"{s" is not a name'],
  ['environments: { "{s}": { parts: { s: [A] } } }', '"A" is not'],
])('%s is refused', (text, message) => {
  const { config, problems } = read(text);
  expect(config).toBeUndefined();
  expect(problems.map((problem) => problem.message).join('\n')).toContain(message);
});

describe('the commands know every environment of a name with parts', () => {
  const kim = () => {
    const operator = new ConfigOperator();
    operator.write(
      '.config/runbook/config.yaml',
      'defaults: { inputs: { queue: main } }\nenvironments:\n  "{s}-{t}": { parts: { s: [orders, tax], t: [dev, prod] } }\n',
    );
    return operator;
  };

  test('completion', async () => {
    const { stdout } = await kim().run(['__complete', '--', 'run', 'x', '--env', 'tax-']);
    expect(stdout).toContain('tax-dev');
    expect(stdout).toContain('tax-prod');
  });

  test('doctor, with the place of each value', async () => {
    const { stdout } = await kim().run(['doctor', '--env', 'tax-dev']);
    expect(stdout).toContain('environments: orders-dev, orders-prod, tax-dev, tax-prod');
    expect(stdout).toContain('inputs.queue (~/.config/runbook/config.yaml:1:30)');
  });

  test('the hint for a name that there is not', async () => {
    const { stderr } = await kim().run(['doctor', '--env', 'tax-deb']);
    expect(stderr).toContain('did you mean "tax-dev"?');
  });
});

test('a runbook that is named by its path finds the runbooks beside it', async () => {
  const kim = new ConfigOperator();
  const end = '  - id: done\n    finish: { outcome: resolved, summary: Done. }\n';
  const head = (name: string) => `name: ${name}\ntitle: T\nsummary: S.\nsteps:\n`;
  const path = kim.write(
    'elsewhere/parent.yaml',
    `${head('parent')}  - { id: c, runbook: child }\n${end}`,
  );
  kim.write('elsewhere/child.yaml', head('child') + end);
  for (const command of ['validate', 'show', 'graph']) {
    const { code, stderr, stdout } = await kim.run([command, path]);
    expect([command, code, stderr, stdout.includes('no runbook')]).toEqual([command, 0, '', false]);
  }
});

test('two environments for one run are refused', async () => {
  const { code, stderr } = await new ConfigOperator().run(['run', 'x', '--env', 'a', '--env', 'b']);
  expect([code, stderr]).toEqual([2, expect.stringContaining('--env is given more than once')]);
});
