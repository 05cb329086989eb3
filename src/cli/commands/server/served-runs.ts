import { PassThrough } from 'node:stream';
import type { Pool } from 'pg';
import { usageError } from '#errors.ts';
import type { RecordedEvent } from '#events/log/event.ts';
import { readRecords } from '#run/journal/cursor.ts';
import { isOutputPath } from '#run/outputs/port.ts';
import { startsOfOutputs } from '#run/outputs/shown.ts';
import { REPLAY_VERSION } from '#run/resume/replay.ts';
import { writeArchive } from '#run/store/archive.ts';
import type { Runbook } from '#runbook/model/runbook.ts';
import { refuseForTeam } from '#team/allowed.ts';
import { requireMigrated } from '#team/migrate.ts';
import { RunNews } from '#team/served/run-news.ts';
import type { TeamStore } from '#team/store.ts';
import type {
  Attachments,
  GivenIntent,
  NewServedRun,
  News,
  ServedRecord,
  ServedRuns,
  StoredIntent,
  WantedRuns,
} from '#web/served-runs.ts';
import { findRunbooks, readSource } from '../../library/find-runbook.ts';
import { drawnPath, keptRunbook } from '../../library/kept-runbook.ts';
import { loadRunbook } from '../../library/load-runbook.ts';
import { PROGRAM } from '../../version.ts';

/** The number of bytes of each output in a transcript; the run has the whole output. */
const SHOWN_BYTES = 64 * 1024;
/** The label of runs that are started here. */
const LABEL = 'default';
/** How long an opened page keeps a run from being parked. */
const WATCHED_MS = 10 * 60 * 1_000;

/** The runs of the control plane, for the pages and the API. */
export class TeamRuns implements ServedRuns {
  readonly #pool: Pool;
  readonly #store: TeamStore;
  readonly #dirs: readonly string[];
  readonly #news: RunNews;

  /** New runs are those of runbooks in the given folders, and in the configured ones. */
  constructor(pool: Pool, store: TeamStore, dirs: readonly string[]) {
    this.#pool = pool;
    this.#store = store;
    this.#dirs = dirs;
    this.#news = new RunNews(pool);
  }

  list(wanted: WantedRuns) {
    return this.#store.runs(wanted);
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
    const source = await keptRunbook(run, records);
    return {
      outputs: await startsOfOutputs(run.outputs.source, records, SHOWN_BYTES),
      runbookText: source?.text,
      graph: await drawnPath(run, records, source),
    };
  }

  news(id: string, after: number, signal: AbortSignal): AsyncIterable<News> {
    return this.#news.of(id, after, signal);
  }

  intents(id: string): Promise<readonly StoredIntent[]> {
    return this.#store.intents(id);
  }

  async add({ intent, run, person, via, ...rest }: GivenIntent): Promise<string> {
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
    const written = writeArchive(this.#store.record(id), PROGRAM, bytes);
    written.catch((error: Error) => bytes.destroy(error));
    yield* bytes;
    await written;
  }

  async start({ runbook: name, environment, inputs, mode, person, key }: NewServedRun) {
    // A name, never a path: callers choose among the runbooks of the server.
    const found = findRunbooks(this.#dirs).find((one) => one.name === name);
    if (found === undefined) throw usageError(`the server has no runbook "${name}"`);
    const text = readSource(found.file);
    const runbook = await loadRunbook(text, this.#dirs);
    refuseUnknown(runbook, inputs);
    refuseForTeam(runbook, inputs);
    const { run } = await this.#store.createRun({
      ...{ runbook: { name, title: runbook.title, severity: runbook.severity }, text, mode },
      ...{ environment, inputs, startedBy: person, source: 'api', replay: REPLAY_VERSION },
      label: LABEL,
      fingerprint: key === undefined ? undefined : `api ${person} ${key}`,
    });
    if (run === undefined) throw usageError('the run was not started');
    return run;
  }

  async trouble(): Promise<string | undefined> {
    return await requireMigrated(this.#pool).then(
      () => undefined,
      (error: Error) => error.message,
    );
  }
}

function refuseUnknown({ inputs }: Runbook, given: Readonly<Record<string, string>>): void {
  const unknown = Object.keys(given).find((name) => !inputs.some((input) => input.name === name));
  if (unknown !== undefined) throw usageError(`the runbook has no input "${unknown}"`);
}
