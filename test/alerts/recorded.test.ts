import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { SOURCE_KINDS, type SourceKind } from '#alerts/alert.ts';
import { kindOf, readPayload } from '#alerts/read-payload.ts';
import { alertFile, alertsIn, bodyOf, recorded } from '../fixtures/alert-files.ts';

const json = (kind: SourceKind) => JSON.parse(recorded(kind).toString());

test.each(SOURCE_KINDS)('a recorded payload of %s is recognized by its shape', (kind) => {
  expect(kindOf(recorded(kind))).toBe(kind);
});

test.each([...SOURCE_KINDS, 'opsgenie'] as const)('what is read of %s', (name) => {
  const kind = name === 'opsgenie' ? 'jsm' : name;
  const read = JSON.parse(JSON.stringify(alertsIn(kind, recorded(name))));
  expect(read).toEqual(JSON.parse(readFileSync(alertFile('read.json'), 'utf8'))[name]);
});

test('every system has marks of its own', () => {
  const kinds = [
    { alerts: [], orgId: 1 },
    { alerts: [{ silenceURL: 'http://x' }] },
    { alerts: [], groupKey: '{}' },
    { alerts: [], receiver: 'x' },
    { alerts: [] },
    { action: 'Create' },
    { alert: {} },
    { transition: 'Warn' },
    { action: 'created', data: {}, installation: {} },
    { AlarmName: 'x' },
  ].map((payload) => kindOf(bodyOf(payload)));
  expect(kinds).toEqual([
    ...['grafana', 'grafana', 'alertmanager', 'alertmanager', 'generic', 'generic', 'generic'],
    ...['datadog', 'sentry', 'cloudwatch'],
  ]);
});

test.each([
  ['alertmanager', 'a list of alerts'],
  ['grafana', 'a list of alerts'],
  ['pagerduty', 'PagerDuty webhooks (version 3)'],
  ['jsm', 'Jira Service Management'],
  ['datadog', 'set in Datadog'],
  ['sentry', 'integration of Sentry'],
  ['cloudwatch', 'Amazon SNS'],
  ['uptime-kuma', 'Uptime Kuma'],
  ['newrelic', 'New Relic'],
  ['zabbix', 'set in Zabbix'],
  ['generic', 'labels or a title'],
] as const)('a payload that is not of %s is refused in its words', (kind, words) => {
  for (const payload of [{ a: 1 }, { action: 'Create' }, { alert: {} }])
    expect(readPayload(kind, bodyOf(payload))).toEqual({
      ok: false,
      problem: { code: 'wrong-shape', message: expect.stringContaining(words) },
    });
});

test.each(['alertmanager', 'generic'] as const)(
  '%s: titles and severities have fallbacks',
  (kind) => {
    const alerts = [
      { labels: { alertname: 'Full', priority: 'P1' }, annotations: { summary: ' ', title: 'T' } },
      { labels: { alertname: 'Full', severity: 'low' } },
      { labels: { job: 'x' }, severity: 'page', status: 'unknown' },
      { labels: { job: 'x' } },
    ];
    const read = readPayload(kind, bodyOf({ alerts }));
    expect(read).toMatchObject({ ok: true, ignored: 1 });
    const shown = read.ok ? read.alerts.map(({ title, severity }) => [title, severity]) : [];
    expect(shown).toEqual([
      kind === 'generic' ? ['Full', undefined] : ['T', 'critical'],
      ['Full', 'low'],
      ['Alert', undefined],
    ]);
  },
);

test('the status of a group is that of alerts without one', () => {
  const body = bodyOf({
    status: 'resolved',
    alerts: [{ labels: {} }, 'text', { status: 'firing' }],
  });
  expect(alertsIn('alertmanager', body).map(({ status }) => status)).toEqual([
    'resolved',
    'firing',
  ]);
});

test('an alert without a text has a title all the same', () => {
  const pagerduty = json('pagerduty');
  pagerduty.event.data.title = '';
  const jsm = json('jsm');
  jsm.alert.message = null;
  const datadog = json('datadog');
  const titles = [
    alertsIn('pagerduty', bodyOf(pagerduty)),
    alertsIn('jsm', bodyOf(jsm)),
    alertsIn('datadog', bodyOf({ ...datadog, title: '' })),
    alertsIn('datadog', bodyOf({ transition: 'Warn' })),
  ].map(([alert]) => [alert?.title, alert?.key]);
  expect(titles).toEqual([
    ['Incident Q2AKWEAM0XPLBE', 'PoolExhausted/db-1'],
    ['Alert 052652ac-5d1c-464a-812a-7dd18bbfba8c-1763846053104', 'PoolExhausted/db-1'],
    ['Monitor 1234567', '1234567 env:prod, host:db-1'],
    ['Monitor', 'Monitor'],
  ]);
});

test('an event without an ID is no alert', () => {
  const pagerduty = json('pagerduty');
  pagerduty.event.data = { title: 'x' };
  expect(alertsIn('pagerduty', bodyOf(pagerduty))).toEqual([]);
  expect(alertsIn('jsm', bodyOf({ action: 'Create', alert: { message: 'x' } }))).toEqual([]);
  expect(alertsIn('jsm', bodyOf({ action: 'Create', alert: { id: 7 } }))).toMatchObject([
    { key: '7', labels: {} },
  ]);
});

