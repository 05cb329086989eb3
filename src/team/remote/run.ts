import { setTimeout as pause } from 'node:timers/promises';
import { environmentError } from '#errors.ts';
import type { RecordedEvent } from '#events/log/event.ts';
import { Listeners, type ReportError } from '#events/log/listeners.ts';
import type { LiveOutput } from '#events/log/live.ts';
import type { RunChange, RunHandle } from '#events/log/run-handle.ts';
import { ACCEPTED, type Submission, type Verdict } from '#events/log/submission.ts';
import { foldEvent } from '#events/view/fold.ts';
import type { RunView } from '#events/view/run-view.ts';
import { GivenAnswers, tooLate } from '#events/wording/answered-by.ts';
import { JournalCursor } from '#run/journal/cursor.ts';
import { isGrowing, shownOutput } from '#run/outputs/shown.ts';
import { isUnreachable } from './reach.ts';
import { type ServerApi, ServerRefusal } from './server-api.ts';
import { pathOf } from './state.ts';
import { Submissions } from './submissions.ts';

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5_000;
/** A run that nobody looks at for ten minutes may be parked. */
const LOOK_MS = 5 * 60 * 1_000;
const REFUSAL_MS = 15_000;
/** The line of another person's answer may come after the refusal. */
const OTHERS_MS = 2_000;

/**
 * A run of a server, as a screen or a line printer needs it: its journal is followed and verified line
 * by line, and intents are sent to it.
 */
export class RemoteRun implements RunHandle {
  readonly id: string;
  readonly ended: Promise<void>;
  readonly #api: ServerApi;
  readonly #cursor: JournalCursor;
  readonly #submissions: Submissions;
  readonly #listeners: Listeners;
  readonly #settle: { resolve: () => void; reject: (reason: unknown) => void };
  readonly #over = new AbortController();
  readonly #looks: NodeJS.Timeout;
  readonly #answers = new GivenAnswers();
  #view: RunView | undefined;
  #isConnected = false;
  #said: string | undefined;
  #forget: NodeJS.Timeout | undefined;
  /** True if the run was left before its end. */
  wasLeft = false;

