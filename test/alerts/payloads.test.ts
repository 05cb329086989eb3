import { describe, expect, test } from 'vitest';
import type { SourceKind } from '#alerts/alert.ts';
import { kindOf, readPayload } from '#alerts/read-payload.ts';
import { severityOf } from '#alerts/severity.ts';
import { alertsIn, bodyOf, recorded } from '../fixtures/alert-files.ts';

const json = (kind: SourceKind) => JSON.parse(recorded(kind).toString());

describe('alertmanager', () => {
  test('a group is read alert by alert, each with its own status', () => {
    const alerts = alertsIn('alertmanager', recorded('alertmanager'));
    expect(alerts.map(({ key, status, severity }) => [key, status, severity])).toEqual([
      ['5b1f8a2c9de04731', 'firing', 'critical'],
      ['0d31c7a65b29f4e8', 'firing', 'medium'],
      ['9c20b7e1f3a4d586', 'resolved', 'critical'],
    ]);
    expect(alerts[0]).toMatchObject({
      title: 'Connection pool of db-1 is exhausted',
      labels: { alertname: 'PoolExhausted', env: 'prod', idle_for: '15m' },
      startsAt: '2026-11-22T21:14:07.451Z',
      links: [
        { name: 'Rule', url: expect.stringMatching(/^http:\/\/prometheus/) },
        { name: 'Alerts' },
      ],
    });
  });

  test('without a fingerprint, alerts are told apart by all their labels, in any order', () => {
    const alert = (labels: object) => ({ status: 'firing', labels });
    const body = bodyOf({
      alerts: [alert({ a: '1', b: '2' }), alert({ b: '2', a: '1' }), alert({ a: '1' })],
    });
    const [first, second, third] = alertsIn('alertmanager', body).map(({ key }) => key);
    expect(second).toBe(first);
    expect(third).not.toBe(first);
  });
});

test('grafana: the panel of an alert is its page', () => {
  const [alert] = alertsIn('grafana', recorded('grafana'));
  expect(alert).toMatchObject({ key: 'c6eadffa33fcdf37', severity: 'high', status: 'firing' });
  expect(alert?.links[0]?.url).toContain('viewPanel=4');
});

describe('pagerduty', () => {
  test('an incident has its service, urgency, priority and team as labels', () => {
    expect(alertsIn('pagerduty', recorded('pagerduty'))).toEqual([
      expect.objectContaining({
        status: 'firing',
        key: 'PoolExhausted/db-1',
        severity: 'critical',
        labels: {
          incident: 'Q2AKWEAM0XPLBE',
          incident_key: 'PoolExhausted/db-1',
          title: 'Connection pool of db-1 is exhausted',
          service: 'Payments database',
          service_id: 'PF9KMXH',
          urgency: 'high',
          priority: 'P1',
          escalation_policy: 'Database on call',
          team: 'Payments',
        },
      }),
    ]);
  });

  test.each([
    ['incident.reopened', ['firing']],
    ['incident.resolved', ['resolved']],
    ['incident.acknowledged', []],
    ['incident.annotated', []],
    ['pagey.ping', []],
    ['service.updated', []],
  ])('%s', (type, statuses) => {
    const payload = json('pagerduty');
    payload.event.event_type = type;
    const read = readPayload('pagerduty', bodyOf(payload));
    expect(read).toMatchObject({ ok: true, ignored: 1 - statuses.length });
    expect(read.ok && read.alerts.map(({ status }) => status)).toEqual(statuses);
  });

  test('an incident without a key is told apart by its ID, and one without a priority has its urgency', () => {
    const payload = json('pagerduty');
    payload.event.data.incident_key = null;
    payload.event.data.priority = null;
    expect(alertsIn('pagerduty', bodyOf(payload))).toMatchObject([
      { key: 'Q2AKWEAM0XPLBE', severity: 'high' },
    ]);
  });
});

describe('jsm', () => {
  test('details and tags of the form name:value become labels', () => {
    const [alert] = alertsIn('jsm', recorded('jsm'));
    expect(alert).toMatchObject({
      status: 'firing',
      key: 'PoolExhausted/db-1',
      severity: 'high',
      labels: { alertname: 'PoolExhausted', env: 'prod', team: 'payments', idle_for: '15m' },
      annotations: { description: '96 of 97 connections of db-1 are taken.' },
    });
  });

  test('what Opsgenie sends is read as well', () => {
    expect(kindOf(recorded('opsgenie'))).toBe('jsm');
    expect(alertsIn('jsm', recorded('opsgenie'))).toMatchObject([
      {
        status: 'firing',
        key: '44f717bf-44bd-11c9-44c7-2d0cf1d07b23',
        title: 'Connection pool of db-1 is exhausted',
        severity: undefined,
        labels: { alertname: 'PoolExhausted', env: 'prod', source: 'prometheus' },
        annotations: {},
      },
    ]);
  });

  test.each([
    ['Create', ['firing']],
    ['Close', ['resolved']],
    ['Delete', ['resolved']],
    ['Acknowledge', []],
    ['AddNote', []],
  ])('the action %s', (action, statuses) => {
    const alerts = alertsIn('jsm', bodyOf({ ...json('jsm'), action }));
    expect(alerts.map(({ status }) => status)).toEqual(statuses);
  });

  test('a detail cannot pass for what the system itself says', () => {
    const payload = json('jsm');
    payload.alert.details.priority = 'P1';
    payload.alert.tags.push('entity:other', 'alertname:Other');
    expect(alertsIn('jsm', bodyOf(payload))).toMatchObject([
      {
        severity: 'high',
        labels: { priority: 'P2', entity: 'db-1.example.com', alertname: 'PoolExhausted' },
      },
    ]);
    payload.alert.priority = '';
    payload.alert.entity = 'x'.repeat(2_000);
    const [alert] = alertsIn('jsm', bodyOf(payload));
    expect(alert?.severity).toBeUndefined();
    expect(alert?.labels).not.toHaveProperty('priority');
    expect(alert?.labels).not.toHaveProperty('entity');
  });

  test('many details displace nothing of the system', () => {
    const payload = json('jsm');
    payload.alert.details = Object.fromEntries(
      Array.from({ length: 200 }, (_, index) => [`d${index}`, 'x']),
    );
    expect(alertsIn('jsm', bodyOf(payload))).toMatchObject([
      { severity: 'high', labels: { priority: 'P2', alias: 'PoolExhausted/db-1' } },
    ]);
  });
});

