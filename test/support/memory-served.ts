import { usageError } from '#errors.ts';
import type { RecordedEvent } from '#events/log/event.ts';
import type { NewIntent, News, StoredIntent, StoredLine } from '#events/log/news.ts';
import type { RunHandle } from '#events/log/run-handle.ts';
import type { WantedRuns } from '#events/view/run-row.ts';
import { rowOf, type TeamRow } from '#events/view/run-row.ts';
import { encodeLine, hashLine, NO_LINE } from '#run/journal/line.ts';
import type { NewServedRun, ServedRuns } from '#web/served-runs.ts';

/** A run of this process, as a store of a team would have it: lines, intents and news. */
export class MemoryServed implements ServedRuns {
  readonly #runs = new Map<string, Held>();
  /** What was asked to be started. */
  readonly started: NewServedRun[] = [];
  /** Why the server cannot serve, if it cannot. */
  problem: string | undefined;

  /** Serves a run from its events so far and from what it tells. */
  put(
    handle: RunHandle,
    events: readonly RecordedEvent[],
    { environment = 'prod', outputs = {}, ...more }: Partial<TeamRow> & HeldOptions = {},
  ): Held {
    const held = new Held(handle, events, environment, outputs, more);
    this.#runs.set(held.id, held);
    return held;
  }

  /** Serves a run that no worker has begun. */
  queue(run: TeamRow): void {
    this.#runs.set(run.id, new Held(undefined, [], run.environment, {}, run));
  }

  async counts(wanted: Omit<WantedRuns, 'limit'>) {
    const open = await this.list({ ...wanted, state: 'open', limit: Number.POSITIVE_INFINITY });
    const waiting = open.filter(({ status }) => status === 'waiting').length;
    return { waiting, running: open.length - waiting };
  }

  async list({ state, runbook, environments, text, before, limit }: WantedRuns) {
    return [...this.#runs.values()]
      .map((held) => held.run)
      .filter(
        ({ status }) =>
          state === undefined ||
          (state === 'open' ? status !== 'finished' : stateOf(status) === state),
      )
      .filter((run) => runbook === undefined || run.runbook === runbook)
      .filter((run) => environments?.includes(run.environment) ?? true)
      .filter((run) => text === undefined || JSON.stringify(run).includes(text))
      .filter((run) => before === undefined || run.id < before)
      .sort((a, b) => (a.id < b.id ? 1 : -1))
      .slice(0, limit);
  }

  async find(id: string) {
    return this.#runs.get(id)?.run;
  }

  async lines(id: string, after: number) {
    return this.#held(id).lines.filter(({ seq }) => seq > after);
  }

  async record(id: string) {
    const { records, head } = this.#held(id);
    return { records: [...records], verified: { problems: [], tornBytes: 0, head } };
  }

  async attachments(id: string) {
    const { outputs } = this.#held(id);
    const texts = Object.entries(outputs);
    return { outputs: new Map(texts), runbookText: undefined, graph: undefined };
  }

  news(id: string, after: number, signal: AbortSignal): AsyncIterable<News> {
    return this.#held(id).news(after, signal);
  }

  async intents(id: string) {
    return this.#held(id).intents;
  }

  async add(intent: NewIntent) {
    return this.#held(intent.run).add(intent);
  }

  async output(id: string, file: string) {
    const text = this.#held(id).outputs[file];
    return text === undefined ? undefined : Buffer.from(text);
  }

  async *archive(id: string) {
    yield Buffer.from(`archive of ${this.#held(id).id}\n`);
  }

  async start(run: NewServedRun) {
    this.started.push(run);
    if (run.runbook === 'unknown') throw usageError(`there is no runbook "${run.runbook}"`);
    return '20261121-0312-started-0000';
  }

  async trouble() {
    return this.problem;
  }

  #held(id: string): Held {
    const held = this.#runs.get(id);
    if (held === undefined) throw usageError(`there is no run "${id}"`);
    return held;
  }
}

type HeldOptions = { readonly outputs?: Readonly<Record<string, string>> };

