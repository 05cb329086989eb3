import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EventOf } from '#events/log/event.ts';
import { makePrivateFolder } from '../store/private-folder.ts';

/** How often the process that writes a run looks for notices. */
const LOOK_EVERY_MS = 500;

const NOTICE = /\.(?:attached|detached)\.json$/;

/**
 * Tells the process that writes a run that somebody follows it, or no longer does, by a file in the
 * run's folder: only the writer may put it into the journal. A folder that cannot be written is no
 * reason not to look.
 */
export function leaveNotice(folder: string, notice: EventOf<'run.watched'>): void {
  const { host, pid, status } = notice;
  const name = `${encodeURIComponent(host)}.${pid}.${status}.json`;
  try {
    const watchers = join(folder, 'watchers');
    makePrivateFolder(watchers);
    writeFileSync(join(watchers, `${name}.part`), JSON.stringify(notice), { mode: 0o600 });
    // Whoever reads it finds the whole of it.
    renameSync(join(watchers, `${name}.part`), join(watchers, name));
  } catch {
    // It is not recorded then, and nothing else is different.
  }
}

/** Calls the listener for every notice that comes, until the returned function is called. */
export function receiveNotices(
  folder: string,
  listener: (notice: EventOf<'run.watched'>) => void,
): () => void {
  const timer = setInterval(() => {
    for (const notice of takeNotices(join(folder, 'watchers'))) listener(notice);
  }, LOOK_EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}

function takeNotices(watchers: string): readonly EventOf<'run.watched'>[] {
  try {
    // In this order nobody leaves before coming.
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

function noticeIn(text: string): readonly EventOf<'run.watched'>[] {
  try {
    const { operator, host, pid, status } = JSON.parse(text) as Record<string, unknown>;
    if (typeof operator !== 'string' || typeof host !== 'string') return [];
    if (!Number.isSafeInteger(pid) || (status !== 'attached' && status !== 'detached')) return [];
    return [{ type: 'run.watched', status, operator, host, pid: pid as number }];
  } catch {
    return [];
  }
}
