import { setTimeout as pause } from 'node:timers/promises';
import type { ReportError } from '#events/log/listeners.ts';
import type { LiveOutput } from '#events/log/live.ts';
import type { News } from '#events/log/news.ts';
import { ACCEPTED, type Submission, type Verdict } from '#events/log/submission.ts';
import { GivenAnswers, tooLate } from '#events/wording/answered-by.ts';
import { Follower } from '#run/follow/follower.ts';
import type { OutputSource } from '#run/outputs/port.ts';
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

/** A run of a server, as a screen or a line printer needs it: intents are sent to it. */
export class RemoteRun extends Follower {
  readonly #api: ServerApi;
  readonly #submissions: Submissions;
  readonly #answers: GivenAnswers;
  #isConnected = false;
  #pauseMs = FIRST_PAUSE_MS;
  #said: string | undefined;
  #forget: NodeJS.Timeout | undefined;

  /** Follows a run from the lines of its journal so far. Throws if they are no journal. */
  constructor(api: ServerApi, id: string, journal: Buffer, reportError: ReportError) {
    const answers = new GivenAnswers();
    super({
      ...{ id, begun: journal, reportError },
      sourceOf: (file) => outputOf(api, id, file),
      onEvent: (event) => answers.take(event),
    });
    this.#answers = answers;
    this.#api = api;
    const { signal } = this.over;
    this.#submissions = new Submissions({
      ...{ api, run: id, over: signal },
      isConnected: () => this.#isConnected,
      say: (text) => this.#say(text),
    });
    const looks = setInterval(() => void this.#look(), LOOK_MS);
    signal.addEventListener('abort', () => {
      clearInterval(looks);
      clearTimeout(this.#forget);
    });
    void this.#look();
    void this.follow(() => this.#news());
  }

  /** Sends an intent to the run; to leave it is done here. */
  override async submit({ intent, answers }: Submission): Promise<Verdict> {
    if (intent.type === 'leave') {
      this.leave();
      return ACCEPTED;
    }
    if (this.#isConnected) this.#say(undefined);
    const verdict = await this.#submissions.send(intent, answers);
    await this.#explain(verdict, answers);
    return verdict;
  }

  get #lost(): string {
    return `connection to ${this.#api.name} lost, trying again`;
  }

  /** A connection that is lost is opened again, after the last line that was read. */
  async *#news(): AsyncGenerator<News> {
    const { signal } = this.over;
    while (!signal.aborted) {
      try {
        if (yield* this.#streamed()) return;
      } catch (error) {
        if (isFinal(error)) throw error;
      }
      if (signal.aborted) return;
      this.#isConnected = false;
      this.#say(this.#lost);
      await pause(this.#pauseMs, undefined, { signal }).catch(() => undefined);
      this.#pauseMs = Math.min(this.#pauseMs * 2, LONGEST_PAUSE_MS);
    }
  }

  /** Yields the news of one connection, and returns whether the run has ended. */
  async *#streamed(): AsyncGenerator<News, boolean> {
    const path = pathOf(this.id, 'stream');
    for await (const { event, data } of this.#api.events(path, this.view().seq, this.over.signal)) {
      if (event === 'end') return true;
      if (event !== 'open') this.#pauseMs = FIRST_PAUSE_MS;
      const news = this.#hear(event, data);
      if (news !== undefined) yield news;
    }
    return false;
  }

  /** Returns what is news of the run itself. */
  #hear(event: string, data: string): News | undefined {
    switch (event) {
      case 'line':
        return { kind: 'line', seq: this.view().seq + 1, line: `${data}\n` };
      case 'live':
        return { kind: 'live', live: JSON.parse(data) as LiveOutput };
      case 'open':
        this.#connected();
        break;
      case 'answer': {
        const { id, verdict } = JSON.parse(data) as { id: string; verdict: Verdict | null };
        if (verdict !== null) this.#submissions.decided(id, verdict);
        break;
      }
      case 'trouble': {
        const trouble = JSON.parse(data) as string | null;
        this.#say(trouble === null ? undefined : `it cannot continue: ${trouble}`);
      }
    }
    return undefined;
  }

  #connected(): void {
    if (this.#isConnected) return;
    this.#isConnected = true;
    this.#say(undefined);
    void this.#submissions.look().catch(() => undefined);
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
      if (who !== undefined || this.over.signal.aborted) return who;
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
    this.tell({ notice: { text } });
  }
}

async function outputOf(api: ServerApi, id: string, file: string): Promise<OutputSource> {
  const bytes = await api.bytes(pathOf(id, file));
  return {
    names: async () => [file],
    size: async () => bytes.length,
    read: async (_, start, length) => bytes.subarray(start, start + length),
    whereIs: () => `runbook runs export ${id} --on ${api.name}`,
  };
}

/** Whether trying again is of no use: a refusal, or a journal that cannot be understood. */
function isFinal(error: unknown): boolean {
  if (error instanceof ServerRefusal) return error.status < 500;
  return !isUnreachable(error);
}
