import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { EXIT, usageError } from '#errors.ts';
import { type GameDay, startGameDay } from '#lab/app/game-day.ts';
import type { Health } from '#lab/app/start-application.ts';
import { LAB_ENGINES, type LabEngine } from '#lab/engines.ts';
import { missingEngine } from '#lab/setup/engine.ts';
import { knownFault, pickFault, STARTABLE_FAULTS, startFault } from '#lab/start-fault.ts';
import { type PhaseTimes, phaseTimes } from '#report/phase-times.ts';
import { readRecords } from '#run/journal/cursor.ts';
import { listRows } from '#run/store/row.ts';
import { ENGINE_FACTS } from '#runbook/model/engines.ts';
import { PHASES } from '#runbook/model/terms.ts';
import { clock } from '#text/duration.ts';
import { textTable } from '#text/table.ts';
import type { CommandLine } from '../../command-spec.ts';
import { columnsOf, say } from '../../say.ts';
import type { drill as spec } from '../../specs/setup.ts';
import { storeHere } from '../../surroundings.ts';
import { briefing, pauseToRead } from './briefing.ts';
import { endLeftPractice } from './left-practice.ts';
import { openedRunbook, type PractisedRun, runWhereItIsFelt } from './opened-runbook.ts';

const DEFAULT_FAULT = 'pool-exhausted';

/** `runbook drill`: breaks a real server, runs the runbook for it and checks the result. */
export async function drill({ argument, options }: CommandLine<typeof spec>): Promise<number> {
  if (options.list) {
    say(await faultTable());
    return EXIT.ok;
  }
  const seed = seedFor(argument, options);
  if (argument !== undefined) knownFault(argument);
  await endLeftPractice(storeHere());
  say('Starting a server and breaking it …');
  const { name, engine } =
    seed === undefined
      ? { name: argument ?? DEFAULT_FAULT, engine: options.engine }
      : await pickFault(seed, options.engine);
  const fault = await startFault(name, engine);
  const day = await startGameDay(fault, { blind: options.blind });
  try {
    return await practise(day, { ...options, seed });
  } finally {
    await day.stop();
    for (const id of await endLeftPractice(storeHere()))
      say(`The drill is over: its run ${id} was ended.`);
  }
}

/** The largest seed, exclusive: short enough to tell a colleague. */
const SEEDS = 10_000;

/** Returns the seed of a blind drill without a named fault. Throws a usage error for any other seed. */
function seedFor(
  fault: string | undefined,
  { blind, seed }: { readonly blind: boolean; readonly seed: string | undefined },
): string | undefined {
  if (seed !== undefined && (!blind || fault !== undefined))
    throw usageError(
      '--seed picks the random fault of a blind drill',
      'runbook drill --blind --seed SEED',
    );
  if (!blind || fault !== undefined) return undefined;
  return seed ?? String(randomInt(SEEDS));
}

type PractiseOptions = {
  readonly blind: boolean;
  readonly plain: boolean;
  readonly keep: boolean;
  readonly seed: string | undefined;
};

async function practise(
  day: GameDay,
  { blind, plain, keep, seed }: PractiseOptions,
): Promise<number> {
  const complaint = await day.complaint();
  const opened = await openedRunbook(day, { blind, complaint });
  say(await briefing(day, { opened, blind, seed, complaint }));
  if ((blind || day.scripts.length > 0) && !(await pauseToRead())) return EXIT.paused;
  const since = new Date().toISOString();
  const gone = goneTerminal();
  const run = await runWhereItIsFelt(opened, { plain, surroundings: day.fault.surroundings });
  const { isGone, text } = await debriefing(day, { ...run, since });
  say(text);
  if (blind)
    say(
      `The fault was ${day.fault.name} on ${engineName(day.fault.engine)}.\n${day.fault.describe}`,
    );
  if (keep) await waitForInterrupt(gone);
  return run.code === EXIT.ok && !isGone ? EXIT.unresolved : run.code;
}

/** Resolves once the terminal is gone or a signal asks the drill to end, even during the run. */
function goneTerminal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
  });
}

/** Keeps the servers running until Ctrl-C, or until the terminal is closed. */
async function waitForInterrupt(gone: Promise<void>): Promise<void> {
  say('The servers keep running. Ctrl-C stops them.');
  const interrupted = new Promise<void>((resolve) => process.once('SIGINT', () => resolve()));
  await Promise.race([interrupted, gone]);
}

