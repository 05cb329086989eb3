import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { test } from 'vitest';
import { type CollectedTest, collected, collectFile, setPatience } from './collected-tests.ts';

type Plan = {
  readonly tests: readonly string[];
  readonly mutants: readonly string[];
  readonly progress: string;
};

type Hits = Readonly<Record<string, number>>;

/** What the instrumented code reads and counts. */
type Instrumented = {
  activeMutant?: string | undefined;
  currentTestId?: string | undefined;
  hitCount?: number | undefined;
  hitLimit?: number | undefined;
  mutantCoverage?: { readonly static: Hits; readonly perTest: Readonly<Record<string, Hits>> };
};

/** A test, how long it takes unchanged, how many mutants it has detected, and how long that took in all. */
type Judge = { readonly test: CollectedTest; readonly ms: number; kills: number; spentMs: number };

type Result = {
  readonly status: string;
  readonly static?: boolean;
  readonly statusReason?: string;
};

// What has to come is waited for longer while no mutant can keep it from coming.
const PATIENCE_MS = { before: 30_000, mutated: 3000 };
const AFTERWARDS_MS = 180_000;
const HIT_LIMIT_FACTOR = 100;

const plan: Plan = JSON.parse(readFileSync(new URL('plan.json', import.meta.url), 'utf8'));
const shared = globalThis as { __stryker__?: Instrumented };
shared.__stryker__ ??= {};
const instrumented = shared.__stryker__;

test('every mutant is detected', async () => {
  for (const file of plan.tests) {
    collectFile(file);
    await import(/* @vite-ignore */ new URL(`../../../${file}`, import.meta.url).href);
  }
  setPatience(PATIENCE_MS.before);
  const judges = await runAll();
  const { static: atImport, perTest } = instrumented.mutantCoverage ?? { static: {}, perTest: {} };
  setPatience(PATIENCE_MS.mutated);
  const known = idsIn(plan.progress);
  for (const id of plan.mutants.filter((one) => !known.has(one))) {
    const reaching = judges.filter((_, index) => perTest[index]?.[id] !== undefined);
    const hits = judges.reduce((sum, _, index) => sum + (perTest[index]?.[id] ?? 0), 0);
    const result: Result =
      reaching.length > 0
        ? await judged(id, hits, reaching)
        : // A constant of a file is changed for all tests at once, which would take a run of them all.
          atImport[id] === undefined
          ? { status: 'NoCoverage' }
          : { status: 'Ignored', static: true };
    appendFileSync(plan.progress, `${JSON.stringify({ id, ...result })}\n`);
  }
  setPatience(PATIENCE_MS.before);
  noteCurrent(plan.mutants.at(-1) ?? '', Date.now() + AFTERWARDS_MS);
  await runAll();
});

/** Runs every test once, unchanged. Throws if one fails. */
async function runAll(): Promise<readonly Judge[]> {
  const judges: Judge[] = [];
  for (const [index, one] of collected.entries()) {
    instrumented.currentTestId = `${index}`;
    const startedAt = performance.now();
    await one.run().catch((cause: unknown) => {
      throw new Error(`${one.file}: ${one.name}`, { cause });
    });
    const ms = performance.now() - startedAt;
    judges.push({ test: one, ms, kills: 0, spentMs: ms });
  }
  instrumented.currentTestId = undefined;
  return judges;
}

/** Switches a mutant on, and runs tests that reach it until one fails. */
async function judged(id: string, hits: number, reaching: readonly Judge[]): Promise<Result> {
  instrumented.activeMutant = id;
  try {
    for (const judge of likeliestFirst(reaching)) {
      instrumented.hitCount = 0;
      instrumented.hitLimit = hits * HIT_LIMIT_FACTOR + 1000;
      const startedAt = performance.now();
      const failure = await failureOf(id, judge);
      judge.spentMs += performance.now() - startedAt;
      if (failure === undefined) continue;
      judge.kills += 1;
      const isLate = failure === 'late' || failure.includes('Hit count limit');
      const statusReason = `${judge.test.file} > ${judge.test.name}`;
      return { status: isLate ? 'Timeout' : 'Killed', statusReason };
    }
    return { status: 'Survived' };
  } finally {
    instrumented.activeMutant = undefined;
    instrumented.hitCount = undefined;
  }
}

/** Returns why a test fails now, `late` if it does not end in time, or undefined if it passes. */
async function failureOf(id: string, { test: one, ms }: Judge): Promise<string | undefined> {
  const limit = PATIENCE_MS.mutated + 10 * ms;
  // Code that never yields is not ended from here: whoever started this process ends it.
  noteCurrent(id, Date.now() + 2 * limit + 10_000);
  const { promise: late, resolve } = Promise.withResolvers<string>();
  const timer = setTimeout(resolve, limit, 'late');
  try {
    return await Promise.race([late, one.run().then(() => undefined)]);
  } catch (error) {
    return error instanceof Error ? error.message : 'failed';
  } finally {
    clearTimeout(timer);
  }
}

/** Notes which mutant is switched on, and when this process counts as hanging. */
function noteCurrent(id: string, until: number): void {
  writeFileSync(new URL('current.json', import.meta.url), `${JSON.stringify({ id, until })}\n`);
}

/** Tests that detected most for what they cost come first; of the others, quick ones. */
function likeliestFirst(judges: readonly Judge[]): readonly Judge[] {
  const worth = ({ kills, spentMs }: Judge) => kills / (spentMs + 1);
  return judges.toSorted((one, other) => worth(other) - worth(one) || one.ms - other.ms);
}

function idsIn(progress: string): ReadonlySet<string> {
  const lines = readFileSync(progress, 'utf8').trim().split('\n').slice(1);
  return new Set(lines.map((line) => JSON.parse(line).id));
}
