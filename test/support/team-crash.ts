import { setTimeout as delay } from 'node:timers/promises';
import { verifyRun } from '#run/store/verify-run.ts';
import { epochsOf, unasked, unconfirmed } from './team-invariants.ts';
import { People } from './team-people.ts';
import type { TeamStage } from './team-stage.ts';

/** What came of a run whose worker was killed. */
export type CrashedRun = {
  readonly line: number;
  /** The event of the last line that the killed worker wrote; undefined if the run was shorter. */
  readonly behind: string | undefined;
  readonly lines: number;
  readonly wasAsked: boolean;
  readonly problems: readonly string[];
};

/** What is run: the first of the books, which leaves each of these marks once. */
export type CrashedBook = {
  readonly text: string;
  readonly books: readonly string[];
  readonly marks: readonly string[];
  /** The label of workers that take over. */
  readonly taker: string;
};

/** Has a worker kill itself behind a line of a run, and another continue the run to its end. */
export async function crashAfter(
  stage: TeamStage,
  line: number,
  { text, books, marks, taker }: CrashedBook,
): Promise<CrashedRun> {
  const label = `dies after ${line}`;
  const first = await stage.startWorker({ labels: [label], books, killAfter: line });
  const run = await stage.create({}, { label, text });
  const isOver = () => first.child.exitCode !== null || first.child.signalCode !== null;
  await answered(stage, run, isOver);
  const before = await stage.records(run);
  const isKilled = isOver();
  if (isKilled) {
    await stage.bury(first, taker);
    await answered(stage, run, () => false);
  }
  const records = await stage.records(run);
  const events = records.map(({ event }) => event);
  const { rows } = await stage.patient.query<{ slept: string }>(
    'SELECT slept FROM released WHERE run = $1 ORDER BY slept',
    [run],
  );
  const made = rows.map(({ slept }) => slept).join();
  const { flaws } = await verifyRun(stage.store.record(run));
  const last = events.at(-1);
  return {
    line,
    behind: isKilled ? before.at(-1)?.event.type : undefined,
    lines: records.length,
    wasAsked: events.some((one) => one.type === 'operator.awaited' && one.for === 'unknown'),
    problems: [
      ...unasked(run, events),
      ...unconfirmed(run, events),
      ...(await epochsOf(stage, run)),
      ...flaws.map(({ file, what }) => `${file} ${what}`),
      ...(before.length === line || !isKilled ? [] : [`${before.length} lines were left`]),
      ...(made === marks.join() ? [] : [`it made the changes ${made}`]),
      ...(last?.type === 'run.finished' && last.outcome === 'resolved' ? [] : ['it did not end']),
    ].map((problem) => `behind line ${line}: ${problem}`),
  };
}

/** Answers what a run asks until it has finished, or until its worker is gone. */
async function answered(stage: TeamStage, run: string, isOver: () => boolean): Promise<void> {
  const people = new People(stage);
  while (!isOver()) {
    const found = await stage.store.run(run);
    if (found?.status === 'finished') return;
    // The legs of a run go to workers of another label: none has its own.
    const isTrouble = found?.trouble?.startsWith('no worker has the label') === false;
    if (isTrouble) throw new Error(found?.trouble);
    if (found?.status === 'waiting') await people.answer(run);
    await delay(100);
  }
}