const NAMES: Readonly<Record<LabEngine, string>> = {
  postgres: ENGINE_FACTS.postgres.name,
  'postgres-system': `the machine's ${ENGINE_FACTS.postgres.name}`,
  mariadb: ENGINE_FACTS.mariadb.name,
  mysql: ENGINE_FACTS.mysql.name,
  pgbouncer: 'PgBouncer',
  failover: `${ENGINE_FACTS.postgres.name} with a standby behind HAProxy`,
};

/** Returns the display name of an engine of the lab. */
function engineName(engine: LabEngine): string {
  return NAMES[engine];
}

/** Returns the available faults with their engines, and the missing requirements below. */
async function faultTable(): Promise<string> {
  const engines = await Promise.all(
    LAB_ENGINES.map(async (engine) => ({ engine, missing: await missingEngine(engine) })),
  );
  const faults = await Promise.all(
    STARTABLE_FAULTS.map(async (kind) => ({ ...kind, reason: await kind.missing?.() })),
  );
  const rows = faults.map(({ name, title, reason, engines: own }) => [
    name,
    ...engines.map(({ engine, missing }) =>
      own.includes(engine) ? ((reason ?? missing) === undefined ? 'yes' : 'missing') : '-',
    ),
    title,
  ]);
  const reasons = [
    ...engines.map(({ engine, missing }) => [engine, missing] as const),
    ...faults.map(({ name, reason }) => [name, reason] as const),
  ].flatMap(([what, reason]) => (reason === undefined ? [] : [`${what}: ${reason}`]));
  const head = ['FAULT', ...LAB_ENGINES.map((it) => it.toUpperCase()), 'TITLE'];
  const table = textTable(head, rows, columnsOf());
  return reasons.length === 0 ? table : `${table}\n\nMissing here:\n  ${reasons.join('\n  ')}`;
}

/** Time limit for the shop to recover, in milliseconds. */
const RECOVERS_WITHIN_MS = 8_000;
const POLL_MS = 250;

/** Checks the outcome of a drill independently of its run, and describes both. */
async function debriefing(
  day: GameDay,
  { pid, since }: PractisedRun & { readonly since: string },
): Promise<{ readonly isGone: boolean; readonly text: string }> {
  const { gone, collateral } = await day.fault.check();
  const { status, text } = await healthAfter(day, gone);
  const lines = [
    `Independent check: the fault is ${gone ? 'fixed' : 'still present'}.`,
    `The health page ${status === 200 ? 'is healthy again' : `still fails (${status}: ${text})`}.`,
    ...(collateral.length === 0
      ? ['No healthy session was lost.']
      : collateral.map((loss) => `Lost: ${loss}`)),
    ...(await timesOf(pid, since)),
  ];
  return { isGone: gone, text: lines.join('\n') };
}

async function healthAfter({ application }: GameDay, gone: boolean): Promise<Health> {
  const deadline = Date.now() + (gone ? RECOVERS_WITHIN_MS : 0);
  for (;;) {
    const health = await application.health();
    if (health.status === 200 || Date.now() >= deadline) return health;
    await sleep(POLL_MS);
  }
}

/** Only the drill's own runs, also if resumed elsewhere: other drills write to the same store. */
async function timesOf(pid: number | undefined, since: string): Promise<readonly string[]> {
  const store = storeHere();
  const runs = (await listRows(store)).filter(
    ({ startedAt }) => startedAt !== undefined && startedAt >= since,
  );
  const lines = await Promise.all(
    runs.toReversed().map(async ({ id, runbook }) => {
      const { records } = await readRecords((await store.open(id)).journal);
      const started = records[0]?.event;
      if (started?.type !== 'run.started' || started.pid !== pid) return [];
      return [`${runbook}: ${timesText(phaseTimes(records))}`];
    }),
  );
  return lines.flat();
}

function timesText({ phases, firstDecision, total }: PhaseTimes): string {
  const parts = PHASES.map((phase) => `${phase} ${clock(phases[phase])}`);
  const first = firstDecision === undefined ? '' : `; first decision after ${clock(firstDecision)}`;
  return `${parts.join(', ')}, ${clock(total)} in total${first}`;
}
