import { severityOf } from '../severity.ts';
import { BY_SECRET } from '../verification.ts';
import {
  annotationsOf,
  type Entries,
  has,
  isMapping,
  labelsOf,
  linksOf,
  pairEntries,
  proseAt,
  textAt,
} from './fields.ts';
import type { AlertSystem } from './system.ts';

/** A recovery has the ID of its problem; an update, e.g. an acknowledgement, is neither. */
const STATUSES = new Map([
  ['1', 'firing'],
  ['0', 'resolved'],
] as const);

/** Reads a webhook of Zabbix with the parameters of docs/team/alerts.md. */
const read: AlertSystem['read'] = (payload) => {
  if (!isMapping(payload) || given(payload, 'event_value') === undefined)
    return 'expected the key "event_value": the parameters of a Zabbix webhook are set in Zabbix';
  return {
    items: [payload],
    read: () => {
      const status = STATUSES.get(given(payload, 'event_value') as '0');
      const id = given(payload, 'event_id');
      const isUpdate = given(payload, 'event_update_status') === '1';
      if (status === undefined || id === undefined || isUpdate) return undefined;
      const { texts: labels, leftOut } = labelsOf(
        [
          ['name', given(payload, 'event_name')],
          ['host', given(payload, 'host')],
          ['ip', given(payload, 'host_ip')],
          ['severity', given(payload, 'event_severity')],
          ['trigger', given(payload, 'trigger_id')],
        ],
        tagsOf(given(payload, 'event_tags')),
      );
      const annotations = annotationsOf({ data: given(payload, 'event_opdata') });
      return {
        status,
        key: id,
        title: proseAt(labels, 'name') ?? `Problem ${id}`,
        severity: severityOf(textAt(labels, 'severity')),
        ...{ labels, annotations: annotations.texts },
        startsAt: undefined,
        links: linksOf(payload, { link: 'Problem' }),
        leftOut: leftOut + annotations.leftOut,
      };
    },
  };
};

/** Zabbix leaves a macro without a value as it is written, or writes `*UNKNOWN*`. */
function given(payload: unknown, key: string): string | undefined {
  const text = textAt(payload, key);
  return text === undefined || /^(?:\{[A-Z.$]+\}|\*UNKNOWN\*)$/.test(text) ? undefined : text;
}

/** The tags are JSON in a text. */
function tagsOf(text: string | undefined): Entries {
  try {
    return pairEntries(JSON.parse(text ?? '[]'), 'tag');
  } catch {
    return [];
  }
}

/** Zabbix, with the parameters of docs/team/alerts.md. */
export const zabbix: AlertSystem = {
  verification: BY_SECRET,
  read,
  looksLike: (payload) => has(payload, 'event_value') && has(payload, 'event_id'),
};
