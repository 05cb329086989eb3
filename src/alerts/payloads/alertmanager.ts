import { severityOf } from '../severity.ts';
import { BY_SECRET } from '../verification.ts';
import {
  annotationsOf,
  at,
  entriesOf,
  has,
  isMapping,
  itemsOf,
  keyOfLabels,
  labelsOf,
  linksOf,
  proseAt,
  textAt,
} from './fields.ts';
import type { AlertSystem } from './system.ts';

/** The pages of an alert, the most useful first; Alertmanager has only that of the rule. */
const LINKS = {
  panelURL: 'Panel',
  dashboardURL: 'Dashboard',
  generatorURL: 'Rule',
  silenceURL: 'Silence it',
} as const;

/** Reads a notification of Alertmanager (version 4), or of a Grafana webhook, which extends it. */
const read: AlertSystem['read'] = (payload) => {
  if (!Array.isArray(at(payload, 'alerts')))
    return 'expected an object with a list of alerts, as Alertmanager and Grafana send it';
  return {
    items: itemsOf(at(payload, 'alerts')),
    read: (item) => {
      const status = textAt(item, 'status') ?? textAt(payload, 'status') ?? 'firing';
      if (!isMapping(item) || (status !== 'firing' && status !== 'resolved')) return undefined;
      const { texts: labels, leftOut } = labelsOf(entriesOf(at(item, 'labels')));
      const annotations = annotationsOf(at(item, 'annotations'));
      return {
        status,
        key: textAt(item, 'fingerprint') ?? keyOfLabels(labels),
        title:
          proseAt(item, 'annotations', 'summary') ??
          proseAt(item, 'annotations', 'title') ??
          proseAt(item, 'labels', 'alertname') ??
          'Alert',
        severity: severityOf(textAt(labels, 'severity'), textAt(labels, 'priority')),
        labels,
        annotations: annotations.texts,
        startsAt: proseAt(item, 'startsAt'),
        links: [...linksOf(item, LINKS), ...linksOf(payload, { externalURL: 'Alerts' })],
        leftOut: leftOut + annotations.leftOut,
      };
    },
  };
};

/** Prometheus Alertmanager, version 4 of its notifications. */
export const alertmanager: AlertSystem = {
  verification: BY_SECRET,
  read,
  looksLike: (payload) => has(payload, 'groupKey') || has(payload, 'receiver'),
};

/** Grafana, whose webhooks extend those of Alertmanager. */
export const grafana: AlertSystem = {
  verification: {
    how: 'hmac',
    header: 'X-Grafana-Alerting-Signature',
    prefix: '',
    timestamp: { header: 'X-Grafana-Alerting-Timestamp', separator: ':' },
    leastSecret: 32,
  },
  read,
  looksLike: (payload) =>
    has(payload, 'orgId') || has(itemsOf(at(payload, 'alerts'))[0], 'silenceURL'),
};
