import { known, unsure } from '../../report.ts';
import { readFlags } from '../flags.ts';
import type { Judge } from '../judging.ts';

const LOSES =
  /\b(?:drop\w*|delete\w*|remove\w*|findOneAndDelete|shutdownServer|killOp|killSessions|killAllSessions\w*|stepDown|compact)\b/;
const CHANGES =
  /\b(?:insert\w*|update\w*|replace\w*|create\w*|bulkWrite|findAndModify|set\w+)\s*\(/;

/**
 * Judges `mongosh --eval script`. Only known changes are recognized; no script is proven to only
 * read.
 */
export const judgeMongo: Judge = (call) => {
  const { given } = readFlags(call, { flags: '--eval= --quiet --host= --port= -u: -p:' });
  const scripts = given.flatMap(({ flag, value }) => (flag === '--eval' && value ? [value] : []));
  const text = scripts.map((value) => value.text ?? value.prefix).join('\n');
  if (LOSES.test(text))
    return [known('destructive', `${call.name} removes or ends something`, call.span)];
  return CHANGES.test(text)
    ? [known('change', `${call.name} changes data`, call.span)]
    : [unsure(`what this script of ${call.name} does is not known`, call.span)];
};
