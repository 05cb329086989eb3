import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf, environmentError, messageOf, usageError } from '#errors.ts';
import type { Source } from '#runbook/yaml/source.ts';
import { fileBoard } from '../../changes/file/board.ts';
import { fileNotices } from '../../follow/file/notices.ts';
import type { Disk } from '../../journal/file/disk.ts';
import { JournalFollower } from '../../journal/file/follow.ts';
import { liveWriter } from '../../journal/file/lock.ts';
import { readBytes } from '../../journal/file/read.ts';
import { syncToDisk } from '../../journal/file/sync-to-disk.ts';
import { repairTail } from '../../journal/file/tail.ts';
import { openJournal } from '../../journal/file/writer.ts';
import type { RunJournal } from '../../journal/port.ts';
import { fileOutputs } from '../../outputs/file/folder.ts';
import { findRun, isRunId, newRunId } from '../id.ts';
import type { ArchivedPiece, NewRun, RunRecord, RunStore, WantedRows } from '../port.ts';
import { rowsOf } from '../row.ts';
import { verifyRun } from '../verify-run.ts';
import { baseFolder } from './base-folder.ts';
import { newestFirst } from './order.ts';
import { makePrivateFolder } from './private-folder.ts';

/** The folder of one run, with fixed names. */
export type RunFolder = {
  readonly id: string;
  readonly folder: string;
  /** The journal; it does not exist until the first event is written. */
  readonly journal: string;
  /** The copy of the runbook from the start of the run. */
  readonly runbook: string;
  /** Contains copies of the runbooks that run as its steps, by name. */
  readonly runbooks: string;
  /** Contains the outputs of the steps. */
  readonly outputs: string;
};

/** The runs stored on this machine, each in a folder that only its owner can read. */
export type FileRunStore = RunStore & {
  readonly root: string;
  /** Finds a run's folder as `open` finds the run; throws unless there is exactly one. */
  openRun(wanted: string): RunFolder;
};

/** Returns the folder of the runs: `RUNBOOK_STATE`, else `runbook` in the XDG state folder. */
export function stateFolder(
  env: Readonly<Record<string, string | undefined>>,
  homeFolder: string,
): string {
  if (env.RUNBOOK_STATE) return env.RUNBOOK_STATE;
  return join(baseFolder(env.XDG_STATE_HOME, join(homeFolder, '.local', 'state')), 'runbook');
}

/** Returns the store of runs in a folder, which is created with the first run. */
export function runStore(
  root: string,
  options: {
    /** Writes and syncs the journals. @default that of this machine */
    readonly disk?: Disk | undefined;
  } = {},
): FileRunStore {
  const runs = join(root, 'runs');
  const openRun = (wanted: string) => runFolder(runs, findRun(newestFirst(runs), wanted));
  const open = async (wanted: string) => fileRecord(openRun(wanted), options);
  const all = async function* () {
    for (const id of newestFirst(runs)) yield fileRecord(runFolder(runs, id), options);
  };
  const rows = (wanted?: WantedRows) => rowsOf(all(), wanted);
  return {
    root,
    create: async (run) => fileRecord(createRun(runs, run), options),
    open,
    openRun,
    runs: all,
    rows,
    // Loaded only to attach: the start page has a store, too.
    attach: async (wanted, watcher) =>
      (await import('../../follow/attach.ts')).attachTo({ rows, open }, wanted, watcher),
    restore: async (id, content) => fileRecord(await restoreRun(runs, id, content), options),
    remove: async (id) => removeRun(runs, id),
  };
}

function runFolder(runs: string, id: string): RunFolder {
  const folder = join(runs, id);
  return { id, ...placesIn(folder) };
}

function placesIn(folder: string): Omit<RunFolder, 'id'> {
  return {
    folder,
    journal: join(folder, 'journal.jsonl'),
    runbook: join(folder, 'runbook.yaml'),
    runbooks: join(folder, 'runbooks'),
    outputs: join(folder, 'outputs'),
  };
}