/** A run that is served from memory. */
export class Held {
  readonly records: RecordedEvent[] = [];
  readonly lines: StoredLine[] = [];
  readonly intents: StoredIntent[] = [];
  readonly outputs: Readonly<Record<string, string>>;
  head = NO_LINE;
  /** While set, intents stay without a verdict, as those of a run that no worker holds. */
  isUnheld = false;
  readonly #handle: RunHandle | undefined;
  readonly #environment: string;
  readonly #more: Partial<TeamRow>;
  readonly #listeners = new Set<(news: News) => void>();

  constructor(
    handle: RunHandle | undefined,
    events: readonly RecordedEvent[],
    environment: string,
    outputs: Readonly<Record<string, string>>,
    more: Partial<TeamRow>,
  ) {
    this.#handle = handle;
    this.#environment = environment;
    this.outputs = outputs;
    this.#more = more;
    for (const event of events) this.#record(event);
    handle?.subscribe(({ event, live }) => {
      if (live !== undefined) this.#tell({ kind: 'live', live });
      if (event === undefined) return;
      this.#record(event);
      if (event.event.type === 'run.finished') this.#tell({ kind: 'end' });
    });
  }

  get id(): string {
    return this.#more.id ?? this.#handle?.view().runId ?? '';
  }

  get run(): TeamRow {
    const view = this.#handle?.view();
    const now = new Date(0).toISOString();
    return {
      ...{ runbook: '', title: '', severity: 'medium', mode: 'live', status: 'queued' },
      ...{ startedBy: 'alert', startedAt: now, changedAt: now },
      ...(view && rowOf(view)),
      ...{ id: this.id, environment: this.#environment },
      ...this.#more,
    };
  }

  add({ person, via, atSeq, intent, key }: NewIntent): string {
    const same = this.intents.findIndex(({ id }) => key !== undefined && id === key);
    if (same !== -1) return key ?? '';
    const id = key ?? String(this.intents.length + 1);
    const at = this.intents.push({
      ...{ id, person, via, atSeq, intent, createdAt: new Date(), verdict: undefined },
    });
    if (intent.type !== 'look' && intent.type !== 'alert' && !this.isUnheld)
      void this.#handle?.submit({ intent, by: person, answers: atSeq }).then((verdict) => {
        const stored = this.intents[at - 1];
        if (stored === undefined) return;
        const answered = { ...stored, verdict };
        this.intents[at - 1] = answered;
        this.#tell({ kind: 'answer', intent: answered });
      });
    return id;
  }

  async *news(after: number, signal: AbortSignal): AsyncIterable<News> {
    const waiting: News[] = this.lines
      .filter(({ seq }) => seq > after)
      .map((line) => ({ kind: 'line', ...line }));
    for (const intent of this.intents)
      if (intent.verdict !== undefined) waiting.push({ kind: 'answer', intent });
    if (this.run.status === 'finished') waiting.push({ kind: 'end' });
    let wake = (): void => undefined;
    const listen = (news: News): void => {
      waiting.push(news);
      wake();
    };
    this.#listeners.add(listen);
    signal.addEventListener('abort', () => wake());
    try {
      while (!signal.aborted) {
        for (let news = waiting.shift(); news !== undefined; news = waiting.shift()) {
          yield news;
          if (news.kind === 'end') return;
        }
        const { promise, resolve } = Promise.withResolvers<void>();
        wake = resolve;
        if (!signal.aborted) await promise;
      }
    } finally {
      this.#listeners.delete(listen);
    }
  }

  #record(record: RecordedEvent): void {
    const line = encodeLine(record, this.head);
    this.head = hashLine(line);
    this.records.push(record);
    this.lines.push({ seq: record.seq, line: line.toString() });
    this.#tell({ kind: 'line', seq: record.seq, line: line.toString() });
  }

  #tell(news: News): void {
    for (const listener of [...this.#listeners]) listener(news);
  }
}

function stateOf(status: TeamRow['status']): NonNullable<WantedRuns['state']> {
  return status === 'finished' || status === 'waiting' ? status : 'running';
}
