import { setTimeout as delay } from 'node:timers/promises';
import { expect, vi } from 'vitest';
import { type SwitchingProxy, startSwitchingProxy } from './switching-proxy.ts';
import { epochsOf, isChange, unasked, unconfirmed } from './team-invariants.ts';
import { answerAll } from './team-people.ts';
import type { TeamStage, WorkerProcess } from './team-stage.ts';

/** What a monkey does, with the part of all it does. A stall keeps back what PostgreSQL answers. */
const DEEDS = {
  kills: 0.34,
  stops: 0.14,
  drains: 0.14,
  cuts: 0.16,
  stalls: 0.14,
  outages: 0.08,
};
type Deed = keyof typeof DEEDS;

/** How often a monkey did what, and what came of it. */
export type Mischief = Readonly<Record<Deed, number>> & {
  readonly runs: number;
  readonly resumes: number;
  readonly confirmations: number;
  readonly starts: number;
  readonly changes: number;
  readonly unknown: number;
  readonly stale: number;
  readonly violations: readonly string[];
};

/** Short leases: what is killed is found soon. */
const TIMES = { beatMs: 200, giveUpMs: 3_000, deadMs: 6_000 };

type Options = {
  readonly runs: number;
  readonly workers: number;
  /** How long the mischief goes on. */
  readonly ms: number;
  readonly everyMs: number;
  /** The text of the runbook, and a file with it. */
  readonly text: string;
  readonly book: string;
  readonly random: () => number;
};

/** A place of a worker, behind a network of its own. */
type Slot = {
  readonly proxy: SwitchingProxy;
  worker?: WorkerProcess;
  starting?: Promise<void> | undefined;
};

/** One row for each change that was executed, whoever executed it and whatever the records say. */
const JUDGE = `
CREATE TABLE judge (run text, session text DEFAULT current_setting('application_name'));
CREATE FUNCTION judge() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  INSERT INTO judge (run) VALUES (NEW.run); RETURN NULL;
END $$;
CREATE TRIGGER judge AFTER INSERT ON released FOR EACH ROW EXECUTE FUNCTION judge();
`;

/** The number of times that a worker or its network is harmed, at least. */
export const LEAST_DEEDS = 5;

/**
 * Kills, stops and drains workers, cuts and stalls their networks, and restarts PostgreSQL, while people
 * answer what the runs ask; then lets all runs end and looks for violations. Every change whose outcome
 * is unknown is looked at again, and repeated by a person if it was not made.
 */
export async function letMonkeyLoose(stage: TeamStage, options: Options): Promise<Mischief> {
  const { text, book, random, everyMs } = options;
  await stage.patient.query(JUDGE);
  const label = 'monkey';
  const told = { labels: [label], books: [book], holdMs: 2_000, times: TIMES };
  const runs: string[] = [];
  const inputs = { read_seconds: '0.3', change_seconds: '1' };
  const creating = (async () => {
    for (let run = 0; run < options.runs; run += 1) {
      const created = await stage.create(inputs, { label, text }).catch(() => undefined);
      if (created !== undefined) runs.push(created);
      else run -= 1;
      await delay((options.ms * 0.8) / options.runs);
    }
  })();
  const control = new URL(stage.control.superuserUrl);
  const port = Number(control.port);
  const slots: Slot[] = await Promise.all(
    Array.from({ length: options.workers }, async () => ({
      proxy: await startSwitchingProxy(port),
    })),
  );
  const violations: string[] = [];
  const ended: Promise<void>[] = [];
  const fill = (slot: Slot) => {
    const { worker } = slot;
    const isThere = worker !== undefined && worker.child.exitCode === null;
    if ((isThere && worker.child.signalCode === null) || slot.starting !== undefined) return;
    const url = new URL(control);
    url.port = String(slot.proxy.port);
    slot.starting = stage.startWorker({ ...told, url: url.href }).then((started) => {
      slot.worker = started;
      slot.starting = undefined;
      // Killed, left in order, left without an answer, or lost its lease: nothing else ends a worker.
      const check = (code: number | null) => {
        if (![null, 0, 5, 86].includes(code)) violations.push(`${started.id} ended with ${code}`);
      };
      ended.push(started.exited.then(check));
    });
  };
  const leave = ({ worker }: Slot) => signal(worker, 'SIGTERM');
  const networks: Promise<void>[] = [];
  const deeds: Readonly<Record<Deed, (slot: Slot) => Promise<void> | undefined>> = {
    kills: ({ worker }) => signal(worker, 'SIGKILL'),
    stops: ({ worker }) => worker && stop(worker, 9_000 * random()),
    drains: leave,
    // While the next things happen; often a worker leaves as soon as its network is back.
    cuts: (slot) => {
      const then = random() < 0.4 ? leave : undefined;
      networks.push(cut(slot.proxy, port, 4_000 * random()).then(() => then?.(slot)));
      return undefined;
    },
    stalls: ({ proxy }) => {
      networks.push(stall(proxy, 8_000 * random()));
      return undefined;
    },
    outages: () => stage.control.restart('immediate'),
  };
  for (const slot of slots) fill(slot);
  await Promise.all(slots.map(({ starting }) => starting));
  const counts: Record<Deed, number> = {
    kills: 0,
    stops: 0,
    drains: 0,
    cuts: 0,
    stalls: 0,
    outages: 0,
  };
  const over = new AbortController();
  const people = answerAll(stage, runs, over.signal);
  // On a slow machine each deed takes longer: without enough of them nothing would be shown.
  const isEnough = () =>
    counts.kills + counts.stops + counts.drains + counts.cuts + counts.stalls >= LEAST_DEEDS;
  for (const end = performance.now() + options.ms; performance.now() < end || !isEnough(); ) {
    await delay(everyMs * (0.5 + random()));
    for (const slot of slots) fill(slot);
    const slot = await victimOf(stage, slots, random);
    if (slot === undefined) continue;
    const deed = deedAt(random());
    counts[deed] += 1;
    await deeds[deed](slot);
    violations.push(...(await heldByEnded(stage)));
  }
  await Promise.all(networks);
  await creating;
  await vi.waitFor(
    async () => {
      for (const slot of slots) fill(slot);
      const open = (await stage.store.runs({ state: 'open', limit: 1_000 })).filter(({ id }) =>
        runs.includes(id),
      );
      expect(
        open.map(({ id, status, waitingFor, trouble }) => ({ id, status, waitingFor, trouble })),
      ).toEqual([]);
    },
    { timeout: 90_000, interval: 300 },
  );
  over.abort();
  const stale = await people;
  await Promise.all(slots.map(({ starting }) => starting));
  for (const slot of slots) leave(slot);
  await Promise.all(ended);
  const found = await account(stage, runs);
  return {
    ...found,
    ...counts,
    runs: runs.length,
    stale,
    violations: [...violations, ...found.violations],
  };
}

