import { describe, expect, test } from 'vitest';
import { resolveTargets, targetFacts } from '#run/values/targets.ts';
import { parsed } from '../../fixtures/compiled.ts';

const HEAD = `
name: orders
title: Orders are stuck
summary: Orders stay in the queue.
inputs: { where: { default: web-1 } }
`;

function targetsOf(target: string, where = 'web-1') {
  const text = `${HEAD}targets: { app: ${target} }\nsteps:\n  - { id: end, finish: { outcome: resolved, summary: Done. } }\n`;
  return resolveTargets(parsed(text, 'orders.yaml'), { where });
}

const NOTHING = { engine: null, host: null, port: null, database: null, user: null };

test.each([
  [
    '{ local: true }',
    { kind: 'local', name: 'app' },
    { host: 'localhost', description: 'this machine' },
  ],
  [
    '{ ssh: "app@${{ inputs.where }}" }',
    { kind: 'ssh', name: 'app', destination: 'app@web-1' },
    { host: 'web-1', user: 'app', description: 'ssh app@web-1' },
  ],
  [
    '{ ssh: "ssh://app@web-1:2222" }',
    { kind: 'ssh', destination: 'ssh://app@web-1:2222' },
    { host: 'web-1', user: 'app', port: 2222, description: 'ssh ssh://app@web-1:2222' },
  ],
  [
    '{ ssh: "ssh://[fd00::1]" }',
    { kind: 'ssh', destination: 'ssh://[fd00::1]' },
    { host: 'fd00::1', description: 'ssh ssh://[fd00::1]' },
  ],
  [
    '{ docker: orders-db }',
    { kind: 'docker', container: 'orders-db' },
    { description: 'docker orders-db' },
  ],
  [
    '{ kubernetes: { context: prod, namespace: shop, deployment: orders, container: app } }',
    {
      kind: 'kubernetes',
      context: 'prod',
      namespace: 'shop',
      workload: { kind: 'deployment', name: 'orders' },
      container: 'app',
    },
    { description: 'kubernetes prod/shop deployment/orders (app)' },
  ],
  [
    '{ kubernetes: { pod: "orders-${{ inputs.where }}" } }',
    { kind: 'kubernetes', workload: { kind: 'pod', name: 'orders-web-1' } },
    { description: 'kubernetes pod/orders-web-1' },
  ],
  [
    '{ database: mysql://app:pw@db1 }',
    { kind: 'database', url: 'mysql://app:pw@db1' },
    { ...{ engine: 'mysql', host: 'db1', port: 3306, user: 'app', database: null } },
  ],
  [
    '{ database: postgres://app:pw@db1 }',
    { kind: 'database', url: 'postgres://app:pw@db1' },
    { ...{ engine: 'postgres', host: 'db1', port: 5432, user: 'app', database: 'app' } },
  ],
])('%s has an address and may be described', (definition, resolved, facts) => {
  const targets = targetsOf(definition);
  expect(targets[0]?.resolved).toMatchObject(resolved);
  expect(targetFacts(targets).app).toMatchObject({ ...NOTHING, name: 'app', ...facts });
});

describe('an address that a client could take for something else is refused', () => {
  test.each([
    ...['-oProxyCommand=id', 'x -oProxyCommand=id', 'a\nb', 'a\x1b[2J', '\0', 'ssh://-x'],
    ...['u`id`@host', 'host;id', '$(id)', 'a|b', 'a&b', "a'b", 'a"b', 'a<b', 'a>b', 'a\\b'],
    ...['ssh://-x@host', 'user@-x', 'ssh://host:99999', 'a@b@c', 'host/path', ''],
  ])('ssh: %j', (where) => {
    expect(() => targetsOf('{ ssh: "${{ inputs.where }}" }', where)).toThrow(/the target "app"/);
  });

  test.each([
    '{ docker: "${{ inputs.where }}" }',
    '{ kubernetes: { pod: "${{ inputs.where }}" } }',
    '{ kubernetes: { deployment: x, container: "${{ inputs.where }}" } }',
    '{ kubernetes: { deployment: x, namespace: "${{ inputs.where }}" } }',
    '{ kubernetes: { deployment: x, context: "${{ inputs.where }}" } }',
  ])('%s', (definition) => {
    for (const where of ['--help', '-n', 'a b', 'a\tb', '\x07', 'a;b', '`id`', ''])
      expect(() => targetsOf(definition, where)).toThrow(/the target "app"/);
  });
});

test.each([
  'shell: uptime\n    effect: read',
  'parallel:\n      - { id: load, effect: read, shell: uptime }',
  'wait: { until: result.exit_code == 0, shell: uptime, within: 5s }',
])('a script without a target runs on this machine: %s', (step) => {
  const text = `${HEAD}steps:\n  - id: one\n    ${step}\n  - { id: end, finish: { outcome: resolved, summary: Done. } }\n`;
  const targets = resolveTargets(parsed(text, 'orders.yaml'), { where: 'web-1' });
  expect(targets.map(({ resolved }) => resolved)).toEqual([{ kind: 'local', name: 'local' }]);
});
