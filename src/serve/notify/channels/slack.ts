import { type Channel, post } from '../channel.ts';
import type { Notice } from '../notice.ts';

const API = 'https://slack.com/api';

/** Returns a channel that posts as an app of Slack, and rewrites its message once it is answered. */
export function slack(channel: string, token: string, api: string = API): Channel {
  const call = async (method: string, message: object, signal: AbortSignal) => {
    const headers = {
      'content-type': 'application/json; charset=utf-8',
      authorization: `Bearer ${token}`,
    };
    const body = JSON.stringify({ channel, unfurl_links: false, ...message });
    const reply = replyOf(await post(`${api}/${method}`, { headers, body, signal }));
    // Slack answers 200 also if it took nothing.
    if (!reply.ok) throw new Error(`Slack refused it: ${reply.error ?? 'without a reason'}`);
    return reply;
  };
  return {
    async send(notice, signal) {
      const sent = await call('chat.postMessage', messageOf(notice), signal);
      return sent.ts === undefined ? undefined : JSON.stringify([sent.channel ?? channel, sent.ts]);
    },
    async close(notice, reference, signal) {
      const [place, ts]: readonly string[] = JSON.parse(reference ?? '[]');
      const method = ts === undefined ? 'chat.postMessage' : 'chat.update';
      const to = ts === undefined ? {} : { channel: place, ts };
      await call(method, { ...messageOf(notice), ...to }, signal);
    },
  };
}

type Reply = { readonly ok: boolean } & { readonly [F in 'error' | 'ts' | 'channel']?: string };

function replyOf(text: string): Reply {
  const reply = JSON.parse(text) as Readonly<Record<string, unknown>> | null;
  const texts = ['error', 'ts', 'channel'].flatMap((name) => {
    const value = reply?.[name];
    return typeof value === 'string' ? [[name, value]] : [];
  });
  return { ok: reply?.ok === true, ...Object.fromEntries(texts) };
}

/** Text of runs is no markup: the three characters that Slack reads are escaped. */
function messageOf({ headline, lines, link }: Notice) {
  const said = [`*${escaped(headline)}*`, ...lines.map(escaped), `<${link}|Open the run>`];
  const block = {
    type: 'section',
    text: { type: 'mrkdwn', text: said.join('\n').slice(0, 3_000) },
  };
  return { text: escaped(headline), blocks: [block] };
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
