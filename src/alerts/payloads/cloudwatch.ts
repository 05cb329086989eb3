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
  urlAt,
} from './fields.ts';
import type { AlertSystem, Items } from './system.ts';

const STATUSES = new Map([
  ['ALARM', 'firing'],
  ['OK', 'resolved'],
] as const);

/** Reads an alarm of CloudWatch in a notification of SNS, or as it is if SNS sends raw messages. */
const read: AlertSystem['read'] = (payload) => {
  const confirm = urlAt(payload, 'SubscribeURL');
  if (confirm !== undefined)
    return {
      items: [],
      read: () => undefined,
      note: `to confirm the subscription open ${confirm}`,
    };
  const alarm = alarmOf(payload);
  if (alarm === undefined)
    return 'expected a notification of Amazon SNS, or an alarm of CloudWatch with AlarmName';
  return { items: [alarm], read: alarmAlert };
};

/** The message of a notification is JSON in a text; one that somebody wrote by hand is no alarm. */
function alarmOf(payload: unknown): unknown {
  const message = textAt(payload, 'Message');
  if (message === undefined) return has(payload, 'AlarmName') ? payload : undefined;
  try {
    return JSON.parse(message);
  } catch {
    return message;
  }
}

const alarmAlert: Items['read'] = (alarm) => {
  const name = textAt(alarm, 'AlarmName');
  const status = STATUSES.get(textAt(alarm, 'NewStateValue') as 'OK');
  if (!isMapping(alarm) || name === undefined || status === undefined) return undefined;
  const { texts: labels, leftOut } = labelsOf(
    [
      ['alarm', name],
      ['account', textAt(alarm, 'AWSAccountId')],
      ['region', textAt(alarm, 'Region')],
      ['metric', textAt(alarm, 'Trigger', 'MetricName')],
      ['namespace', textAt(alarm, 'Trigger', 'Namespace')],
    ],
    pairEntries(at(alarm, 'Trigger', 'Dimensions')),
  );
  const annotations = annotationsOf({
    description: at(alarm, 'AlarmDescription'),
    reason: at(alarm, 'NewStateReason'),
  });
  return {
    status,
    key: textAt(alarm, 'AlarmArn') ?? `${labels.account} ${labels.region} ${name}`,
    title: proseAt(alarm, 'AlarmName') ?? name,
    severity: undefined,
    ...{ labels, annotations: annotations.texts },
    startsAt: proseAt(alarm, 'StateChangeTime'),
    links: [],
    leftOut: leftOut + annotations.leftOut,
  };
};

/** Amazon CloudWatch over SNS, which sends the user and password of the URL it was given. */
export const cloudwatch: AlertSystem = {
  verification: BY_SECRET,
  read,
  looksLike: (payload) => has(payload, 'TopicArn') || has(payload, 'AlarmName'),
};