  /** Follows a run from the lines of its journal so far. Throws if they are no journal. */
  constructor(api: ServerApi, id: string, journal: Buffer, reportError: ReportError) {
    this.id = id;
    this.#listeners = new Listeners(reportError);
    this.#api = api;
    this.#cursor = new JournalCursor((record) => this.#fold(record));
    this.#read(journal);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.ended = promise;
    promise.catch(() => undefined);
    this.#settle = { resolve, reject };
    this.#submissions = new Submissions({
      ...{ api, run: id, over: this.#over.signal },
      isConnected: () => this.#isConnected,
      say: (text) => this.#say(text),
    });
    this.#looks = setInterval(() => void this.#look(), LOOK_MS);
    void this.#look();
    void this.#follow();
  }

  view(): RunView {
    if (this.#view === undefined) throw environmentError(`the run ${this.id} has not begun yet`);
    return this.#view;
  }

  subscribe(listener: (change: RunChange) => void): () => void {
    return this.#listeners.add(listener);
  }

  /** Sends an intent to the run; to leave it is done here. */
  async submit({ intent, answers }: Submission): Promise<Verdict> {
    if (intent.type === 'leave') {
      this.leave();
      return ACCEPTED;
    }
    if (this.#isConnected) this.#say(undefined);
    const verdict = await this.#submissions.send(intent, answers);
    await this.#explain(verdict, answers);
    return verdict;
  }

  async readOutput(file: string): Promise<string> {
    const bytes = await this.#api.bytes(pathOf(this.id, file));
    const source = {
      names: async () => [file],
      size: async () => bytes.length,
      read: async (_: string, start: number, length: number) =>
        bytes.subarray(start, start + length),
      whereIs: () => `runbook runs export ${this.id} --on ${this.#api.name}`,
    };
    return await shownOutput(source, file, { isGrowing: isGrowing(this.view(), file) });
  }

  /** Stops following the run, which continues. */
  leave(): void {
    if (this.#over.signal.aborted) return;
    this.wasLeft = this.view().status !== 'finished';
    this.#end();
  }

  get #lost(): string {
    return `connection to ${this.#api.name} lost, trying again`;
  }

  async #follow(): Promise<void> {
    const { signal } = this.#over;
    let next = FIRST_PAUSE_MS;
    while (!signal.aborted) {
      try {
        const path = pathOf(this.id, 'stream');
        for await (const { event, data } of this.#api.events(path, this.view().seq, signal)) {
          if (event === 'open') this.#connected();
          else {
            next = FIRST_PAUSE_MS;
            this.#hear(event, data);
          }
        }
      } catch (error) {
        if (isFinal(error)) this.#end(error);
      }
      if (signal.aborted) return;
      this.#isConnected = false;
      this.#say(this.#lost);
      await pause(next, undefined, { signal }).catch(() => undefined);
      next = Math.min(next * 2, LONGEST_PAUSE_MS);
    }
  }

  #connected(): void {
    if (this.#isConnected) return;
    this.#isConnected = true;
    this.#say(undefined);
    void this.#submissions.look().catch(() => undefined);
  }

  #hear(event: string, data: string): void {
    if (event === 'line') this.#read(Buffer.from(`${data}\n`));
    else if (event === 'live')
      this.#tell({ view: this.view(), live: JSON.parse(data) as LiveOutput });
    else if (event === 'answer') {
      const { id, verdict } = JSON.parse(data) as { id: string; verdict: Verdict | null };
      if (verdict !== null) this.#submissions.decided(id, verdict);
    } else if (event === 'trouble') {
      const trouble = JSON.parse(data) as string | null;
      this.#say(trouble === null ? undefined : `it cannot continue: ${trouble}`);
    } else if (event === 'end') this.#end();
  }

  #read(lines: Buffer): void {
    this.#cursor.read(lines);
    const { problem } = this.#cursor;
    if (problem !== undefined)
      throw environmentError(`line ${problem.line} of the journal ${problem.what}`);
  }

  #fold(record: RecordedEvent): void {
    this.#answers.take(record);
    const view = foldEvent(this.#view, record);
    this.#view = view;
    this.#tell({ view, event: record });
  }

  /** A typed text that is invalid, and a refusal in the record, are shown where they belong. */
  async #explain(verdict: Verdict, answers: number | undefined): Promise<void> {
    if (verdict.accepted || verdict.code === 'invalid' || verdict.code === 'not-confirmed') return;
    if (!this.#isConnected) {
      this.#say(`${this.#lost}; nothing was sent`);
      return;
    }
    const isLate = verdict.code === 'stale' || verdict.code === 'ended';
    const who = isLate ? await this.#othersAnswer(answers) : undefined;
    const text = who === undefined ? `Refused: ${verdict.reason}` : tooLate(who);
    this.#say(text);
    this.#forget = setTimeout(() => this.#said === text && this.#say(undefined), REFUSAL_MS);
  }

  async #othersAnswer(question: number | undefined): Promise<string | undefined> {
    const until = performance.now() + OTHERS_MS;
    while (performance.now() < until) {
      const who = this.#answers.to(question);
      if (who !== undefined || this.#over.signal.aborted) return who;
      await pause(50);
    }
    return undefined;
  }

  /** Wakes a run that is parked, and keeps it from being parked. */
  async #look(): Promise<void> {
    const body = { intent: { type: 'look' } };
    // Who may only read can watch what is not parked.
    await this.#api.json(pathOf(this.id, 'intents'), body).catch(() => undefined);
  }

  #say(text: string | undefined): void {
    if (text === this.#said) return;
    clearTimeout(this.#forget);
    this.#said = text;
    this.#tell({ view: this.view(), notice: { text } });
  }

  #tell(change: RunChange): void {
    this.#listeners.queue(change);
    this.#listeners.tell();
  }

  #end(error?: unknown): void {
    if (this.#over.signal.aborted) return;
    clearInterval(this.#looks);
    clearTimeout(this.#forget);
    if (error === undefined) this.#settle.resolve();
    else this.#settle.reject(error);
    this.#over.abort();
  }
}

/** Whether trying again is of no use: a refusal, or a journal that cannot be understood. */
function isFinal(error: unknown): boolean {
  if (error instanceof ServerRefusal) return error.status < 500;
  return !isUnreachable(error);
}
