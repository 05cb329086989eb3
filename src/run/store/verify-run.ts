import { createHash } from 'node:crypto';
import type { OutputRecord, RecordedEvent } from '#events/log/event.ts';
import { agreeing, counted } from '#text/count.ts';
import { walkLines } from '../journal/cursor.ts';
import { isOutputPath, type OutputSource, outputPieces } from '../outputs/port.ts';
import { sha256 } from '../sha256.ts';
import type { RunRecord, RunSources } from './port.ts';

/** A file of a run that was modified. */
export type RunFlaw = {
  /** Its path in an archive of the run; with a line if it is the journal. */
  readonly file: string;
  readonly line?: number;
  readonly what: string;
};

/** The result of a verification. */
export type VerifiedRun = {
  readonly events: number;
  /** The hash of the last valid line. */
  readonly head: string;
  readonly outputs: number;
  readonly runbooks: number;
  /** The length of a partly written last line. */
  readonly tornBytes: number;
  /** Outputs that no event names: a step was interrupted while it wrote them. */
  readonly unnamed: readonly string[];
  readonly flaws: readonly RunFlaw[];
};

/** Compares a run with its journal: the chain, the outputs and the copies of its runbooks. */
export async function verifyRun({ journal, outputs, sources }: RunRecord): Promise<VerifiedRun> {
  const { source } = outputs;
  const named = new Map<string, OutputRecord>();
  let copies: readonly Copy[] = [];
  let events = 0;
  const { problems, head, tornBytes } = walkLines(await journal.bytes(), (record) => {
    events += 1;
    for (const output of outputsOf(record)) named.set(output.file, output);
    copies = copies.length > 0 ? copies : copiesOf(record, sources);
  });
  const chain: readonly RunFlaw[] =
    events === 0 && problems.length === 0
      ? [{ file: 'journal.jsonl', what: 'has no event: it was emptied, or the run never began' }]
      : problems.map(({ line, what }) => ({ file: 'journal.jsonl', line, what }));
  const flaws = [...chain];
  for (const copy of copies) flaws.push(...(await flawOfCopy(copy)));
  for (const output of named.values()) flaws.push(...(await flawOfOutput(source, output)));
  const unnamed = (await source.names()).filter((file) => !named.has(file));
  return { events, head, outputs: named.size, runbooks: copies.length, tornBytes, unnamed, flaws };
}

type Copy = {
  readonly file: string;
  readonly sha256: string;
  readonly read: () => Promise<string>;
};

function copiesOf({ event }: RecordedEvent, sources: RunSources): readonly Copy[] {
  if (event.type !== 'run.started') return [];
  const { runbook, children = [] } = event;
  return [
    { file: 'runbook.yaml', sha256: runbook.sha256, read: () => sources.runbook() },
    ...children.map(({ name, sha256: digest }) => {
      return { file: `runbooks/${name}.yaml`, sha256: digest, read: () => sources.child(name) };
    }),
  ];
}

function outputsOf({ event }: RecordedEvent): readonly OutputRecord[] {
  return event.type === 'step.finished' ? event.outputs : [];
}

const MISSING = 'is missing, or cannot be read';

async function flawOfCopy({ file, sha256: digest, read }: Copy): Promise<readonly RunFlaw[]> {
  const text = await read().catch(() => undefined);
  if (text === undefined) return [{ file, what: MISSING }];
  return sha256(text) === digest
    ? []
    : [{ file, what: 'is not the runbook that the run began with' }];
}

async function flawOfOutput(
  source: OutputSource,
  { file, bytes, sha256: digest }: OutputRecord,
): Promise<readonly RunFlaw[]> {
  if (!isOutputPath(file)) return [{ file, what: 'is not a place for an output' }];
  const size = await source.size(file);
  if (size === undefined) return [{ file, what: MISSING }];
  if (size !== bytes)
    return [
      {
        file,
        what: `has ${counted(size, 'byte')}; ${bytes} ${agreeing(bytes, 'was', 'were')} written`,
      },
    ];
  const found = await digestOf(source, file).catch(() => undefined);
  if (found === undefined) return [{ file, what: MISSING }];
  return found === digest ? [] : [{ file, what: 'was changed after it was written' }];
}

/** Reads in pieces: an output may be as large as the limit. */
async function digestOf(source: OutputSource, file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of outputPieces(source, file)) hash.update(piece);
  return hash.digest('hex');
}