describe('datadog', () => {
  test('tags become labels, and a group of a monitor is one alert', () => {
    expect(alertsIn('datadog', recorded('datadog'))).toMatchObject([
      {
        status: 'firing',
        key: '1234567 env:prod, host:db-1',
        severity: 'high',
        labels: { alertname: 'PoolExhausted', env: 'prod', host: 'db-1', monitor: '1234567' },
      },
    ]);
  });

  test.each([
    ['Re-Triggered', ['firing']],
    ['Warn', ['firing']],
    ['No Data', ['firing']],
    ['Renotify', ['firing']],
    ['Recovered', ['resolved']],
    ['Warn Recovered', ['resolved']],
    ['Muted', []],
  ])('the transition %s', (transition, statuses) => {
    const alerts = alertsIn('datadog', bodyOf({ ...json('datadog'), transition }));
    expect(alerts.map(({ status }) => status)).toEqual(statuses);
  });

  test('a variable that Datadog did not replace is no value', () => {
    const payload = { ...json('datadog'), priority: '$ALERT_PRIORITY', scope: '$ALERT_SCOPE' };
    const [alert] = alertsIn('datadog', bodyOf(payload));
    expect(alert).toMatchObject({ key: '1234567', severity: undefined });
    expect(alert?.labels).not.toHaveProperty('priority');
  });

  test('the group that triggered counts more than other tags, and no tag is truncated', () => {
    const long = Array.from({ length: 90 }, (_, index) => `t${index}:${'x'.repeat(80)}`).join(',');
    const payload = { ...json('datadog'), scope: 'host:db-2', tags: `host:db-1,${long}` };
    const [alert] = alertsIn('datadog', bodyOf(payload));
    expect(alert?.labels).toMatchObject({ host: 'db-2', t89: 'x'.repeat(80) });
  });

  test('the payload that Datadog sends by default is refused with what is missing', () => {
    const read = readPayload('datadog', bodyOf({ id: '1', title: '[Triggered] x', body: '' }));
    expect(read).toMatchObject({ ok: false, problem: { code: 'wrong-shape' } });
  });
});

describe('generic', () => {
  test('one alert needs no list, and only labels or a title', () => {
    expect(alertsIn('generic', bodyOf({ title: 'Full' }))).toMatchObject([
      { status: 'firing', key: 'Full', title: 'Full', labels: {} },
    ]);
    expect(
      alertsIn('generic', bodyOf({ labels: { a: 1, b: true, c: null, d: {} } })),
    ).toMatchObject([{ key: '[["a","1"],["b","true"]]', labels: { a: '1', b: 'true' } }]);
  });

  test('an alert that is over, and a list with something else in it', () => {
    expect(alertsIn('generic', bodyOf({ title: 'x', status: 'resolved' }))).toMatchObject([
      { status: 'resolved' },
    ]);
    expect(readPayload('generic', bodyOf({ alerts: [{ title: 'x' }, {}] })).ok).toBe(false);
  });

  test('the recorded form has everything', () => {
    expect(alertsIn('generic', recorded('generic'))).toMatchObject([
      {
        key: 'pool/db-1',
        severity: 'high',
        links: [{ name: 'Alert', url: 'https://monitor.example.com/alerts/17' }],
      },
    ]);
  });
});

test('a URL is kept only if a page can link to it', () => {
  const long = `http://${'x'.repeat(5_000)}`;
  const urls = [
    'javascript:alert("http://x")',
    'file:///etc',
    'https://a b',
    long,
    'http://ok.example',
  ];
  const alerts = urls.flatMap((url) => alertsIn('generic', bodyOf({ title: 'x', url })));
  expect(alerts.flatMap(({ links }) => links.map(({ url }) => url))).toEqual(['http://ok.example']);
});

test('severities of every system are known by their words', () => {
  expect(
    ['page', 'P1', 'SEV2', 'Warning', 'info', 'urgent-ish'].map((it) => severityOf(it)),
  ).toEqual(['critical', 'critical', 'high', 'medium', 'low', undefined]);
  expect(severityOf(undefined, 'unknown', 'error')).toBe('high');
});
