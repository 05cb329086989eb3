import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileBoard } from '../../changes/file/board.ts';
import { fileNotices } from '../../follow/file/notices.ts';
import type { Disk } from '../../journal/file/disk.ts';
import { JournalFollower } from '../../journal/file/follow.ts';
import { liveWriter } from '../../journal/file/lock.ts';
import { readBytes } from '../../journal/file/read.ts';
import { repairTail } from '../../journal/file/tail.ts';
import { openJournal } from '../../journal/file/writer.ts';
import type { RunJournal } from '../../journal/port.ts';
import { fileOutputs } from '../../outputs/file/folder.ts';
import type { RunRecord } from '../port.ts';
import type { RunFolder } from './folders.ts';

/** Returns the run in a folder, behind the ports of the core. */
export function fileRecord(
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
