import type { Pool } from 'pg';
import { messageOf } from '#errors.ts';
import { readRecords } from '#run/journal/cursor.ts';
import { confirmingRoles } from '#team/policy/permission.ts';
import type { TeamStore } from '#team/store.ts';
import type { ServerConfig } from '../config.ts';
import type { Channel } from './channel.ts';
import { answeredNotice, answerTo, type NoticeParts, noticeOf } from './notice.ts';
import { type DueNotice, noteDue, type Settled, settle, takeDue } from './outbox.ts';

/** The parts of a notifier. */
export type NotifierParts = {
  readonly pool: Pool;
  readonly store: TeamStore;
  /** The config of now, whose rules and channels count. */
  readonly config: () => ServerConfig;
  /** Called with what a person who operates the server should know. */
  readonly say: (text: string) => void;
};

const LOOK_MS = 1_000;
/** The most messages of one look: a storm of alerts must not become one of requests. */
const MOST = 20;
const SEND_MS = 10_000;
/** Until the rows of a gate have been read again. */
const REOPEN_MS = 5_000;
/** The waits between attempts: ten within three days. */
const WAITS_MS = [5, 30, 120, 600, 3_600, 10_800, 21_600, 43_200, 86_400].map((s) => s * 1_000);

/**
 * Tells people outside what waits for them, by the rules of the server's config, and that it is answered.
 * A channel that fails is tried again and harms no run: what is to be told is in the control plane.
 */
export class Notifier {
  readonly #parts: NotifierParts;
  readonly #abort = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #look: Promise<void> | undefined;

  constructor(parts: NotifierParts) {
    this.#parts = parts;
  }

  /** Starts to look. */
  start(): void {
    this.#timer = setInterval(() => {
      this.#look ??= this.look()
        // The next look finds what is due.
        .catch(() => undefined)
        .finally(() => {
          this.#look = undefined;
        });
    }, LOOK_MS);
  }

  /** Ends what is on its way, which another server delivers, or this one later. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#abort.abort(new Error('the server ends'));
    await this.#look;
  }

  /** Looks once at what is to be told, and delivers it. */
  async look(): Promise<void> {
    const { pool, config } = this.#parts;
    const { notify, channels } = config();
    if (notify.length === 0 && channels.size === 0) return;
    await noteDue(pool, notify);
    const due = await takeDue(pool, MOST);
    await Promise.all(
      due.map(async (one) => {
        const settled = await this.#deliver(one).catch((error: unknown) =>
          this.#failed(one, error),
        );
        await settle(pool, one.id, settled);
      }),
    );
  }

  async #deliver(due: DueNotice): Promise<Settled> {
    const { store, config } = this.#parts;
    const channel = config().channels.get(due.channel);
    if (channel === undefined)
      return { state: 'failed', error: 'the config names no such channel' };
    const { records } = await readRecords(store.record(due.run).journal);
    const { view, said } = answerTo(due.question, records);
    if (view === undefined) return { state: 'closed' };
    const { url, policy } = config();
    const parts: NoticeParts = {
      id: due.id,
      view,
      link: new URL(`/r/${encodeURIComponent(due.run)}`, url).href,
      confirming: (effect, environment) =>
        confirmingRoles(policy?.approval ?? [], effect, environment),
    };
    const signal = AbortSignal.any([this.#abort.signal, AbortSignal.timeout(SEND_MS)]);
    if (due.kind === 'finished') {
      await channel.send(noticeOf('finished', parts), signal);
      return { state: 'closed' };
    }
    const isOpen = view.awaited?.since === due.question && view.status === 'waiting';
    if (isOpen) return await this.#tell(due, parts, channel, signal);
    const opensAgain = view.closed?.since === due.question;
    if (opensAgain) return { state: due.state, afterMs: REOPEN_MS };
    if (due.state === 'told')
      await channel.close(answeredNotice(said, parts), due.reference ?? undefined, signal);
    return { state: 'closed' };
  }

  async #tell(
    due: DueNotice,
    parts: NoticeParts,
    channel: Channel,
    signal: AbortSignal,
  ): Promise<Settled> {
    if (due.state === 'told') return { state: 'told' };
    return { state: 'told', reference: await channel.send(noticeOf(due.kind, parts), signal) };
  }

  #failed({ channel, state, tries, late }: DueNotice, error: unknown): Settled {
    const wait = WAITS_MS[tries - 1];
    const why = messageOf(error);
    if (wait !== undefined && !late) return { state, error: why, afterMs: wait };
    this.#parts.say(`a message to ${channel} is given up: ${why}`);
    return { state: 'failed', error: why };
  }
}
