import { createHmac } from 'node:crypto';
import { type Channel, post } from '../channel.ts';
import type { Notice } from '../notice.ts';

/** The most characters of a body: 64 KiB, also if each took four bytes. */
const MOST_CHARACTERS = 16_384;

/**
 * Returns a channel that posts to an address, signed as Standard Webhooks 1.0 says: with each secret, so
 * that one can be replaced.
 */
export function webhook(url: string, secrets: readonly string[]): Channel {
  const send = async (notice: Notice, id: string, signal: AbortSignal) => {
    const at = Math.floor(Date.now() / 1_000);
    const body = bodyOf(notice, at);
    const headers = {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': `${at}`,
      'webhook-signature': secrets
        .map((secret) => `v1,${signatureOf(secret, `${id}.${at}.${body}`)}`)
        .join(' '),
    };
    await post(url, { headers, body, signal });
  };
  return {
    send: async (notice, signal) => {
      await send(notice, `msg_${notice.id}`, signal);
      return undefined;
    },
    close: (notice, _, signal) => send(notice, `msg_${notice.id}_answered`, signal),
  };
}

function bodyOf({ type, headline, lines, link, severity, run }: Notice, at: number): string {
  const text = lines.join('\n').slice(0, MOST_CHARACTERS);
  const timestamp = new Date(at * 1_000).toISOString();
  return JSON.stringify({ type, timestamp, data: { headline, text, link, severity, run } });
}

/** A secret with the prefix `whsec_` is Base64, as the specification has it. */
function signatureOf(secret: string, signed: string): string {
  const key = secret.startsWith('whsec_')
    ? Buffer.from(secret.slice('whsec_'.length), 'base64')
    : Buffer.from(secret);
  return createHmac('sha256', key).update(signed).digest('base64');
}
