import { messageOf } from '#errors.ts';
import type { Notice } from './notice.ts';

/** A way to people outside. It only connects outward; what a message says decides nothing. */
export type Channel = {
  /**
   * Delivers a message and resolves with what it is found by later, if it can be; rejects with the reason if
   * it may not have arrived.
   */
  send(notice: Notice, signal: AbortSignal): Promise<string | undefined>;
  /** Tells that an earlier message is answered: replaces it, or sends another. */
  close(notice: Notice, reference: string | undefined, signal: AbortSignal): Promise<void>;
};

/** The most characters of a reason that another system gives. */
const MOST_SAID = 200;

/** Sends a request; rejects with the status and the reason unless it succeeds. Follows no redirect. */
export async function post(
  url: string,
  { headers, body, signal }: { headers: Record<string, string>; body: string; signal: AbortSignal },
): Promise<string> {
  const sent = { method: 'POST', headers, body, signal, redirect: 'manual' } as const;
  const reply = await fetch(url, sent).catch((error: unknown) => {
    const cause = error instanceof Error ? error.cause : undefined;
    throw new Error(`${new URL(url).host} was not reached: ${messageOf(cause ?? error)}`);
  });
  const text = await reply.text();
  if (reply.ok) return text;
  throw new Error(`${new URL(url).host} answered ${reply.status}: ${text.slice(0, MOST_SAID)}`);
}
