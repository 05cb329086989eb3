import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { environmentError, usageError } from '#errors.ts';
import { didYouMean } from '#text/suggest.ts';
import { LAB_ENGINES, type LabEngine, POSTGRES_SERVERS } from './engines.ts';
import type { Fault, FaultKind } from './fault.ts';
import { EVERY_FAULT } from './faults/all.ts';
import type { Keeper } from './servers/keeper.ts';
import { missingEngine, startLab } from './setup/engine.ts';
import { type Logins, operatorLogins } from './setup/lab.ts';

/** A fault on its own servers, with the keeper that holds them. */
export type StartedFault = Fault & {
  readonly name: string;
  readonly engine: LabEngine;
  readonly keeper: Keeper;
  /** The logins of the operator on call besides the application's. */
  readonly logins: Logins;
};

/** The tutorial's drill, which fills a server with its own shop. */
const POOL_EXHAUSTED: Pick<FaultKind, 'name' | 'title' | 'engines' | 'missing'> = {
  name: 'pool-exhausted',
  title: 'A shop that leaks takes every connection of a server',
  engines: POSTGRES_SERVERS,
};

/** The faults that can be started, with titles and engines. */
export const STARTABLE_FAULTS: readonly Pick<
  FaultKind,
  'name' | 'title' | 'engines' | 'missing'
>[] = [POOL_EXHAUSTED, ...EVERY_FAULT.filter(({ name }) => name !== POOL_EXHAUSTED.name)];

/** The names of the faults that can be started. */
export const FAULT_NAMES: readonly string[] = STARTABLE_FAULTS.map(({ name }) => name);

/**
 * Picks a fault and its engine by a seed: on one machine always the same ones. An engine narrows the
 * choice. Throws an environment error if nothing can be made here.
 */
export async function pickFault(
  seed: string,
  wanted?: string,
): Promise<{ readonly name: string; readonly engine: string }> {
  const rank = (text: string) => createHash('sha256').update(`${seed} ${text}`).digest('hex');
  const inOrder = <T>(all: readonly T[], nameOf: (one: T) => string): readonly T[] =>
    all.toSorted((a, b) => (rank(nameOf(a)) < rank(nameOf(b)) ? -1 : 1));
  for (const { name, engines, missing } of inOrder(STARTABLE_FAULTS, ({ name }) => name)) {
    // The machine's own PostgreSQL is not another kind of server.
    const own = engines.filter((it) => it !== 'postgres-system' || !engines.includes('postgres'));
    const candidates = wanted === undefined ? own : engines.filter((engine) => engine === wanted);
    if (candidates.length === 0 || (await missing?.()) !== undefined) continue;
    for (const engine of inOrder(candidates, (it) => `${name} ${it}`))
      if ((await missingEngine(engine)) === undefined) return { name, engine };
  }
  throw environmentError('no fault can be made here', 'see what is missing: runbook drill --list');
}

/** The timeout for undoing a fault, in milliseconds. Its servers end in any case. */
const UNDO_WITHIN_MS = 10_000;

/** Returns a fault that can be started, by its name. Throws a usage error for an unknown one. */
export function knownFault(name: string): (typeof STARTABLE_FAULTS)[number] {
  const kind = STARTABLE_FAULTS.find((known) => known.name === name);
  if (kind !== undefined) return kind;
  const alike = FAULT_NAMES.filter((known) => known.includes(name));
  throw usageError(
    `there is no drill "${name}"`,
    didYouMean(name, FAULT_NAMES) ??
      (alike.length > 0
        ? `did you mean one of these? ${alike.join(', ')}`
        : 'list the faults: runbook drill --list'),
  );
}

/**
 * Starts a fault by name on an engine, by default the first one that both the fault and this
 * machine support. Resolves once it is active. Throws a usage error for an unknown name or engine,
 * and an environment error if something is missing.
 */
export async function startFault(name: string, engine?: string): Promise<StartedFault> {
  const kind = knownFault(name);
  const missing = await kind.missing?.();
  if (missing !== undefined) throw environmentError(`${name} cannot be made here: ${missing}`);
  const chosen = await chooseEngine(kind, engine);
  if (name === POOL_EXHAUSTED.name) return await startFilled(chosen);
  const made = EVERY_FAULT.find((known) => known.name === name);
  if (made === undefined) throw usageError(`there is no drill "${name}"`);
  return await startOnLab(made, chosen);
}

async function chooseEngine(
  { name, engines }: Pick<FaultKind, 'name' | 'engines'>,
  wanted: string | undefined,
): Promise<LabEngine> {
  const known = LAB_ENGINES.filter((engine) => engines.includes(engine));
  const candidates = wanted === undefined ? known : known.filter((engine) => engine === wanted);
  if (candidates.length === 0)
    throw usageError(`${name} is not a fault of ${wanted}`, `it is one of: ${known.join(', ')}`);
  const reasons: string[] = [];
  for (const engine of candidates) {
    const missing = await missingEngine(engine);
    if (missing === undefined) return engine;
    reasons.push(missing);
  }
  throw environmentError(`${name} cannot be made here: ${reasons.join('; ')}`);
}

async function startFilled(engine: LabEngine): Promise<StartedFault> {
  const { startPoolExhausted } = await import('./shop/pool-exhausted.ts');
  const binaries = engine === 'postgres-system' ? { binaries: 'system' as const } : {};
  const fault = await startPoolExhausted(binaries);
  const logins = { ADMIN_DATABASE_URL: fault.urls.oncall };
  return { ...fault, name: POOL_EXHAUSTED.name, engine, logins };
}

async function startOnLab(kind: FaultKind, engine: LabEngine): Promise<StartedFault> {
  const lab = await startLab(engine);
  try {
    const { undo, ...made } = await kind.make(lab);
    let stopping: Promise<void> | undefined;
    const stop = async () => {
      const late = sleep(UNDO_WITHIN_MS, undefined, { ref: false });
      await Promise.race([undo().catch(() => {}), late]);
      await lab.close();
    };
    return {
      ...made,
      name: kind.name,
      engine,
      keeper: lab.keeper,
      logins: operatorLogins(lab),
      stop() {
        stopping ??= stop();
        return stopping;
      },
    };
  } catch (error) {
    await lab.close();
    throw error;
  }
}
