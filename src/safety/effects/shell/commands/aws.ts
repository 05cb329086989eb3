import { known, unsure } from '../../report.ts';
import type { Judge } from '../judging.ts';

/** Verbs of `aws SERVICE VERB` that read, although their first word is not unique to reads. */
const ALSO_READ = new Set([
  'sts get-caller-identity',
  's3 ls',
  'logs tail',
  'logs filter-log-events',
  'logs get-log-events',
  'cloudwatch get-metric-statistics',
  'cloudwatch get-metric-data',
  'rds download-db-log-file-portion',
  'ssm get-parameter',
  'secretsmanager get-secret-value',
  'configure list',
  'sqs get-queue-attributes',
  'lambda get-function-configuration',
  'ec2 get-console-output',
  'iam get-role',
  'ce get-cost-and-usage',
]);

/** Flags that send the request elsewhere or read it from a file, and values that are files. */
const ELSEWHERE = /^(?:--(?:endpoint|cli|no-verify|ca-bundle|debug)|fileb?:)/;

/** Judges `aws SERVICE VERB` by its verb. */
export const judgeAws: Judge = ({ name, span, words }) => {
  const first = words.findIndex(({ text }) => /^[a-z]/.test(text ?? ''));
  const before = words.slice(0, Math.max(first, 0));
  const isPlain = before.every(({ text }) => /^--(?:region|profile|output)=/.test(text ?? ''));
  const [service, verb] = words.slice(first).map(({ text }) => text ?? '');
  if (first === -1 || !isPlain || verb === undefined || verb === '')
    return [unsure(`which command of ${name} this is cannot be told`, span)];
  const elsewhere = words.find(
    ({ text, prefix, count }, index) =>
      ELSEWHERE.test(text ?? prefix) ||
      count !== 'one' ||
      (text === undefined && prefix === '' && !/^--[^=]+$/.test(words[index - 1]?.text ?? '')),
  );
  const full = `${name} ${service} ${verb}`;
  const isRead = /^(?:describe|list)-[a-z\d-]+$/.test(verb) || ALSO_READ.has(`${service} ${verb}`);
  if (isRead)
    return elsewhere === undefined
      ? []
      : [unsure(`${full} with this is not known to only read`, elsewhere.span)];
  if (
    /^(?:delete|terminate|reboot|stop|failover|remove|deregister|purge|rm|rb|cancel|disassociate|release|revoke|schedule-key-deletion)\b/.test(
      verb,
    )
  )
    return [known('destructive', `${full} takes something down or removes it`, span)];
  return /^(?:create|modify|put|update|start|run|attach|detach|set|add|enable|disable|tag|untag|cp|mv|sync|mb|restore|promote|reset)\b/.test(
    verb,
  )
    ? [known('change', `${full} changes something`, span)]
    : [unsure(`${full} is not known to only read`, span)];
};
