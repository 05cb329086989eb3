import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { SOURCE_KINDS } from '#alerts/alert.ts';
import { alertFile, recorded } from '../fixtures/alert-files.ts';
import { runbookCommand } from '../support/start-command.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** A folder with the config file of a server and a recorded payload of Alertmanager. */
function serverFolder(change: (config: string) => string = (config) => config): string {
  const cwd = temporaryFolder();
  cpSync(alertFile('alertmanager.json'), join(cwd, 'alert.json'));
  const config = readFileSync(alertFile('team.yaml'), 'utf8');
  writeFileSync(join(cwd, 'team.yaml'), change(config));
  return cwd;
}

const tried = (cwd: string, args: readonly string[], input?: Buffer) =>
  runbookCommand(['alerts', 'try', ...args], { cwd, ...(input && { input: input.toString() }) });

test('the run of each alert of a payload is shown, and nothing is started', () => {
  const { stdout, exitCode } = tried(serverFolder(), ['alert.json']);
  expect(stdout.split('\n')).toEqual([
    '1. Connection pool of db-1 is exhausted (firing)',
    '   labels       alertname=PoolExhausted env=prod idle_for=15m instance=db-1.example.com:9187 job=postgres severity=critical team=payments',
    '   route        1: alertname=PoolExhausted env=prod',
    '   runbook      pool-exhausted in prod',
    '   severity     critical',
    '   inputs       idle_for=15m',
    '   fingerprint  am:5b1f8a2c9de04731',
    '   decision     starts a run',
    '',
    '2. Disk of db-1 is 91 % full (firing)',
    '   labels       alertname=DiskAlmostFull env=prod instance=db-1.example.com:9100 severity=warning',
    '   route        none',
    '',
    '3. Connection pool of db-2 is exhausted (resolved)',
    '   labels       alertname=PoolExhausted env=prod idle_for=15m instance=db-2.example.com:9187 job=postgres severity=critical',
    '   route        1: alertname=PoolExhausted env=prod',
    '   runbook      pool-exhausted in prod',
    '   severity     critical',
    '   inputs       idle_for=15m',
    '   fingerprint  am:9c20b7e1f3a4d586',
    '   decision     starts nothing: the alert is resolved',
    '',
    '3 alerts from am: 1 run would start. 1 firing alert would start no run.',
    '',
  ]);
  expect(exitCode).toBe(1);
});

test('for scripts, every alert has its decision', () => {
  const cwd = serverFolder();
  const { stdout, exitCode } = tried(cwd, ['-', '--json'], recorded('pagerduty'));
  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    source: 'pd',
    kind: 'pagerduty',
    ignored: 0,
    left_out: 0,
    alerts: [
      {
        status: 'firing',
        route: 2,
        runbook: 'triage',
        environment: 'prod',
        severity: 'critical',
        inputs: {},
        not_given: [],
        fingerprint: expect.stringContaining('triage@prod'),
        decision: 'started',
        reason: null,
      },
    ],
  });
});

test('the recorded payload of every source starts a run', () => {
  const cwd = serverFolder();
  const sources = SOURCE_KINDS.map((kind) => `    ${kind}: { kind: ${kind}, secret: env:S }`);
  const route = '    - { match: {}, run: triage, environment: prod }';
  const lines = ['alerts:', '  sources:', ...sources, '  routes:', route, ''];
  writeFileSync(join(cwd, 'all.yaml'), lines.join('\n'));
  for (const kind of SOURCE_KINDS) {
    const args = ['-', '--json', '--config', 'all.yaml'];
    const { alerts } = JSON.parse(tried(cwd, args, recorded(kind)).stdout);
    expect([kind, alerts[0].decision]).toEqual([kind, 'started']);
  }
});

test('a value that does not fit its input is refused with the reason', () => {
  const body = recorded('generic').toString().replace('15m', 'soon');
  const { stdout, exitCode } = tried(serverFolder(), ['-'], Buffer.from(body));
  expect(stdout).toContain(
    'starts nothing: the input "idle_for" has to be a duration such as 10m, and "soon" is not',
  );
  expect(exitCode).toBe(1);
});