test('only whole words are variables that Datadog did not replace', () => {
  const payload = { transition: 'Warn', title: 'costs $FIVE', metric: '$A b', priority: 'NULL' };
  const [alert] = alertsIn('datadog', bodyOf({ ...payload, tags: 'x, severity:high ,:y,z: w' }));
  expect(alert?.labels).toEqual({
    title: 'costs $FIVE',
    metric: '$A b',
    transition: 'Warn',
    severity: 'high',
    z: ' w',
  });
  expect(alert?.severity).toBe('high');
});

test('an alert about an event of Sentry has the key of its issue, which is resolved later', () => {
  const event = {
    ...{ issue_id: '1170820242', title: 'OperationalError: too many clients', level: 'error' },
    ...{ platform: 'python', culprit: 'shop.orders in create', datetime: '2026-11-22T21:14:07Z' },
    ...{
      tags: [
        ['environment', 'prod'],
        ['level', 'forged'],
      ],
      web_url: 'https://acme.sentry.io/e/1',
    },
  };
  const fired = { action: 'triggered', data: { event, triggered_rule: 'Connections' } };
  const issue = {
    ...{ id: '1170820242', shortId: 'SHOP-1', title: event.title, level: 'error' },
    ...{ project: { slug: 'shop' }, permalink: 'https://acme.sentry.io/issues/1' },
  };
  const [one, two] = [fired, { action: 'resolved', data: { issue } }].map(
    (payload) => alertsIn('sentry', bodyOf(payload))[0],
  );
  expect(one).toMatchObject({
    ...{ key: 'issue 1170820242', status: 'firing', severity: 'high' },
    labels: { rule: 'Connections', level: 'error', environment: 'prod', platform: 'python' },
    links: [{ name: 'Issue', url: 'https://acme.sentry.io/e/1' }],
  });
  expect(two).toMatchObject({
    ...{ key: 'issue 1170820242', status: 'resolved', title: event.title },
    ...{ labels: { project: 'shop', issue: 'SHOP-1' }, links: [{ url: issue.permalink }] },
  });
  expect(alertsIn('sentry', bodyOf({ action: 'assigned', data: { issue } }))).toEqual([]);
  expect(alertsIn('sentry', bodyOf({ action: 'created', data: { comment: 1 } }))).toEqual([]);
});

test('a metric alert of Sentry has one key while it is critical, a warning and resolved', () => {
  const alert = json('sentry');
  const read = ['critical', 'warning', 'resolved'].map(
    (action) => alertsIn('sentry', bodyOf({ ...alert, action }))[0],
  );
  expect(read.map((it) => [it?.key, it?.status, it?.severity])).toEqual([
    ...[
      ['metric-alert 4', 'firing', 'critical'],
      ['metric-alert 4', 'firing', 'medium'],
    ],
    ['metric-alert 4', 'resolved', undefined],
  ]);
});

test('an alarm of CloudWatch is read raw as well, and a topic says how it is confirmed', () => {
  const alarm = JSON.parse(json('cloudwatch').Message);
  const [ok] = alertsIn('cloudwatch', bodyOf({ ...alarm, NewStateValue: 'OK' }));
  expect(ok).toMatchObject({ status: 'resolved', key: alarm.AlarmArn });
  expect(alertsIn('cloudwatch', bodyOf({ ...alarm, NewStateValue: 'INSUFFICIENT_DATA' }))).toEqual(
    [],
  );
  expect(alertsIn('cloudwatch', bodyOf({ Type: 'Notification', Message: 'by hand' }))).toEqual([]);
  const url = 'https://sns.eu-central-1.amazonaws.com/?Action=ConfirmSubscription&Token=23';
  const confirm = { Type: 'SubscriptionConfirmation', Message: 'You …', SubscribeURL: url };
  expect(readPayload('cloudwatch', bodyOf(confirm))).toMatchObject({
    ...{ ok: true, alerts: [], note: expect.stringContaining(url) },
  });
});

test('what neither fires nor ends is no alert: a monitor in maintenance, an acknowledged problem', () => {
  const kuma = json('uptime-kuma');
  const states = [0, 1, 2, 3].map((status) =>
    alertsIn('uptime-kuma', bodyOf({ ...kuma, heartbeat: { ...kuma.heartbeat, status } })).map(
      (it) => it.status,
    ),
  );
  expect(states).toEqual([['firing'], ['resolved'], [], []]);
  expect(alertsIn('uptime-kuma', bodyOf({ heartbeat: null, monitor: null, msg: 'Test' }))).toEqual(
    [],
  );
  const zabbix = json('zabbix');
  expect(alertsIn('zabbix', bodyOf({ ...zabbix, event_update_status: '1' }))).toEqual([]);
  const over = { ...zabbix, event_value: '0', event_tags: 'no JSON', event_opdata: '*UNKNOWN*' };
  expect(alertsIn('zabbix', bodyOf(over))).toMatchObject([
    { key: '14512', status: 'resolved', labels: { host: 'shop-db' }, annotations: {} },
  ]);
  const newrelic = { ...json('newrelic'), state: 'CLOSED', createdAt: '2026-11-22T21:14:07Z' };
  expect(alertsIn('newrelic', bodyOf(newrelic))).toMatchObject([
    { status: 'resolved', startsAt: '2026-11-22T21:14:07Z' },
  ]);
  expect(alertsIn('newrelic', bodyOf({ ...newrelic, state: 'ACKNOWLEDGED' }))).toEqual([]);
});
