import { LIMITS } from '../alert.ts';
import { severityOf } from '../severity.ts';
import { BY_SECRET } from '../verification.ts';
import { has, isMapping, labelsOf, linksOf, proseAt, tagEntries, textAt } from './fields.ts';
import type { AlertSystem } from './system.ts';

const FIRING = /^(?:re-)?(?:triggered|warn|no data)$|^renotify$/i;
const RESOLVED = /\brecovered$/i;

/** Reads a webhook of Datadog with the payload of docs/team/alerts.md. */
const read: AlertSystem['read'] = (payload) => {
  if (!isMapping(payload) || given(payload, 'transition') === undefined)
    return 'expected the key "transition": the payload of a Datadog webhook is set in Datadog';
  return {
    items: [payload],
    read: () => {
      const transition = given(payload, 'transition') ?? '';
      const isFiring = FIRING.test(transition);
      if (!isFiring && !RESOLVED.test(transition)) return undefined;
      const scope = given(payload, 'scope') ?? '';
      const monitor = given(payload, 'monitor');
      const tags = given(payload, 'tags') ?? '';
      const { texts: labels, leftOut } = labelsOf(
        [
          ['monitor', monitor],
          ['title', given(payload, 'title')],
          ['metric', given(payload, 'metric')],
          ['priority', given(payload, 'priority')],
          ['scope', given(payload, 'scope')],
          ['transition', transition],
        ],
        // The group that triggered counts more than the other tags.
        [...tagEntries(scope.split(',')), ...tagEntries(tags.split(','))],
      );
      const title = proseAt(payload, 'title') ?? `Monitor ${monitor ?? ''}`.trim();
      const ofMonitor = monitor === undefined ? undefined : `${monitor} ${scope}`.trim();
      return {
        status: isFiring ? 'firing' : 'resolved',
        key: ofMonitor ?? given(payload, 'aggregation_key') ?? title,
        title,
        severity: severityOf(textAt(labels, 'priority'), textAt(labels, 'severity')),
        labels,
        annotations: {},
        startsAt: given(payload, 'date')?.slice(0, LIMITS.prose),
        links: linksOf(payload, { link: 'Monitor' }),
        leftOut,
      };
    },
  };
};

/** Datadog leaves a variable without a value as it is written, or writes `null`. */
function given(payload: unknown, key: string): string | undefined {
  const text = textAt(payload, key);
  return text === undefined || /^(?:\$[A-Z_]+|null|n\/a)$/i.test(text) ? undefined : text;
}

/** Datadog, with the payload of docs/team/alerts.md. */
export const datadog: AlertSystem = {
  verification: BY_SECRET,
  read,
  looksLike: (payload) => has(payload, 'transition'),
};
