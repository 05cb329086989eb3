import { EXIT, usageError } from '#errors.ts';
import { handoverText } from '#events/telling/people.ts';
import { handoverLines } from '#report/handover/brief.ts';
import { painted, styled } from '#report/plain/line.ts';
import { type RecordedRun, readRun } from '#run/store/read-run.ts';
import type { CommandLine } from '../command-spec.ts';
import type { handover as spec } from '../specs/incident.ts';
import { storeHere, surroundingsHere } from '../surroundings.ts';
import { lineColumns } from '../terminal-size.ts';
import { newestUnfinished } from './resume/unfinished-run.ts';

/** `runbook handover`: records a handover and prints its summary. */
export async function handover({ argument, options }: CommandLine<typeof spec>): Promise<number> {
  const to = options.to?.trim();
  if (to === '') throw usageError('--to requires a name');
  const store = storeHere();
  const recorded = await readRun(await store.open(argument ?? (await newestUnfinished(store))));
  const { id } = recorded.record;
  if (recorded.records.some(({ event }) => event.type === 'run.finished'))
    throw usageError(`the run ${id} has finished`, `see: runbook transcript ${id}`);
  const { operator, host, clock } = surroundingsHere();
  const { repaired } = recorded;
  const event = {
    type: 'run.handed-over',
    operator,
    host,
    ...(to === undefined ? {} : { to }),
    ...(repaired === undefined ? {} : { repaired }),
  } as const;
  const journal = await recorded.record.journal.open({ clock, after: recorded.check.head });
  try {
    const written = journal.append(event);
    await journal.durable();
    printHandover({ ...recorded, records: [...recorded.records, written] });
  } finally {
    await journal.close();
  }
  process.stdout.write(`\nRecorded: ${painted(styled(handoverText(event)), false)}.\n`);
  return EXIT.ok;
}

/** Prints the handover summary of a run. */
function printHandover({ records }: Pick<RecordedRun, 'records'>): void {
  for (const line of handoverTexts(records, false)) process.stdout.write(`${line}\n`);
}

/** Returns the handover summary of a run, as lines that fit the terminal; at most `rows` of them. */
export function handoverTexts(
  records: RecordedRun['records'],
  isTakenOver: boolean,
  rows = Number.POSITIVE_INFINITY,
): readonly string[] {
  const { stdout } = process;
  const columns = lineColumns();
  const coloured = stdout.isTTY === true && stdout.hasColors();
  return handoverLines(records, { columns, rows, isTakenOver }).map((line) =>
    painted(line, coloured),
  );
}
