import { createTransport } from 'nodemailer';
import type { Channel } from '../channel.ts';
import type { Notice } from '../notice.ts';

/** Where messages go, and from whom they come. */
export type Mailing = { readonly to: readonly string[]; readonly from: string };

/**
 * Returns a channel that sends e-mails through a server: `smtps://USER:PASSWORD@HOST`, or `smtp://…`, which
 * is encrypted before anything is said unless the server is on this machine.
 */
export function mail({ to, from }: Mailing, server: URL, isHere: boolean): Channel {
  const { protocol, hostname, port, username, password } = server;
  const isSecure = protocol === 'smtps:';
  const user = decodeURIComponent(username);
  const transport = {
    ...{ host: hostname.replace(/^\[|\]$/g, ''), secure: isSecure },
    port: port === '' ? (isSecure ? 465 : 587) : Number(port),
    ...(user === '' ? {} : { auth: { user, pass: decodeURIComponent(password) } }),
    ...(isHere ? { ignoreTLS: !isSecure } : { requireTLS: true }),
  };
  const send = async (notice: Notice, thread: object, signal: AbortSignal) => {
    const { headline, lines, link } = notice;
    const mailer = createTransport(transport);
    // Its own timeouts are minutes long, and it takes no signal.
    signal.addEventListener('abort', () => mailer.close());
    const text = `${[...lines, '', link].join('\n')}\n`;
    const sent = mailer.sendMail({ from, to: [...to], subject: headline, text, ...thread });
    await Promise.race([sent, aborted(signal)]).finally(() => mailer.close());
  };
  const idOf = ({ id }: Notice) => `<notice-${id}@${from.split('@').at(-1)?.replace('>', '')}>`;
  return {
    async send(notice, signal) {
      const messageId = idOf(notice);
      await send(notice, { messageId }, signal);
      return messageId;
    },
    async close(notice, reference, signal) {
      const thread = reference === undefined ? {} : { inReplyTo: reference, references: reference };
      await send(notice, thread, signal);
    },
  };
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason));
  });
}
