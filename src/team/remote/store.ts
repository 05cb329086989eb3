import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { usageError } from '#errors.ts';
import type { RunRow } from '#events/view/run-row.ts';
import type { AttachedRun, Watcher } from '#run/follow/port.ts';
import { importRun } from '#run/store/archive.ts';
import { runStore } from '#run/store/file/folders.ts';
import { findRun } from '#run/store/id.ts';
import type { RunRecord, RunSource, WantedRows } from '#run/store/port.ts';
import type { RunMode } from '#runbook/model/terms.ts';
import { harmlessLine } from '#text/harmless.ts';
import { isUnreachable } from './reach.ts';
import { RemoteRun } from './run.ts';
import { type ServerApi, ServerRefusal } from './server-api.ts';
import { pathOf, stateOf } from './state.ts';

/** Runs in which one is looked for by a part of its ID. */
const MOST_LOOKED_AT = 500;

/** Tries of a request that starts a run. */
const TRIES = 3;
const AGAIN_MS = 1_000;

/** A run that is to be started on a server. */
type WantedStart = {
  readonly runbook: string;
  readonly environment: string;
  readonly inputs: Readonly<Record<string, string>>;
  readonly mode: RunMode;
};

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
    const archive = await this.api.bytes(pathOf(await this.#find(wanted), 'archive'));
    this.#folder ??= mkdtempSync(join(tmpdir(), 'runbook-fetched-'));
    // A folder for each time: a run that goes on is another one later.
    const folder = mkdtempSync(join(this.#folder, 'run-'));
    return await importRun(runStore(folder), Readable.from([archive]));
  }

  async attach(wanted: string | undefined, watcher: Watcher): Promise<AttachedRun> {
    const { api } = this;
    const id = wanted === undefined ? await this.#newestOpen() : await this.#find(wanted);
    const farewell = (does: string) =>
      `${does} ${api.name}.\n  runbook attach ${id} --on ${api.name}\n  ${this.pageOf(id)}`;
    const clock = () => Date.now() + api.skewMs;
    const lines = await linesOnceBegun(api, id, watcher);
    const left = farewell(`You left ${id}. It continues on`);
    const parts = { clock, server: api.name, detach: async () => undefined };
    if (lines === undefined) return { ...parts, run: undefined, farewell: () => left };
    const { operate } = (await stateOf(api, id)).may;
    const begun = watcher.fromStart ? lines.subarray(0, lines.indexOf('\n') + 1) : lines;
    const run = new RemoteRun(api, id, begun, watcher.reportError);
    return {
      ...{ ...parts, run, readOnly: operate.may ? undefined : harmlessLine(operate.because) },
      farewell(waits) {
        if (run.view().outcome !== undefined) return undefined;
        return waits ? farewell(`${id} waits for a person on`) : left;
      },
      detach: async () => run.leave(),
    };
  }

  /** Starts a run and resolves with its ID. A request that is sent again starts no second run. */
  async start(wanted: WantedStart): Promise<string> {
    const body = { ...wanted, key: randomUUID() };
    for (let tries = 1; ; tries += 1) {
      try {
        return (await this.api.json<{ run: string }>('api/runs', body)).run;
      } catch (error) {
        if (tries === TRIES || !isUnreachable(error)) throw error;
        await pause(AGAIN_MS);
      }
    }
  }

  /** Returns the address of a run's page. */
  pageOf(id: string): string {
    return `${this.api.url.href.replace(/\/$/, '')}/r/${id}`;
  }

  async #newestOpen(): Promise<string> {
    for await (const { id } of this.rows({ state: 'open' })) return id;
    const { name } = this.api;
    throw usageError(`no run is in progress on ${name}`, `list them: runbook runs --on ${name}`);
  }

  /** Resolves with the ID of a run, which is found as `open` finds it. */
  async #find(wanted: string): Promise<string> {
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

const LOOK_EVERY_MS = 500;

/**
 * Resolves with the lines of a run's journal once there are any, or with undefined if nobody waits any
 * longer. Rejects if there is no such run.
 */
async function linesOnceBegun(
  api: ServerApi,
  run: string,
  { say, gone }: Pick<Watcher, 'say' | 'gone'>,
): Promise<Buffer | undefined> {
  let said: string | undefined;
  while (!gone.aborted) {
    const reason = await whyNotBegun(api, run);
    if (reason === undefined) return await api.bytes(pathOf(run, 'journal'));
    if (reason !== said) say(reason);
    said = reason;
    await pause(LOOK_EVERY_MS, undefined, { signal: gone }).catch(() => undefined);
  }
  return undefined;
}

async function whyNotBegun(api: ServerApi, run: string): Promise<string | undefined> {
  try {
    const { view, run: state } = await stateOf(api, run);
    if (view !== null) return undefined;
    return state.trouble === undefined
      ? 'waiting for a worker …'
      : `no worker can begin it: ${state.trouble}`;
  } catch (error) {
    const isLater = isUnreachable(error) || (error instanceof ServerRefusal && error.status >= 500);
    if (!isLater) throw error;
    return `connection to ${api.name} lost, trying again`;
  }
}
