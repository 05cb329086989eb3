import { setTimeout as sleep } from 'node:timers/promises';
import { environmentError, usageError } from '#errors.ts';
import { didYouMean } from '#text/suggest.ts';
import type { Fault, FaultKind } from './fault.ts';
import { EVERY_FAULT } from './faults/every-fault.ts';
import type { Keeper } from './servers/keeper.ts';
import { LAB_ENGINES, type LabEngine, missingEngine, startLab } from './setup/engine.ts';

/** A fault on its own servers, with the keeper that holds them. */
export type StartedFault = Fault & {
  readonly name: string;
  readonly engine: LabEngine;
  readonly keeper: Keeper;
};

/** The tutorial's drill, which fills a server with its own shop. */
const POOL_EXHAUSTED: Pick<FaultKind, 'name' | 'title' | 'engines' | 'missing'> = {
  name: 'pool-exhausted',
  title: 'Every connection of a server is taken by a shop that leaks.',
  engines: ['postgres', 'postgres-system'],
};

/** The faults that can be started, with titles and engines. */
export const STARTABLE_FAULTS: readonly Pick<
  FaultKind,
  'name' | 'title' | 'engines' | 'missing'
>[] = [POOL_EXHAUSTED, ...EVERY_FAULT.filter(({ name }) => name !== POOL_EXHAUSTED.name)];

/** The names of the faults that can be started. */
export const FAULT_NAMES: readonly string[] = STARTABLE_FAULTS.map(({ name }) => name);

/** The timeout for undoing a fault, in milliseconds. Its servers end in any case. */
const UNDO_WITHIN_MS = 10_000;

/**
 * Starts a fault by name on an engine, by default the first one that both the fault and this
 * machine support. Resolves once it is active. Throws a usage error for an unknown name or engine,
 * and an environment error if something is missing.
 */
export async function startFault(name: string, engine?: string): Promise<StartedFault> {
  const kind = STARTABLE_FAULTS.find((known) => known.name === name);
  if (kind === undefined)
    throw usageError(
      `there is no drill "${name}"`,
      didYouMean(name, FAULT_NAMES) ?? 'runbook drill --list names those there are',
    );
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
  return { ...(await startPoolExhausted(binaries)), name: POOL_EXHAUSTED.name, engine };
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
