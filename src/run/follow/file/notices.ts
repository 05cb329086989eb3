import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makePrivateFolder } from '../../store/file/private-folder.ts';
import type { Notice, RunNotices } from '../port.ts';

/** The interval at which the process that writes a run reads notices. */
const LOOK_EVERY_MS = 500;

const NOTICE = /\.(?:attached|detached)\.json$/;

/** Notices as files in a run's folder. */
export function fileNotices(folder: string): RunNotices {
  return {
    leave: async (notice) => leaveNotice(folder, notice),
    receive: (listener) => receiveNotices(folder, listener),
  };
}

/** If the folder is not writable, the run can still be followed. */
function leaveNotice(folder: string, notice: Notice): void {
  const { host, pid, status } = notice;
  const name = `${encodeURIComponent(host)}.${pid}.${status}.json`;
  try {
    const watchers = join(folder, 'watchers');
    makePrivateFolder(watchers);
    writeFileSync(join(watchers, `${name}.part`), JSON.stringify(notice), { mode: 0o600 });
    // The rename is atomic, so the reader never sees a partial file.
    renameSync(join(watchers, `${name}.part`), join(watchers, name));
  } catch {
    // The notice is not recorded then; nothing else changes.
  }
}

function receiveNotices(folder: string, listener: (notice: Notice) => void): () => void {
  const timer = setInterval(() => {
    for (const notice of takeNotices(join(folder, 'watchers'))) listener(notice);
  }, LOOK_EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}

function takeNotices(watchers: string): readonly Notice[] {
  try {
    // Sorted, so that each follower joins before leaving.
    const names = readdirSync(watchers).filter((name) => NOTICE.test(name));
    return names.toSorted().flatMap((name) => {
      const text = readFileSync(join(watchers, name), 'utf8');
      rmSync(join(watchers, name));
      return noticeIn(text);
    });
  } catch {
    return [];
  }
}

function noticeIn(text: string): readonly Notice[] {
  try {
    const { operator, host, pid, status } = JSON.parse(text) as Record<string, unknown>;
    if (typeof operator !== 'string' || typeof host !== 'string') return [];
    if (!Number.isSafeInteger(pid) || (status !== 'attached' && status !== 'detached')) return [];
    return [{ type: 'run.watched', status, operator, host, pid: pid as number }];
  } catch {
    return [];
  }
}