test('what a payload holds cannot steer the terminal, and passwords in it are masked', () => {
  const labels = { alertname: 'PoolExhausted', env: 'prod', url: 'postgres://a:hunter22@db/x' };
  const body = JSON.stringify({ title: 'a\u001b[2Jb\nc', labels });
  const { stdout } = tried(serverFolder(), ['-'], Buffer.from(body));
  expect(stdout).toMatch(/^1\. a.*b↵c \(firing\)$/m);
  expect(stdout).not.toContain('\u001b');
  expect(stdout).not.toContain('hunter22');
});

test('a payload can be tried before its source is configured', () => {
  const cwd = serverFolder((config) => config.replace(/^ +grafana:.*\n/m, ''));
  const { stdout, exitCode } = tried(cwd, ['-'], recorded('grafana'));
  expect(stdout).toContain('The config file has no source of the kind grafana. 1 alert from');
  expect(exitCode).toBe(0);
});

describe('what cannot be tried is refused', () => {
  test.each([
    [
      'another kind',
      ['alert.json', '--source', 'pagerduty'],
      2,
      'is not a payload of pagerduty: expected',
    ],
    ['no JSON', ['team.yaml'], 2, 'team.yaml is not a payload: the body is not JSON\n'],
    ['an unknown kind', ['alert.json', '--source', 'nagios'], 2, 'unknown source "nagios"'],
    ['a missing file', ['gone.json'], 5, 'gone.json cannot be read'],
    ['a missing config', ['alert.json', '--config', 'gone.yaml'], 5, 'gone.yaml cannot be read'],
    ['no file', [], 2, 'missing argument: FILE'],
  ] as const)('%s', (_, args, code, message) => {
    const { stderr, exitCode } = tried(serverFolder(), args);
    expect(stderr).toContain(message);
    expect(exitCode).toBe(code);
  });

  test.each([
    ['run: triage', 'run: triag', 'error[unknown-runbook]: unknown runbook "triag"'],
    ['{ idle_for:', '{ idle_fr:', 'has no input "idle_fr"'],
    ['{ idle_for:', '{ database_url:', 'the input "database_url" is secret'],
    [
      'environment: prod\n      inputs',
      'environment: pord\n      inputs',
      'unknown environment "pord"',
    ],
    ['~.*database', '~(', 'this pattern cannot be used'],
  ])('a config with %j as %j', (from, to, message) => {
    const cwd = serverFolder((config) => config.replace(from, to));
    for (const args of [['try', 'alert.json'], ['list']]) {
      const { stderr, exitCode } = runbookCommand(['alerts', ...args], { cwd });
      expect(stderr).toContain(message);
      expect(exitCode).toBe(2);
    }
  });

  test('a secret in the config file is not quoted', () => {
    const cwd = serverFolder((config) => config.replace('env:JSM_SECRET', 'hunter2222'));
    const { stderr, exitCode } = runbookCommand(['alerts'], { cwd });
    expect(stderr).toContain('secret is not a reference');
    expect(stderr).not.toContain('hunter2222');
    expect(exitCode).toBe(2);
  });
});

test('sources and routes are listed', () => {
  const cwd = serverFolder();
  const { stdout, exitCode } = runbookCommand(['alerts', 'list'], { cwd });
  expect(exitCode).toBe(0);
  expect(stdout).toContain(
    'pd       pagerduty     /hooks/pd       60 in 1 min   X-PagerDuty-Signature\n',
  );
  expect(stdout).toContain(
    '2      triage          prod         15 min    from pd service=~.*database urgency=high\n',
  );
  expect(runbookCommand(['alerts'], { cwd }).stdout).toBe(stdout);
});

test('for scripts, routes are listed with everything they set', () => {
  const { stdout } = runbookCommand(['alerts', 'list', '--json'], { cwd: serverFolder() });
  expect(JSON.parse(stdout).routes).toEqual([
    {
      route: 1,
      source: null,
      match: { alertname: 'PoolExhausted', env: 'prod' },
      runbook: 'pool-exhausted',
      environment: 'prod',
      inputs: { idle_for: '${{ labels.idle_for }}' },
      fingerprint: null,
      cooldown_ms: 900_000,
      severity: null,
      runbook_severity: 'high',
    },
    expect.objectContaining({ route: 2, source: 'pd', severity: 'critical' }),
  ]);
  expect(stdout).not.toContain('SECRET');
});

test('the kinds of source are completed', () => {
  const words = ['alerts', 'try', 'x.json', '--source', 'p'];
  const { stdout } = runbookCommand(['__complete', '--', ...words], { cwd: temporaryFolder() });
  expect(stdout).toBe('pagerduty\n');
});
