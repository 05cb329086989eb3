import type { Pool } from 'pg';
import type { LiveOutput } from '#events/log/live.ts';
import type { News } from '#events/log/news.ts';
import { TROUBLE } from '../runs.ts';
import { type IntentRow, intentOf } from '../store.ts';

const INTERVAL_MS = 200;
/** The most lines of one run in one poll. */
const MOST_LINES = 1_000;
/** Answers are looked for a little further back than the last poll: commits are not in order. */
const ANSWERS_S = 10;

const LINES = `
SELECT w.run, e.seq, e.line, run.finished_at IS NOT NULL AND run.holder IS NULL AND run.head_seq <= w.after AS over,
  ${TROUBLE} AS trouble
FROM unnest($1::text[], $2::int[]) AS w(run, after)
JOIN runbook.run AS run ON run.id = w.run
LEFT JOIN LATERAL (
  SELECT seq, line FROM runbook.run_event
  WHERE run_id = w.run AND seq > w.after AND run.head_seq > w.after ORDER BY seq LIMIT ${MOST_LINES}
) AS e ON true
ORDER BY w.run, e.seq`;

const LIVE = 'SELECT run_id AS run, at, live FROM runbook.run_live WHERE run_id = ANY($1)';

const ANSWERS = `
SELECT id, run_id AS run, person, via, at_seq, intent, created_at, answer FROM runbook.run_intent
WHERE run_id = ANY($1) AND done_at > now() - interval '${ANSWERS_S} seconds' ORDER BY id`;

type LineRow = {
  readonly run: string;
  readonly seq: number | null;
  readonly line: string;
  readonly over: boolean;
  readonly trouble: string | null;
};
type LiveRow = { readonly run: string; readonly at: Date; readonly live: LiveOutput };
type AnswerRow = IntentRow & { readonly run: string };

type Watcher = {
  readonly run: string;
  /** The number of the last line that it was given. */
  last: number;
  liveAt: number;
  trouble: string | undefined;
  /** True once the run was seen finished and released, which answers what was sent to it. */
  isOver: boolean;
  /** The answers that it was given. */
  readonly answers: Set<string>;
  readonly tell: (news: News) => void;
};

/** The news of all watched runs, from one poll of the control plane. */
export class RunNews {
  readonly #pool: Pool;
  readonly #watchers = new Set<Watcher>();
  #timer: NodeJS.Timeout | undefined;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /** Yields the lines of a run after a number, then news as it comes, until its end. */
  async *of(run: string, after: number, signal: AbortSignal): AsyncGenerator<News> {
    const waiting: News[] = [];
    let wake = (): void => undefined;
    const tell = (news: News): void => {
      // Of the live output only the latest counts.
      const at = news.kind === 'live' ? waiting.findIndex(({ kind }) => kind === 'live') : -1;
      if (at === -1) waiting.push(news);
      else waiting[at] = news;
      wake();
    };
    const watcher = {
      run,
      last: after,
      liveAt: 0,
      trouble: undefined,
      isOver: false,
      answers: new Set<string>(),
      tell,
    };
    this.#watchers.add(watcher);
    this.#timer ??= setTimeout(() => void this.#poll(), 0);
    const stop = (): void => wake();
    signal.addEventListener('abort', stop);
    try {
      while (!signal.aborted) {
        for (let news = waiting.shift(); news !== undefined; news = waiting.shift()) {
          yield news;
          if (news.kind === 'end' || signal.aborted) return;
        }
        const { promise, resolve } = Promise.withResolvers<void>();
        wake = resolve;
        if (!signal.aborted && waiting.length === 0) await promise;
      }
    } finally {
      signal.removeEventListener('abort', stop);
      this.#watchers.delete(watcher);
    }
  }

  async #poll(): Promise<void> {
    try {
      await this.#look();
    } catch {
      // The next poll finds what this one did not.
    }
    this.#timer =
      this.#watchers.size === 0 ? undefined : setTimeout(() => void this.#poll(), INTERVAL_MS);
  }

  async #look(): Promise<void> {
    const watchers = [...this.#watchers];
    const afters = new Map<string, number>();
    for (const { run, last } of watchers)
      afters.set(run, Math.min(last, afters.get(run) ?? Number.POSITIVE_INFINITY));
    const runs = [...afters.keys()];
    if (runs.length === 0) return;
    const [answers, live] = await Promise.all([
      this.#pool.query<AnswerRow>(ANSWERS, [runs]),
      this.#pool.query<LiveRow>(LIVE, [runs]),
    ]);
    // Lines last: an answer is committed with its lines, and is told after them.
    const lines = await this.#pool.query<LineRow>(LINES, [runs, [...afters.values()]]);
    for (const watcher of watchers) {
      const own = <T extends { readonly run: string }>({ rows }: { readonly rows: readonly T[] }) =>
        rows.filter(({ run }) => run === watcher.run);
      tellLines(watcher, own(lines));
      tellTrouble(watcher, own(lines));
      for (const row of own(live)) tellLive(watcher, row);
      for (const row of own(answers)) tellAnswer(watcher, row);
      // Answers are read before it is seen to be over: the last ones come with the next look.
      if (watcher.isOver) watcher.tell({ kind: 'end' });
      watcher.isOver = own(lines).some(({ over }) => over);
    }
  }
}

function tellLines(watcher: Watcher, rows: readonly LineRow[]): void {
  for (const { seq, line } of rows) {
    if (seq === null || seq <= watcher.last) continue;
    watcher.last = seq;
    watcher.tell({ kind: 'line', seq, line });
  }
}

function tellTrouble(watcher: Watcher, [row]: readonly LineRow[]): void {
  const trouble = row?.trouble ?? undefined;
  if (row === undefined || trouble === watcher.trouble) return;
  watcher.trouble = trouble;
  watcher.tell({ kind: 'trouble', trouble });
}

function tellLive(watcher: Watcher, { at, live }: LiveRow): void {
  if (at.getTime() <= watcher.liveAt) return;
  watcher.liveAt = at.getTime();
  watcher.tell({ kind: 'live', live });
}

function tellAnswer(watcher: Watcher, row: AnswerRow): void {
  if (watcher.answers.has(row.id)) return;
  watcher.answers.add(row.id);
  watcher.tell({ kind: 'answer', intent: intentOf(row) });
}
