import { severityOf } from '../severity.ts';
import { BY_SECRET } from '../verification.ts';
import {
  annotationsOf,
  at,
  entriesOf,
  has,
  isMapping,
  itemsOf,
  labelsOf,
  proseAt,
  tagEntries,
  textAt,
} from './fields.ts';
import type { AlertSystem } from './system.ts';

const STATUSES = new Map([
  ['create', 'firing'],
  ['close', 'resolved'],
  ['delete', 'resolved'],
] as const);

/** Reads an action of Jira Service Management or Opsgenie: an alert that was created or closed. */
const read: AlertSystem['read'] = (payload) => {
  const action = textAt(payload, 'action');
  const alert = at(payload, 'alert');
  if (action === undefined || !isMapping(alert))
    return 'expected an object with an action and an alert, as Jira Service Management sends it';
  return {
    items: [alert],
    read: () => {
      const status = STATUSES.get(action.toLowerCase() as 'create');
      const id = textAt(alert, 'alertId') ?? textAt(alert, 'id');
      if (status === undefined || id === undefined) return undefined;
      const tags = itemsOf(at(alert, 'tags')).filter((tag) => typeof tag === 'string');
      const { texts: labels, leftOut } = labelsOf(
        [
          ['message', textAt(alert, 'message')],
          ['alias', textAt(alert, 'alias')],
          ['entity', textAt(alert, 'entity')],
          ['priority', textAt(alert, 'priority')],
          ['source', textAt(alert, 'source')],
          ['team_id', textAt(alert, 'team')],
          ['integration', textAt(payload, 'integrationName')],
        ],
        [...entriesOf(at(alert, 'details')), ...tagEntries(tags)],
      );
      const description = { description: at(alert, 'description') };
      const annotations = annotationsOf(description);
      return {
        status,
        key: textAt(alert, 'alias') ?? id,
        title: proseAt(alert, 'message') ?? `Alert ${id}`,
        severity: severityOf(textAt(labels, 'priority')),
        labels,
        annotations: annotations.texts,
        startsAt: proseAt(alert, 'createdAt'),
        links: [],
        leftOut,
      };
    },
  };
};

/** Jira Service Management, and Opsgenie before it. */
export const jsm: AlertSystem = {
  verification: BY_SECRET,
  read,
  looksLike: (payload) => has(payload, 'action') && has(payload, 'alert'),
};
