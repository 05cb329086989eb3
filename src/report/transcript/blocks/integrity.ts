import type { RecordedEvent } from '#events/log/event.ts';
import { type Block, heading, list } from '#events/telling/block.ts';
import { code, say, strong } from '#events/telling/say.ts';
import { counted } from '#text/count.ts';
import { maskedBlocks } from '../masks.ts';
import type { JournalFindings } from '../run.ts';

/** Returns the section on the integrity of the record, and on masked secrets. */
export function integritySection(
  records: readonly RecordedEvent[],
  verified: JournalFindings | undefined,
): readonly Block[] {
  return [
    heading(2, 'Integrity'),
    ...chainText(records.length, verified),
    ...maskedBlocks(records),
  ];
}

function chainText(events: number, verified: JournalFindings | undefined): readonly Block[] {
  if (verified === undefined) return ['The journal was not checked for this transcript.'];
  const { problems, tornBytes, head } = verified;
  if (problems.length > 0) {
    const lines = problems.map(({ line, what }) => `Line ${line} ${what}`);
    const rest = `Only the ${counted(events, 'event')} before it are in this transcript.`;
    return [[strong('The journal was altered.')], list(lines), rest];
  }
  const torn = tornBytes > 0 ? ` The last line is incomplete: ${counted(tornBytes, 'byte')}.` : '';
  const chain = `The hash chain of the journal is intact (${counted(events, 'line')})`;
  return [say`${chain}; the hash of the last line is ${code(head)}.${torn}`];
}
