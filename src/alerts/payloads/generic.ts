import { severityOf } from '../severity.ts';
import {
  annotationsOf,
  at,
  entriesOf,
  isMapping,
  itemsOf,
  keyOfLabels,
  labelsOf,
  linksOf,
  proseAt,
  textAt,
} from './fields.ts';
import type { AlertSystem } from './system.ts';

/** Reads the form for all other systems: one alert, or an object with a list of them. */
const read: AlertSystem['read'] = (payload) => {
  const list = at(payload, 'alerts');
  const items = Array.isArray(list) ? itemsOf(list) : [payload];
  const isForm = (item: unknown): boolean =>
    isMapping(item) && (isMapping(at(item, 'labels')) || textAt(item, 'title') !== undefined);
  if (!items.every(isForm))
    return 'expected an alert with labels or a title, or an object with a list of such alerts';
  return {
    items,
    read: (item) => {
      const status = textAt(item, 'status') ?? 'firing';
      if (status !== 'firing' && status !== 'resolved') return undefined;
      const { texts: labels, leftOut } = labelsOf(entriesOf(at(item, 'labels')));
      const annotations = annotationsOf(at(item, 'annotations'));
      const title = proseAt(item, 'title') ?? proseAt(item, 'labels', 'alertname') ?? 'Alert';
      const isLabelled = Object.keys(labels).length > 0;
      return {
        status,
        key: textAt(item, 'fingerprint') ?? (isLabelled ? keyOfLabels(labels) : title),
        title,
        severity: severityOf(textAt(item, 'severity'), textAt(labels, 'severity')),
        labels,
        annotations: annotations.texts,
        startsAt: proseAt(item, 'starts_at'),
        links: linksOf(item, { url: 'Alert' }),
        leftOut: leftOut + annotations.leftOut,
      };
    },
  };
};

/** All other systems. */
export const generic: AlertSystem = {
  verification: {
    how: 'hmac',
    header: 'X-Runbook-Signature',
    prefix: 'v1=',
    timestamp: { header: 'X-Runbook-Timestamp', separator: '.' },
    leastSecret: 32,
  },
  read,
  looksLike: () => true,
};
