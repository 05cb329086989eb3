import { randomBytes } from 'node:crypto';
import { EXIT, type ExitCode } from '#errors.ts';
import { type StartedFault, startFault } from '#lab/start-fault.ts';
import { say } from '../../../say.ts';
import { surroundingsHere } from '../../../surroundings.ts';
import { checkedAddress, loadServerConfig } from '../config.ts';
import { startServer } from '../running.ts';
import { sendAlert } from './alert.ts';
import { type DemoControlPlane, startControlPlane } from './control-plane.ts';
import { endedText, opening } from './texts.ts';
import { untilGate, untilOver, untilReady } from './until.ts';
import { startDemoWorker } from './worker.ts';

/** A port that is free. */
const ANYWHERE = '127.0.0.1:0';

/**
 * `runbook server --demo`: a team on this machine, with an alert whose run waits at its gate, until
 * it is asked to stop. Everything ends with this process, however it ends: keepers hold it.
 */
export async function demonstrate(listen = ANYWHERE): Promise<ExitCode> {
  // Refuses an address that others reach before anything has started.
  checkedAddress(listen, undefined);
  say('Starting PostgreSQL twice, a worker, and a shop that uses up its connections …');
  const [control, shop] = await Promise.all([startControlPlane(), startFault('pool-exhausted')]);
  try {
    await startDemoWorker(control, shop.inputs.database_url ?? '');
    await serveUntilStopped(control, shop, listen);
  } finally {
    await Promise.all([control.keeper.close(), shop.stop()]);
  }
  say('Everything has ended and is removed.');
  return EXIT.ok;
}

async function serveUntilStopped(
  control: DemoControlPlane,
  shop: StartedFault,
  listen: string,
): Promise<void> {
  const person = surroundingsHere().operator;
  const token = await control.createToken(person);
  const link = { code: randomBytes(32).toString('base64url'), next: '/' };
  let isUsed = false;
  const server = await startServer({
    url: control.postgres.superuserUrl,
    config: await loadServerConfig({ config: control.config, listen }, []),
    dirs: [],
    say: (text) => process.stderr.write(`runbook server: ${text}\n`),
    loginLink: (code) => {
      if (isUsed || code !== link.code) return undefined;
      isUsed = true;
      return { token, next: link.next };
    },
  });
  try {
    const url = server.pagesUrl ?? '';
    await untilReady(url);
    const run = await sendAlert(url, control, shop.inputs.idle_for ?? '');
    link.next = `/r/${run}`;
    const gate = await untilGate(server.store, run);
    const { promise: stopped, resolve: stop } = Promise.withResolvers<void>();
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      process.once(signal, () => stop());
    const address = `${url}/auth/link?code=${link.code}`;
    say(opening({ url, link: address, token, phrase: gate.phrase, control, shop }));
    const watching = new AbortController();
    void untilOver(server.store, run, watching.signal).then(
      async (outcome) => say(endedText(outcome, await shop.check())),
      () => undefined,
    );
    await stopped;
    watching.abort();
  } finally {
    await server.stop();
  }
}
