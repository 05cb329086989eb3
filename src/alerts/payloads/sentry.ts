import { severityOf } from '../severity.ts';
import {
  annotationsOf,
  at,
  type Entries,
  has,
  isMapping,
  itemsOf,
  labelsOf,
  linksOf,
  proseAt,
  textAt,
} from './fields.ts';
import type { AlertSystem } from './system.ts';

const STATUSES = new Map([
  ['triggered', 'firing'],
  ['critical', 'firing'],
  ['warning', 'firing'],
  ['created', 'firing'],
  ['unresolved', 'firing'],
  ['resolved', 'resolved'],
  ['archived', 'resolved'],
  ['ignored', 'resolved'],
] as const);

/** Reads a webhook of a Sentry integration: an issue, an alert about one, or about a metric. */
const read: AlertSystem['read'] = (payload) => {
  const action = textAt(payload, 'action');
  const data = at(payload, 'data');
  if (action === undefined || !isMapping(data))
    return 'expected an object with an action and data, as an integration of Sentry sends it';
  return {
    items: [data],
    read: () => {
      const status = STATUSES.get(action as 'resolved');
      const found = metricAlert(data, action) ?? issueAlert(data);
      return status === undefined || found === undefined ? undefined : { status, ...found };
    },
  };
};

/** An incident of a metric alert has one ID, whether it is critical, a warning or resolved. */
function metricAlert(data: unknown, action: string) {
  const id = textAt(data, 'metric_alert', 'id');
  if (id === undefined) return undefined;
  const rule = at(data, 'metric_alert', 'alert_rule');
  const { texts: labels, leftOut } = labelsOf([
    ['rule', textAt(rule, 'name')],
    ['project', textAt(itemsOf(at(rule, 'projects'))[0])],
    ['environment', textAt(rule, 'environment')],
    ['level', action === 'resolved' ? undefined : action],
  ]);
  const annotations = annotationsOf({ description: at(data, 'description_text') });
  return {
    key: `metric-alert ${id}`,
    title: proseAt(rule, 'name') ?? proseAt(data, 'description_title') ?? `Metric alert ${id}`,
    severity: severityOf(action),
    ...{ labels, annotations: annotations.texts },
    startsAt: proseAt(data, 'metric_alert', 'date_started'),
    links: linksOf(data, { web_url: 'Alert' }),
    leftOut: leftOut + annotations.leftOut,
  };
}

/** An alert about an event has the key of the event's issue, which is resolved later. */
function issueAlert(data: unknown) {
  const event = at(data, 'event');
  const issue = at(data, 'issue');
  const id = textAt(event, 'issue_id') ?? textAt(issue, 'id');
  if (id === undefined) return undefined;
  const told = isMapping(event) ? event : issue;
  const { texts: labels, leftOut } = labelsOf(
    [
      ['rule', textAt(data, 'triggered_rule')],
      ['project', textAt(issue, 'project', 'slug') ?? textAt(event, 'project')],
      ['level', textAt(told, 'level')],
      ['platform', textAt(told, 'platform')],
      ['issue', textAt(issue, 'shortId') ?? id],
    ],
    itemsOf(at(event, 'tags')).flatMap((tag): Entries => {
      const [name, value] = itemsOf(tag);
      return typeof name === 'string' ? [[name, value]] : [];
    }),
  );
  const annotations = annotationsOf({ culprit: at(told, 'culprit') });
  return {
    key: `issue ${id}`,
    title: proseAt(told, 'title') ?? `Issue ${id}`,
    severity: severityOf(textAt(told, 'level')),
    ...{ labels, annotations: annotations.texts },
    startsAt: proseAt(event, 'datetime') ?? proseAt(issue, 'firstSeen'),
    links: [...linksOf(told, { web_url: 'Issue' }), ...linksOf(issue, { permalink: 'Issue' })],
    leftOut: leftOut + annotations.leftOut,
  };
}

/** Sentry, with webhooks of an internal integration. */
export const sentry: AlertSystem = {
  verification: {
    how: 'hmac',
    header: 'Sentry-Hook-Signature',
    prefix: '',
    // Sentry sends a time and does not sign it.
    timestamp: undefined,
    leastSecret: 32,
  },
  read,
  looksLike: (payload) =>
    has(payload, 'action') &&
    (has(payload, 'installation') || has(payload, 'data', 'metric_alert')),
};
