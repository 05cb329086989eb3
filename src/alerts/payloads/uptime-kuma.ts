import { BY_SECRET } from '../verification.ts';
import {
  annotationsOf,
  at,
  has,
  isMapping,
  labelsOf,
  pairEntries,
  proseAt,
  textAt,
} from './fields.ts';
import type { AlertSystem } from './system.ts';

/** Pending monitors and those in maintenance neither fire nor are resolved. */
const STATUSES = new Map([
  ['0', 'firing'],
  ['1', 'resolved'],
] as const);

/** Reads a webhook of Uptime Kuma with its own JSON: a monitor that is down, or up again. */
const read: AlertSystem['read'] = (payload) => {
  if (!isMapping(payload) || !('heartbeat' in payload) || !('monitor' in payload))
    return 'expected an object with a heartbeat and a monitor, as Uptime Kuma sends it';
  return {
    items: [payload],
    read: () => {
      const status = STATUSES.get(textAt(payload, 'heartbeat', 'status') as '0');
      const monitor = at(payload, 'monitor');
      const id = textAt(monitor, 'id') ?? textAt(payload, 'heartbeat', 'monitorID');
      if (status === undefined || id === undefined) return undefined;
      const { texts: labels, leftOut } = labelsOf(
        [
          ['monitor', textAt(monitor, 'name')],
          ['type', textAt(monitor, 'type')],
          ['host', textAt(monitor, 'hostname')],
          ['port', textAt(monitor, 'port')],
          ['url', textAt(monitor, 'url')],
        ],
        pairEntries(at(monitor, 'tags')),
      );
      const annotations = annotationsOf({
        message: at(payload, 'heartbeat', 'msg'),
        description: at(monitor, 'description'),
      });
      return {
        status,
        key: id,
        title: proseAt(monitor, 'name') ?? `Monitor ${id}`,
        severity: undefined,
        ...{ labels, annotations: annotations.texts },
        startsAt: utcOf(proseAt(payload, 'heartbeat', 'time')),
        links: [],
        leftOut: leftOut + annotations.leftOut,
      };
    },
  };
};

/** Its times are in UTC, and do not say so. */
function utcOf(time: string | undefined): string | undefined {
  return time !== undefined && /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?$/.test(time)
    ? `${time.replace(' ', 'T')}Z`
    : time;
}

/** Uptime Kuma, with its own JSON and a header of its webhook. */
export const uptimeKuma: AlertSystem = {
  verification: BY_SECRET,
  read,
  looksLike: (payload) => has(payload, 'heartbeat') && has(payload, 'monitor'),
};
