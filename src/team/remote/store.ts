import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { RunRow } from '#events/view/run-row.ts';
import { importRun } from '#run/store/archive.ts';
import { runStore } from '#run/store/file/folders.ts';
import { findRun } from '#run/store/id.ts';
import type { RunRecord, RunSource, WantedRows } from '#run/store/port.ts';
import { type ServerApi, ServerRefusal } from './server-api.ts';
import { pathOf, stateOf } from './state.ts';

/** Runs in which one is looked for by a part of its ID. */
const MOST_LOOKED_AT = 500;

/** The runs of a server. One that is opened is fetched whole, verified, and kept until the end. */
export class RemoteStore implements RunSource {
  readonly api: ServerApi;
  #folder: string | undefined;

  constructor(api: ServerApi) {
    this.api = api;
  }

  async *rows({ runbook, state }: WantedRows & { readonly state?: 'open' } = {}) {
    const wanted = new URLSearchParams({ ...(runbook && { runbook }), ...(state && { state }) });
    for (;;) {
      const page = await this.api.json<{ runs: readonly RunRow[]; before: string | null }>(
        `api/runs?${wanted}`,
      );
      yield* page.runs;
      if (page.before === null) return;
      wanted.set('before', page.before);
    }
  }

  async open(wanted: string): Promise<RunRecord> {
    const archive = await this.api.bytes(pathOf(await this.find(wanted), 'archive'));
    this.#folder ??= mkdtempSync(join(tmpdir(), 'runbook-fetched-'));
    // A folder for each time: a run that goes on is another one later.
    const folder = mkdtempSync(join(this.#folder, 'run-'));
    return await importRun(runStore(folder), Readable.from([archive]));
  }

  /** Resolves with the ID of a run, which is found as `open` finds it. */
  async find(wanted: string): Promise<string> {
    try {
      if (wanted !== 'latest') return (await stateOf(this.api, wanted)).run.id;
    } catch (error) {
      if (!(error instanceof ServerRefusal) || error.status !== 404) throw error;
    }
    const ids: string[] = [];
    for await (const { id } of this.rows())
      if (ids.push(id) === MOST_LOOKED_AT || wanted === 'latest') break;
    return findRun(ids, wanted);
  }

  /** Removes what was fetched, and ends the session on the server. */
  async close(): Promise<void> {
    if (this.#folder !== undefined) rmSync(this.#folder, { recursive: true, force: true });
    await this.api.close();
  }
}
