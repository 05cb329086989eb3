import { type Channel, post } from '../channel.ts';
import type { Notice } from '../notice.ts';

/** The priorities of ntfy by severity; the others have its default, and 1 makes no sound. */
const PRIORITY: Readonly<Record<string, number>> = { critical: 5, high: 4 };
const DEFAULT = 3;
const SILENT = 1;

/** Returns a channel that publishes to a topic of ntfy, e.g. `https://ntfy.example.com/db-oncall`. */
export function ntfy(topicUrl: string, token: string | undefined): Channel {
  const { origin, pathname } = new URL(topicUrl);
  const topic = decodeURIComponent(pathname.slice(1));
  const publish = async (
    { headline, lines, link }: Notice,
    priority: number,
    signal: AbortSignal,
  ) => {
    const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
    await post(`${origin}/`, {
      headers: { 'content-type': 'application/json', ...authorization },
      body: JSON.stringify({
        ...{ topic, title: headline, message: lines.join('\n'), priority, click: link },
        actions: [{ action: 'view', label: 'Open the run', url: link }],
      }),
      signal,
    });
  };
  return {
    send: async (notice, signal) => {
      // Nobody is to be woken for an end.
      const urgent = notice.type === 'run.finished' ? undefined : PRIORITY[notice.severity];
      await publish(notice, urgent ?? DEFAULT, signal);
      return undefined;
    },
    close: (notice, _, signal) => publish(notice, SILENT, signal),
  };
}
