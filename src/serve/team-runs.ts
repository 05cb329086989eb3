import { PassThrough } from 'node:stream';
import type { Pool } from 'pg';
import { messageOf, usageError } from '#errors.ts';
import type { RecordedEvent } from '#events/log/event.ts';
import type { NewIntent, News, StoredIntent } from '#events/log/news.ts';
import type { WantedRuns } from '#events/view/run-row.ts';
import { readRecords } from '#run/journal/cursor.ts';
import { isOutputPath } from '#run/outputs/port.ts';
import { startsOfOutputs } from '#run/outputs/shown.ts';
import { writeArchive } from '#run/store/archive.ts';
import { requireMigrated } from '#team/migrate.ts';
import { RunNews } from '#team/record/run-news.ts';
import type { TeamStore } from '#team/store.ts';
import { LEASE_TIMES } from '#team/watch/lease.ts';
import type { Attachments, NewServedRun, ServedRecord, ServedRuns } from '#web/served-runs.ts';
import type { FolderRunbooks } from './runbooks.ts';
import type { RunStarter } from './start-run.ts';

/** The number of bytes of each output in a transcript; the run has the whole output. */
const SHOWN_BYTES = 64 * 1024;
/** How long an opened page keeps a run from being parked. */
const WATCHED_MS = 10 * 60 * 1_000;

type TeamRunsParts = {
  readonly pool: Pool;
  readonly store: TeamStore;
  readonly starter: RunStarter;
  readonly runbooks: FolderRunbooks;
  readonly program: string;
};

/** The runs of the control plane, for the pages and the API. */
export class TeamRuns implements ServedRuns {
  readonly #parts: TeamRunsParts;
  readonly #store: TeamStore;
  readonly #news: RunNews;

  constructor(parts: TeamRunsParts) {
    this.#parts = parts;
    this.#store = parts.store;
    this.#news = new RunNews(parts.pool);
  }

  list(wanted: WantedRuns) {
    return this.#store.runs(wanted);
  }

  counts(wanted: Omit<WantedRuns, 'limit'>) {
    return this.#store.counts(wanted);
  }

  find(id: string) {
    return this.#store.run(id);
  }

  lines(id: string, after: number) {
    return this.#store.lines(id, after);
  }

  async record(id: string): Promise<ServedRecord> {
    const { records, ...verified } = await readRecords(this.#store.record(id).journal);
    return { records, verified };
  }

  async attachments(id: string, records: readonly RecordedEvent[]): Promise<Attachments> {
    const run = this.#store.record(id);
    return {
      outputs: await startsOfOutputs(run.outputs.source, records, SHOWN_BYTES),
      ...(await this.#parts.runbooks.ofRun(run, records)),
    };
  }

  news(id: string, after: number, signal: AbortSignal): AsyncIterable<News> {
    return this.#news.of(id, after, signal);
  }

  intents(id: string): Promise<readonly StoredIntent[]> {
    return this.#store.intents(id);
  }

  async add({ intent, run, person, via, ...rest }: NewIntent): Promise<string> {
    if (intent.type !== 'look')
      return await this.#store.addIntent({ ...rest, run, person, via, intent });
    await this.#store.look(run, { person, via, ms: WATCHED_MS });
    return '0';
  }

  async output(id: string, file: string): Promise<Uint8Array | undefined> {
    const { source } = this.#store.record(id).outputs;
    const size = isOutputPath(file) ? await source.size(file) : undefined;
    return size === undefined ? undefined : await source.read(file, 0, size);
  }

  async *archive(id: string): AsyncIterable<Uint8Array> {
    const bytes = new PassThrough();
    const written = writeArchive(this.#store.record(id), this.#parts.program, bytes);
    written.catch((error: Error) => bytes.destroy(error));
    yield* bytes;
    await written;
  }

  async start({ person, ...run }: NewServedRun) {
    const created = await this.#parts.starter.start({ ...run, by: person, source: 'api' });
    if (created.run === undefined) throw usageError('the run was not started');
    return created.run;
  }

  async trouble(): Promise<string | undefined> {
    try {
      await requireMigrated(this.#parts.pool);
      const workers = (await this.#store.workers()).filter(
        ({ state, beatMs }) => state === 'alive' && beatMs < LEASE_TIMES.deadMs,
      );
      const missing = this.#parts.starter.labels.filter(
        (label) => !workers.some(({ labels }) => labels.includes(label)),
      );
      return missing.length === 0 ? undefined : `no worker has the label ${missing.join(', ')}`;
    } catch (error) {
      return messageOf(error);
    }
  }
}
