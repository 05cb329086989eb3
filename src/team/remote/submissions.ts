import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Intent } from '#events/log/intent.ts';
import { isAnswer, type RefusalCode, type Verdict } from '#events/log/submission.ts';
import { refused } from '#events/wording/reasons.ts';
import { type ServerApi, ServerRefusal } from './server-api.ts';
import { pathOf, stateOf } from './state.ts';

const AGAIN_MS = 1_000;
/** An answer that cannot be sent for longer was given to what may be outdated. */
const GIVE_UP_MS = 30_000;
const LOOK_MS = 10_000;
const SLOW_MS = 5_000;
/** Verdicts about the intents of others are told as well. */
const MOST_EARLY = 100;

type SentIntent = {
  readonly intent: Intent;
  readonly at_seq: number | undefined;
  readonly key: string;
};

const OVER = refused('ended', { kind: 'finished' });

/** The way from a terminal to a run. */
export type Way = {
  readonly api: ServerApi;
  readonly run: string;
  readonly isConnected: () => boolean;
  /** Aborted once the run is over or was left. */
  readonly over: AbortSignal;
  readonly say: (text: string | undefined) => void;
};

/** The intents that a terminal sends to a server, each once. */
export class Submissions {
  readonly #way: Way;
  readonly #waiting = new Map<string, (verdict: Verdict) => void>();
  /** Verdicts that were told before the server had confirmed the intent. */
  readonly #early = new Map<string, Verdict>();

  constructor(way: Way) {
    this.#way = way;
  }

  /** Sends an intent and resolves with the verdict of the worker, or of the server. Never rejects. */
  async send(intent: Intent, answers: number | undefined): Promise<Verdict> {
    const { api, isConnected, over } = this.#way;
    const server = api.name;
    if (!isConnected()) return refused('impossible', { kind: 'no-connection', server });
    const isAbout = isAnswer(intent) || intent.type === 'abort';
    const body = { intent, at_seq: isAbout ? answers : undefined, key: randomUUID() };
    const since = performance.now();
    for (let tries = 1; performance.now() - since < GIVE_UP_MS; tries += 1) {
      const verdict = await this.#try(body, tries > 1);
      if (verdict !== undefined) return verdict;
      // Whether it arrived is not known. Its key makes both count once.
      await pause(AGAIN_MS, undefined, { signal: over }).catch(() => undefined);
    }
    return refused('impossible', { kind: 'not-acknowledged', server });
  }

  /** Resolves with undefined if it is not known whether the intent arrived. */
  async #try(body: SentIntent, isAgain: boolean): Promise<Verdict | undefined> {
    const { api, run, over } = this.#way;
    try {
      const sent = await api.json<{ intent: string }>(pathOf(run, 'intents'), body);
      return await this.#verdictOf(sent.intent);
    } catch (error) {
      const refusal = over.aborted ? OVER : refusalIn(error);
      if (refusal === undefined || (!isAgain && !over.aborted)) return refusal;
      return await this.#firstVerdict(body, refusal);
    }
  }

  /** Takes a verdict that the server tells. */
  decided(id: string, verdict: Verdict): void {
    const settle = this.#waiting.get(id);
    settle?.(verdict);
    if (settle !== undefined) return;
    this.#early.set(id, verdict);
    const [oldest] = this.#early.keys();
    if (this.#early.size > MOST_EARLY && oldest !== undefined) this.#early.delete(oldest);
  }

  /** Asks for verdicts that were told while there was no connection. */
  async look(): Promise<void> {
    if (this.#waiting.size === 0) return;
    const { api, run } = this.#way;
    const { intents } = await stateOf(api, run);
    for (const { id, verdict } of intents)
      if (verdict !== null && this.#waiting.has(id)) this.decided(id, verdict);
  }

  /** The first request may have arrived after all: then the run has moved because of it. */
  async #firstVerdict({ intent, at_seq }: SentIntent, refusal: Verdict): Promise<Verdict> {
    const { api, run } = this.#way;
    const state = await stateOf(api, run).catch(() => undefined);
    const first = state?.intents.findLast(
      (sent) => sent.type === intent.type && sent.at_seq === (at_seq ?? null),
    );
    return first?.verdict ?? refusal;
  }

  async #verdictOf(id: string): Promise<Verdict> {
    const { over, say } = this.#way;
    const early = this.#early.get(id);
    if (early !== undefined) return early;
    const { promise, resolve } = Promise.withResolvers<Verdict>();
    const end = (): void => resolve(OVER);
    this.#waiting.set(id, resolve);
    over.addEventListener('abort', end);
    const slow = setTimeout(() => say('Sent. No worker has answered yet.'), SLOW_MS);
    const looks = setInterval(() => void this.look().catch(() => undefined), LOOK_MS);
    try {
      if (over.aborted) end();
      return await promise;
    } finally {
      clearTimeout(slow);
      clearInterval(looks);
      over.removeEventListener('abort', end);
      this.#waiting.delete(id);
    }
  }
}

/** Any other error leaves open whether the server got the intent. */
function refusalIn(error: unknown): Verdict | undefined {
  if (!(error instanceof ServerRefusal) || error.status >= 500) return undefined;
  return refused(codeOf(error), error.message);
}

/** A text that is missing can be corrected where it was typed. */
function codeOf({ status, why }: ServerRefusal): RefusalCode {
  if (why === 'stale') return 'stale';
  if (why === 'ended') return 'ended';
  return status === 422 ? 'invalid' : 'impossible';
}
