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
  ].map((payload) => kindOf(bodyOf(payload)));
  expect(kinds).toEqual([
    ...['grafana', 'grafana', 'alertmanager', 'alertmanager', 'generic', 'generic', 'generic'],
    'datadog',
  ]);
});

test.each([
  ['alertmanager', 'a list of alerts'],
  ['grafana', 'a list of alerts'],
  ['pagerduty', 'PagerDuty webhooks (version 3)'],
  ['jsm', 'Jira Service Management'],
  ['datadog', 'set in Datadog'],
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
