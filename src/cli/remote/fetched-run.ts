import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { importRun } from '#run/store/archive.ts';
import { runStore } from '#run/store/file/folders.ts';
import type { RunRecord } from '#run/store/port.ts';
import type { ServerApi } from '#team/remote/server-api.ts';
import { pathOf } from '#team/remote/state.ts';

/** Fetches a run of a server, verifies it, and uses the copy, which is then removed. */
export async function withFetchedRun<T>(
  api: ServerApi,
  id: string,
  use: (run: RunRecord) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'runbook-fetched-'));
  try {
    const archive = await api.bytes(pathOf(id, 'archive'));
    return await use(await importRun(runStore(folder), Readable.from([archive])));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
