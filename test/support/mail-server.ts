import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { SMTPServer } from 'smtp-server';
import { onTestFinished } from 'vitest';

/** An e-mail as a server took it. */
export type TakenMail = { readonly to: readonly string[]; readonly text: string };

/** Starts a mail server with one login and without TLS on this machine, until the test ends. */
export async function startMailServer(login: { readonly user: string; readonly pass: string }) {
  const received: TakenMail[] = [];
  const server = new SMTPServer({
    disabledCommands: ['STARTTLS'],
    allowInsecureAuth: true,
    onAuth: ({ username, password }, _, done) =>
      username === login.user && password === login.pass
        ? done(null, { user: username })
        : done(new Error('unknown login')),
    onData: (stream, { envelope }, done) =>
      void text(stream).then((whole) => {
        received.push({ to: envelope.rcptTo.map(({ address }) => address), text: whole });
        done();
      }),
  });
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  onTestFinished(() => new Promise((resolve) => server.close(() => resolve())));
  const { port } = server.server.address() as AddressInfo;
  const url = new URL(`smtp://127.0.0.1:${port}`);
  url.username = login.user;
  url.password = login.pass;
  return { url, received };
}
