import { severityOf } from '../severity.ts';
import { BY_SECRET } from '../verification.ts';
import { at, has, isMapping, itemsOf, labelsOf, linksOf, proseAt, textAt } from './fields.ts';
import type { AlertSystem } from './system.ts';

const STATUSES = new Map([
  ['CREATED', 'firing'],
  ['ACTIVATED', 'firing'],
  ['CLOSED', 'resolved'],
  ['RESOLVED', 'resolved'],
] as const);

/** Reads a webhook of a New Relic workflow with its default payload: an issue. */
const read: AlertSystem['read'] = (payload) => {
  if (!isMapping(payload) || textAt(payload, 'state') === undefined)
    return 'expected an issue with the key "state", as a workflow of New Relic sends it';
  return {
    items: [payload],
    read: () => {
      const status = STATUSES.get(textAt(payload, 'state')?.toUpperCase() as 'CLOSED');
      const id = textAt(payload, 'id');
      if (status === undefined || id === undefined) return undefined;
      const first = (key: string) => textAt(itemsOf(at(payload, key))[0]);
      const { texts: labels, leftOut } = labelsOf([
        ['condition', first('alertConditionNames')],
        ['policy', first('alertPolicyNames')],
        ['entity', first('impactedEntities')],
        ['workflow', textAt(payload, 'workflowName')],
        ['priority', textAt(payload, 'priority')],
      ]);
      return {
        status,
        key: id,
        title: proseAt(payload, 'title') ?? `Issue ${id}`,
        severity: severityOf(textAt(payload, 'priority')),
        ...{ labels, annotations: {} },
        startsAt: timeOf(textAt(payload, 'createdAt')),
        links: linksOf(payload, { issueUrl: 'Issue' }),
        leftOut,
      };
    },
  };
};

/** Milliseconds since 1970, as a time. */
function timeOf(ms: string | undefined): string | undefined {
  return ms !== undefined && /^\d{1,14}$/.test(ms) ? new Date(Number(ms)).toISOString() : ms;
}

/** New Relic, with the default payload of a workflow. */
export const newrelic: AlertSystem = {
  verification: BY_SECRET,
  read,
  looksLike: (payload) => has(payload, 'state') && has(payload, 'issueUrl'),
};
