import { severityOf } from '../severity.ts';
import { at, has, isMapping, itemsOf, labelsOf, linksOf, proseAt, textAt } from './fields.ts';
import type { AlertSystem } from './system.ts';

const STATUSES = new Map([
  ['incident.triggered', 'firing'],
  ['incident.reopened', 'firing'],
  ['incident.resolved', 'resolved'],
] as const);

/** Reads an event of a PagerDuty webhook (version 3): an incident that began or ended. */
const read: AlertSystem['read'] = (payload) => {
  const event = at(payload, 'event');
  if (!isMapping(event) || textAt(event, 'event_type') === undefined)
    return 'expected an object with an event, as PagerDuty webhooks (version 3) send it';
  return {
    items: [event],
    read: () => {
      const status = STATUSES.get(textAt(event, 'event_type') as 'incident.triggered');
      const incident = at(event, 'data');
      const id = textAt(incident, 'id');
      if (status === undefined || id === undefined) return undefined;
      const { texts: labels, leftOut } = labelsOf([
        ['incident', id],
        ['incident_key', textAt(incident, 'incident_key')],
        ['title', textAt(incident, 'title')],
        ['service', textAt(incident, 'service', 'summary')],
        ['service_id', textAt(incident, 'service', 'id')],
        ['urgency', textAt(incident, 'urgency')],
        ['priority', textAt(incident, 'priority', 'summary')],
        ['escalation_policy', textAt(incident, 'escalation_policy', 'summary')],
        ['team', textAt(itemsOf(at(incident, 'teams'))[0], 'summary')],
      ]);
      return {
        status,
        key: textAt(incident, 'incident_key') ?? id,
        title: proseAt(incident, 'title') ?? `Incident ${id}`,
        severity: severityOf(textAt(labels, 'priority'), textAt(labels, 'urgency')),
        labels,
        annotations: {},
        startsAt: proseAt(incident, 'created_at'),
        links: linksOf(incident, { html_url: 'Incident' }),
        leftOut,
      };
    },
  };
};

/** PagerDuty, with webhooks of version 3. */
export const pagerduty: AlertSystem = {
  verification: {
    how: 'hmac',
    header: 'X-PagerDuty-Signature',
    prefix: 'v1=',
    timestamp: undefined,
    // PagerDuty makes this secret.
    leastSecret: 16,
  },
  read,
  looksLike: (payload) => has(payload, 'event', 'event_type'),
};
