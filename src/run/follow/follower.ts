import { environmentError } from '#errors.ts';
import type { RecordedEvent } from '#events/log/event.ts';
import { Listeners, type ReportError } from '#events/log/listeners.ts';
import type { LiveOutput } from '#events/log/live.ts';
import type { News } from '#events/log/news.ts';
import type { RunChange, RunHandle } from '#events/log/run-handle.ts';
import type { Submission, Verdict } from '#events/log/submission.ts';
import { foldEvent } from '#events/view/fold.ts';
import type { RunView } from '#events/view/run-view.ts';
import { refused } from '#events/wording/reasons.ts';
import { growingReader } from '../journal/cursor.ts';
import type { OutputSource } from '../outputs/port.ts';
import { isGrowing, shownOutput } from '../outputs/shown.ts';

/** A run to follow. */
export type Followed = {
  readonly id: string;
  /** The lines of its journal so far. */
  readonly begun: Buffer;
  /** Returns where an output is read. */
  readonly sourceOf: (file: string) => OutputSource | Promise<OutputSource>;
  readonly reportError: ReportError;
  /** Called with every event, before the listeners. */
  readonly onEvent?: (event: RecordedEvent) => void;
};

/**
 * A run that another process writes, followed through news from any source. Its lines are
 * verified, and its view is folded from them. Every intent is refused.
 */
export class Follower implements RunHandle {
  readonly id: string;
  readonly ended: Promise<void>;
  /** True if following stopped before the run did. */
  wasLeft = false;
  /** Aborted once the run has ended or was left. */
  protected readonly over = new AbortController();
  readonly #run: Followed;
  readonly #listeners: Listeners;
  readonly #settle: { resolve: () => void; reject: (reason: unknown) => void };
  readonly #eventsIn = growingReader();
  #view: RunView | undefined;

  /** Reads the lines of the journal so far; throws if there are none, or if they are invalid. */
  constructor(run: Followed) {
    this.id = run.id;
    this.#run = run;
    this.#listeners = new Listeners(run.reportError);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.ended = promise;
    promise.catch(() => undefined);
    this.#settle = { resolve, reject };
    this.#read(run.begun);
    this.view();
  }

  /** True once the run has ended or was left. */
  get isOver(): boolean {
    return this.over.signal.aborted;
  }

  view(): RunView {
    if (this.#view === undefined) throw environmentError(`the run ${this.id} has not begun yet`);
    return this.#view;
  }

  subscribe(listener: (change: RunChange) => void): () => void {
    return this.#listeners.add(listener);
  }

  /** Refuses every intent: another process drives the run. */
  async submit(_: Submission): Promise<Verdict> {
    return refused('impossible', { kind: 'other-process' });
  }

  async readOutput(file: string): Promise<string> {
    const source = await this.#run.sourceOf(file);
    return await shownOutput(source, file, { isGrowing: isGrowing(this.view(), file) });
  }

  /** Stops following the run, which continues. */
  leave(): void {
    if (this.over.signal.aborted) return;
    this.wasLeft = this.view().status !== 'finished';
    this.#end();
  }

  /** Follows the run until the news end, which is its end; an error in them ends the following. */
  async follow(news: (over: AbortSignal) => AsyncIterable<News>): Promise<void> {
    try {
      for await (const one of news(this.over.signal)) {
        if (one.kind === 'line') this.#read(Buffer.from(one.line));
        else if (one.kind === 'live') this.tell({ live: one.live });
      }
      this.#end();
    } catch (error) {
      this.#end(error);
    }
  }

  /** Tells the listeners of a change. */
  protected tell(change: Change): void {
    this.#listeners.queue({ view: this.view(), ...change });
    this.#listeners.tell();
  }

  #read(lines: Buffer): void {
    for (const event of this.#eventsIn(lines)) {
      this.#run.onEvent?.(event);
      this.#view = foldEvent(this.#view, event);
      this.tell({ event });
    }
  }

  #end(error?: unknown): void {
    if (this.over.signal.aborted) return;
    if (error === undefined) this.#settle.resolve();
    else this.#settle.reject(error);
    this.over.abort();
  }
}

type Change =
  | { readonly event: RecordedEvent }
  | { readonly live: LiveOutput }
  | { readonly notice: NonNullable<RunChange['notice']> };
