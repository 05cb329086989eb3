import { setTimeout as sleep } from 'node:timers/promises';
import { environmentError } from '#errors.ts';
import { foldEvents } from '#events/view/fold.ts';
import type { GateView } from '#events/view/run-view.ts';
import { readRecords } from '#run/journal/cursor.ts';
import type { TeamStore } from '#team/store.ts';

const POLL_MS = 200;
const WITHIN_MS = 60_000;

/** Resolves once a server has a worker; rejects if it has none for long. */
export async function untilReady(url: string): Promise<void> {
  const { ok, text } = await within(async () => {
    const reply = await fetch(`${url}/health/ready`);
    return { isDone: reply.ok, ok: reply.ok, text: await reply.text() };
  });
  if (!ok) throw environmentError(`the demo did not become ready: ${text.trim()}`);
}

/** Resolves with the gate that a run waits at; rejects if it reaches none for long. */
export async function untilGate(store: TeamStore, run: string): Promise<GateView> {
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
export async function untilOver(
  store: TeamStore,
  run: string,
  signal: AbortSignal,
): Promise<string> {
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
