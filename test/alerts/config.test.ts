import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { checkRoutes } from '#alerts/config/check.ts';
import { ALERTS_FILE } from '#alerts/config/schema.ts';
import { formatDiagnostics } from '#runbook/diagnostic.ts';
import { readFile } from '#runbook/yaml/document.ts';
import { alertFile, alertsConfig, routesConfig, runbookWith } from '../fixtures/alert-files.ts';

/** Returns what is said about a config file, as it is printed. */
function said(text: string): string {
  const source = { file: 'team.yaml', text };
  return formatDiagnostics(source, readFile(ALERTS_FILE, source).problems);
}

/** A config with one source and this route. */
const withRoute = (route: string) =>
  `alerts:\n  sources:\n    am: { kind: alertmanager, secret: env:AM }\n  routes:\n    - ${route}\n`;

/** A config with this source and no route. */
const withSource = (source: string) => `alerts:\n  sources:\n    am: ${source}\n  routes: []\n`;

test('sources and routes are read, beside sections that are not of alerts', () => {
  const config = alertsConfig(readFileSync(alertFile('team.yaml'), 'utf8'));
  expect([...config.sources.keys()]).toEqual(['am', 'grafana', 'pd', 'jsm', 'dd', 'other']);
  expect(config.sources.get('am')).toMatchObject({ rate: { count: 120, withinMs: 60_000 } });
  expect(config.sources.get('pd')?.secrets.map(({ written }) => written)).toEqual([
    'env:PAGERDUTY_SECRET',
    'env:PAGERDUTY_OLD_SECRET',
  ]);
  expect(config.routes).toMatchObject([
    { number: 1, runbook: 'pool-exhausted', environment: 'prod', cooldownMs: 900_000 },
    { number: 2, source: 'pd', severity: 'critical', fingerprint: ['service', 'incident_key'] },
  ]);
});

describe('what is wrong is said with its place and what would be right', () => {
  test('a pattern that does not run in linear time', () => {
    const text = withRoute('{ match: { host: "~(a)\\\\1" }, run: r, environment: prod }');
    expect(said(text).split('\n')).toEqual([
      'error[regex-unsupported]: this pattern cannot be used: backreferences are not supported',
      ' --> team.yaml:5:29',
      '  |',
      '5 |     - { match: { host: "~(a)\\\\1" }, run: r, environment: prod }',
      '  |                             ^^^ write out what may stand there',
    ]);
  });

  test.each([
    ['environments: {}', 'the key "alerts" is missing'],
    ['alerts: {}', 'the key "sources" is missing'],
    ['alerts: { sources: {}, routes: [], extra: 1 }', 'unknown key "extra"'],
    [withSource('{ kind: nagios, secret: env:S }'), 'expected alertmanager, grafana'],
    [withSource('{ kind: grafanna, secret: env:S }'), 'did you mean "grafana"?'],
    [withSource('{ kind: grafana }'), 'the key "secret" is missing'],
    [withSource('{ kind: grafana, secret: hunter2 }'), 'secret is not a reference'],
    [withSource('{ kind: grafana, secret: "env:" }'), 'secret is not a reference'],
    [withSource('{ kind: grafana, secret: env:S, rate: fast }'), 'e.g. 60/min'],
    [withSource('{ kind: grafana, secret: env:S, rate: 0/min }'), 'e.g. 60/min'],
    [withSource('{ kind: grafana, secret: env:S, networks: [10.0.0.1] }'), 'is not a network'],
    [withSource('{ kind: grafana, secret: env:S, networks: [10.0.0.0/33] }'), 'is not a network'],
    [withSource('{ kind: grafana, secret: env:S, networks: ["fd00::/129"] }'), 'is not a network'],
    [withRoute('{ match: {}, run: r }'), 'the key "environment" is missing'],
    [withRoute('{ mach: {}, run: r, environment: e }'), 'did you mean "match"?'],
    [withRoute('{ match: { a: [x] }, run: r, environment: e }'), 'is not text or'],
    [withRoute('{ match: { a: "~(" }, run: r, environment: e }'), 'missing closing )'],
    [withRoute('{ match: { a: "~(?=x)" }, run: r, environment: e }'), 'lookahead and lookbehind'],
    [withRoute('{ match: {}, run: r, environment: Prod }'), 'lower-case letters'],
    [withRoute('{ match: {}, run: r, environment: e, cooldown: soon }'), 'a duration: 500ms'],
    [withRoute('{ match: {}, run: r, environment: e, severity: urgent }'), 'expected low, medium'],
    [withRoute('{ match: {}, run: r, environment: e, fingerprint: [] }'), 'at least 1'],
    [withRoute('{ source: ham, match: {}, run: r, environment: e }'), 'did you mean "am"?'],
    [
      withRoute('{ match: {}, run: r, environment: e, inputs: { a: "${{ label.x }}" } }'),
      '"labels"?',
    ],
    [
      withRoute('{ match: {}, run: r, environment: e, inputs: { a: "${{ 1 + }}" } }'),
      'not an expr',
    ],
    [withRoute('{ match: {}, run: r, environment: e, inputs: { a: "${{ x" } }'), 'is not closed'],
    [
      withRoute(
        '{ match: {}, run: a, environment: e }\n    - { match: {}, run: b, environment: e }',
      ),
      'route 1 matches every alert, so this route is never taken',
    ],
  ])('%j', (text, message) => {
    expect(said(text).replaceAll(/\s+/g, ' ').replaceAll(/ \^+ /g, ' ')).toContain(message);
  });

  test('a route that matches every alert of one source hides no other', () => {
    const routes = [
      '{ source: jsm, match: {}, run: a, environment: e }',
      '{ match: {}, run: b, environment: e }',
    ];
    expect(routesConfig(...routes).routes).toHaveLength(2);
  });
});

describe('routes are checked against what there is', () => {
  const checked = (route: string, environments?: readonly string[]) =>
    checkRoutes(alertsConfig(withRoute(route)), {
      runbook: (name) =>
        name === 'orders'
          ? runbookWith({ name: 'queue' }, { name: 'token', secret: true })
          : undefined,
      runbooks: ['orders', 'broken'],
      environments,
    }).map(({ message, hint }) => `${message}: ${hint}`);

  test.each([
    [
      '{ match: {}, run: order, environment: e }',
      'unknown runbook "order": did you mean "orders"?',
    ],
    [
      '{ match: {}, run: broken, environment: e }',
      'the runbook "broken" is invalid: runbook validate broken',
    ],
    [
      '{ match: {}, run: orders, environment: e, inputs: { queu: a } }',
      'the runbook "orders" has no input "queu": did you mean "queue"?',
    ],
    [
      '{ match: {}, run: orders, environment: e, inputs: { token: a } }',
      'the input "token" is secret: no alert can set it: the worker has its value',
    ],
  ])('%s', (route, problem) => {
    expect(checked(route)).toEqual([problem]);
  });

  test('an environment, if they are known', () => {
    const route = '{ match: {}, run: orders, environment: pord, inputs: { queue: main } }';
    expect(checked(route)).toEqual([]);
    expect(checked(route, ['prod'])).toEqual(['unknown environment "pord": did you mean "prod"?']);
  });
});
