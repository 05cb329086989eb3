import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { environmentError } from '#errors.ts';
import { foldEvents } from '#events/view/fold.ts';
import type { GateView } from '#events/view/run-view.ts';
import type { FaultCheck } from '#lab/fault.ts';
import { type StartedFault, startFault } from '#lab/start-fault.ts';
import { readRecords } from '#run/journal/cursor.ts';
import type { TeamStore } from '#team/store.ts';
import type { RunningServer, ServerParts } from '../server.ts';
import {
  ALERT,
  type DemoControlPlane,
  sendAlert,
  startControlPlane,
  startDemoWorker,
} from './control-plane.ts';

/** The terminal and the server of a demo. */
export type DemoParts = {
  /** The person who is signed in. */
  readonly person: string;
  readonly say: (text: string) => void;
  /** Starts a server on a control plane, with the path of a `team.yaml`. */
  readonly serve: (
    url: string,
    team: string,
    loginLink: NonNullable<ServerParts['loginLink']>,
  ) => Promise<RunningServer>;
};

/**
 * Shows a team on this machine, with an alert whose run waits at its gate, until this process is
 * asked to stop. Everything ends with the process, however it ends: keepers hold it.
 */
export async function runDemo(parts: DemoParts): Promise<void> {
  const { say } = parts;
  say('Starting PostgreSQL twice, a worker, and a shop that uses up its connections …');
  const [control, shop] = await Promise.all([startControlPlane(), startFault('pool-exhausted')]);
  try {
    await startDemoWorker(control, shop.inputs.database_url ?? '');
    await serveUntilStopped(control, shop, parts);
  } finally {
    await Promise.all([control.keeper.close(), shop.stop()]);
  }
  say('Everything has ended and is removed.');
}

async function serveUntilStopped(
  control: DemoControlPlane,
  shop: StartedFault,
  { person, say, serve }: DemoParts,
): Promise<void> {
  const token = await control.createToken(person);
  const link = { code: randomBytes(32).toString('base64url'), next: '/' };
  let isUsed = false;
  const server = await serve(control.postgres.superuserUrl, control.config, (code) => {
    if (isUsed || code !== link.code) return undefined;
    isUsed = true;
    return { token, next: link.next };
  });
  try {
    const url = server.pagesUrl ?? '';
    await untilReady(url);
    const run = await sendAlert(url, control, shop.inputs.idle_for ?? '');
    link.next = `/r/${run}`;
    const { phrase } = await untilGate(server.store, run);
    const { promise: stopped, resolve: stop } = Promise.withResolvers<void>();
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      process.once(signal, () => stop());
    const address = `${url}/auth/link?code=${link.code}`;
    say(opening({ url, link: address, token, phrase, control, shop }));
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

const POLL_MS = 200;
const WITHIN_MS = 60_000;

/** Resolves once a server has a worker; rejects if it has none for long. */
async function untilReady(url: string): Promise<void> {
  const { ok, text } = await within(async () => {
    const reply = await fetch(`${url}/health/ready`);
    return { isDone: reply.ok, ok: reply.ok, text: await reply.text() };
  });
  if (!ok) throw environmentError(`the demo did not become ready: ${text.trim()}`);
}

/** Resolves with the gate that a run waits at; rejects if it reaches none for long. */
async function untilGate(store: TeamStore, run: string): Promise<GateView> {
  const { gate, status } = await within(async () => {
    const { records } = await readRecords(store.record(run).journal);
    const view = foldEvents(records);
    return { isDone: view?.gate !== undefined, gate: view?.gate, status: view?.status };
  });
  if (gate === undefined)
    throw environmentError(`the run of the demo reached no gate: it is ${status ?? 'queued'}`);
  return gate;
}

/** Resolves with the outcome of a run once it has finished; rejects if aborted. */
async function untilOver(store: TeamStore, run: string, signal: AbortSignal): Promise<string> {
  for (;;) {
    const { outcome } = (await store.run(run)) ?? {};
    if (outcome !== undefined) return outcome;
    await sleep(POLL_MS, undefined, { signal });
  }
}

/** Repeats a look until it is done, or until it has taken too long. */
async function within<T extends { readonly isDone: boolean }>(look: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + WITHIN_MS;
  for (;;) {
    const seen = await look();
    if (seen.isDone || Date.now() > deadline) return seen;
    await sleep(POLL_MS);
  }
}

/** The facts of a demo whose run waits. */
type Opening = {
  readonly url: string;
  readonly link: string;
  readonly token: string;
  /** The phrase of the gate, if it has one. */
  readonly phrase: string | undefined;
  readonly control: Pick<DemoControlPlane, 'postgres'>;
  readonly shop: Pick<StartedFault, 'appUrl'>;
};

/** Returns what was started, the link, how to approve, and how it ends. */
function opening({ url, link, token, phrase, control, shop }: Opening): string {
  const { version, host, port } = control.postgres;
  const press =
    phrase === undefined ? 'press Confirm' : `type the phrase "${phrase}" and press Confirm`;
  return [
    `  control plane  PostgreSQL ${version} on ${host}:${port}`,
    `  shop           PostgreSQL on ${new URL(shop.appUrl()).host}; every connection is taken`,
    '  worker         near the shop; only it knows the password',
    `  server         ${url}`,
    '',
    `The alert ${ALERT} has arrived and started a run. What there is to read has been read,`,
    'and the first change waits for somebody to confirm it. Open:',
    '',
    `  ${link}`,
    '',
    `The link signs you in, once. Read the gate, ${press}. A second`,
    'gate follows. Then the run checks the shop, and ends.',
    `Another browser signs in at ${url} with the token`,
    `  ${token}`,
    '',
    'Ctrl-C ends everything and removes it.',
  ].join('\n');
}

/** Returns how the run of the demo ended, and what a look from outside found. */
function endedText(outcome: string, { gone, collateral }: FaultCheck): string {
  const shop = gone ? 'the shop can log in again' : 'the shop still cannot log in';
  const lost = collateral.length === 0 ? 'No healthy session was lost.' : collateral.join(' ');
  return `The run has ended: ${outcome}. A look from outside: ${shop}. ${lost}`;
}