/** Returns the deed at a point between 0 and 1. */
function deedAt(point: number): Deed {
  let rest = point;
  const found = Object.entries(DEEDS).find(([, part]) => {
    rest -= part;
    return rest < 0;
  });
  return (found?.[0] ?? 'kills') as Deed;
}

/** Prefers a worker that makes a change now. */
async function victimOf({ pool }: TeamStage, slots: readonly Slot[], random: () => number) {
  const { rows } = await pool
    .query<{ holder: string }>(
      `SELECT holder FROM runbook.run
       WHERE status = 'running' AND current_step = 'release' AND holder IS NOT NULL`,
    )
    .catch(() => ({ rows: [] }));
  const holder = rows[Math.floor(random() * rows.length)]?.holder;
  const there = slots.filter(
    ({ starting, worker }) => starting === undefined && worker !== undefined,
  );
  return (
    there.find(({ worker }) => worker?.id === holder) ?? there[Math.floor(random() * there.length)]
  );
}

function signal(worker: WorkerProcess | undefined, name: NodeJS.Signals): undefined {
  worker?.child.kill(name);
}

/** Stops a process for a while. It ends by itself if that was longer than its lease. */
async function stop({ child }: WorkerProcess, ms: number): Promise<void> {
  child.kill('SIGSTOP');
  await delay(ms);
  child.kill('SIGCONT');
  await delay(500);
}

/** Ends the connections of a worker to PostgreSQL, and refuses others for a while. */
async function cut(proxy: SwitchingProxy, port: number, ms: number): Promise<void> {
  proxy.leadTo(1);
  proxy.cut();
  await delay(ms);
  proxy.leadTo(port);
}

/** Lets no answer of PostgreSQL through for a while; what was sent may have been committed. */
async function stall(proxy: SwitchingProxy, ms: number): Promise<void> {
  proxy.hold();
  await delay(ms);
  proxy.release();
}

/** Resolves with the open runs that a worker holds although it has ended. */
async function heldByEnded({ pool }: TeamStage): Promise<readonly string[]> {
  const { rows } = await pool
    .query<{ id: string; holder: string }>(
      `SELECT r.id, r.holder FROM runbook.run r JOIN runbook.worker w ON w.id = r.holder
       WHERE r.finished_at IS NULL AND w.state NOT IN ('alive', 'draining')`,
    )
    .catch(() => ({ rows: [] }));
  return rows.map(({ id, holder }) => `${id}: ${holder} holds it, and has ended`);
}

async function account(stage: TeamStage, runs: readonly string[]) {
  const total = { resumes: 0, confirmations: 0, starts: 0, changes: 0, unknown: 0 };
  const violations: string[] = [];
  for (const run of runs) {
    const records = await stage.records(run);
    const events = records.map(({ event }) => event);
    const confirmations = events.filter(
      (it) => it.type === 'gate.answered' && it.answer === 'confirmed',
    ).length;
    const starts = events.filter(isChange).length;
    const judged = await stage.patient.query<{ session: string }>(
      'SELECT session FROM judge WHERE run = $1',
      [run],
    );
    const changes = judged.rows.length;
    total.resumes += events.filter(({ type }) => type === 'run.resumed').length;
    total.unknown += events.filter(
      (it) => it.type === 'operator.awaited' && it.for === 'unknown',
    ).length;
    total.confirmations += confirmations;
    total.starts += starts;
    total.changes += changes;
    if (confirmations < starts)
      violations.push(`${run}: ${starts} starts, ${confirmations} confirmations`);
    if ((await stage.store.run(run))?.holder !== undefined)
      violations.push(`${run}: it is held, and has finished`);
    if (changes !== 1) violations.push(`${run}: ${changes} changes`);
    for (const { session } of judged.rows)
      if (session !== `runbook/${run}`) violations.push(`${run}: it was changed by ${session}`);
    violations.push(
      ...(await epochsOf(stage, run)),
      ...unasked(run, events),
      ...unconfirmed(run, events),
    );
  }
  return { ...total, violations };
}