/** Verified before its folder has the name of a run. */
async function restoreRun(
  runs: string,
  id: string,
  content: AsyncIterable<ArchivedPiece>,
): Promise<RunFolder> {
  makePrivateFolder(runs);
  if (existsSync(join(runs, id))) throw usageError(`the run ${id} is here already`);
  const arriving = mkdtempSync(join(runs, '.import-'));
  try {
    for (const inner of ['outputs', 'runbooks']) mkdirSync(join(arriving, inner), { mode: 0o700 });
    for await (const { file, bytes } of content)
      appendFileSync(join(arriving, file), bytes, { mode: 0o600 });
    const [flaw] = (await verifyRun(fileRecord({ id, ...placesIn(arriving) }))).flaws;
    if (flaw !== undefined)
      throw environmentError(`the run ${id} is not as it was written: ${flaw.file} ${flaw.what}`);
    syncToDisk(arriving);
    renameSync(arriving, join(runs, id));
    syncToDisk(runs);
    return runFolder(runs, id);
  } finally {
    rmSync(arriving, { recursive: true, force: true });
  }
}

/** Renamed first, so that a run is either complete or gone. */
function removeRun(runs: string, id: string): void {
  if (!isRunId(id)) throw usageError(`"${id}" is not the id of a run`);
  const gone = join(runs, `.removed-${id}`);
  try {
    renameSync(join(runs, id), gone);
    rmSync(gone, { recursive: true });
  } catch (error) {
    throw environmentError(`the run ${id} cannot be removed`, undefined, error);
  }
}

function createRun(runs: string, { source, children = [], name, now, random }: NewRun): RunFolder {
  try {
    makePrivateFolder(runs);
    const run = runFolder(
      runs,
      makeFolder(runs, () => newRunId(name, now, random)),
    );
    mkdirSync(run.outputs, { mode: 0o700 });
    const kept = [keep(run.runbook, source)];
    if (children.length > 0) mkdirSync(run.runbooks, { mode: 0o700 });
    for (const child of children)
      kept.push(keep(join(run.runbooks, `${child.name}.yaml`), child.source));
    // All are written before the first is synced: file systems write them together.
    for (const file of kept) syncToDisk(file);
    if (children.length > 0) syncToDisk(run.runbooks);
    syncToDisk(run.folder);
    syncToDisk(runs);
    return run;
  } catch (error) {
    const what = messageOf(error);
    throw environmentError(
      `cannot keep a record of the run: ${what}`,
      'set RUNBOOK_STATE to a folder that can be written',
      error,
    );
  }
}

function keep(file: string, { text }: Source): string {
  writeFileSync(file, text, { mode: 0o600, flag: 'wx' });
  return file;
}

/** Two runs of one minute may draw the same ID; creating the folder decides which gets it. */
function makeFolder(runs: string, nextId: () => string): string {
  for (let attempt = 1; ; attempt += 1) {
    const id = nextId();
    try {
      mkdirSync(join(runs, id), { mode: 0o700 });
      return id;
    } catch (error) {
      const taken = codeOf(error) === 'EEXIST';
      if (!taken || attempt === 20) throw error;
    }
  }
}

/** Returns the run in a folder, behind the ports of the core. */
function fileRecord(
  run: RunFolder,
  { disk }: { readonly disk?: Disk | undefined } = {},
): RunRecord {
  return {
    id: run.id,
    where: run.folder,
    journal: journalIn(run, disk),
    outputs: fileOutputs(run.folder),
    sources: {
      runbook: () => readFile(run.runbook, 'utf8'),
      child: (name) => readFile(join(run.runbooks, `${name}.yaml`), 'utf8'),
    },
    notices: fileNotices(run.folder),
    board: fileBoard(run.folder),
  };
}

function journalIn({ journal: file, folder }: RunFolder, disk: Disk | undefined): RunJournal {
  return {
    bytes: async () => readBytes(file),
    repair: async () => repairTail(file),
    open: async (options) => {
      const journal = openJournal(file, { ...options, disk });
      return {
        append: (event, at) => journal.append(event, at),
        durable: () => journal.durable(),
        close: async () => journal.close(),
      };
    },
    follow: async () => {
      const follower = new JournalFollower(file);
      return { look: async () => follower.look(), close: () => follower.close() };
    },
    isWritten: async () => liveWriter(folder) !== undefined,
  };
}
