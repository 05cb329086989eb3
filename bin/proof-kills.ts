// Kills runs with SIGKILL, behind every line of their journal and at random moments, resumes them, and
// prints what came of it: `npm run proof:kills -- [--quick] [--random N] [--only NAME]`.
import { readFileSync } from 'node:fs';
import { cpus, release } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type PoolExhausted, startPoolExhausted } from '#lab/shop/pool-exhausted.ts';
import { type Kill, type Subject, type Trial, tryKills } from './kills/trial.ts';

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    random: { type: 'string', default: '200' },
    only: { type: 'string' },
    'at-a-time': { type: 'string', default: '2' },
  },
});
const atATime = Number(values['at-a-time']);
const random = values.quick ? 6 : Number(values.random);

/** A run of one subject, with a world of its own. */
type World = { readonly subject: Subject; readonly close: () => Promise<void> };

async function changes(): Promise<World> {
  const check = async (folder: string): Promise<readonly string[]> => {
    const ledger = readFileSync(join(folder, 'ledger'), 'utf8');
    const missing = ['one', 'two', 'each a', 'each b', 'three'].filter(
      (step) => !ledger.includes(`end ${step}`),
    );
    return missing.map((step) => `${step} was not done`);
  };
  const subject = {
    runbook: at('./kills/changes.yaml'),
    given: (folder: string) => ({ ledger: join(folder, 'ledger') }),
    ledger: true,
    check,
  };
  return { subject, close: async () => undefined };
}

async function poolExhausted(): Promise<World> {
  const lab: PoolExhausted = await startPoolExhausted({ idleSeconds: 1 });
  const check = async (): Promise<readonly string[]> => {
    const { gone, collateral } = await lab.check();
    return [...(gone ? [] : ['the fault is still there']), ...collateral];
  };
  const subject = {
    runbook: at('../runbooks/pool-exhausted.yaml'),
    given: () => lab.inputs,
    ledger: false,
    check,
  };
  return { subject, close: () => lab.stop() };
}

const SUBJECTS: Readonly<Record<string, () => Promise<World>>> = {
  'shell changes': changes,
  'pool-exhausted': poolExhausted,
};

/** Makes a world, runs a trial in it, and removes it. */
async function inWorld(make: () => Promise<World>, kills: readonly Kill[]): Promise<Trial> {
  const { subject, close } = await make();
  try {
    return await tryKills(subject, kills);
  } finally {
    await close();
  }
}

async function inTurns(
  name: string,
  trials: readonly (() => Promise<Trial>)[],
): Promise<readonly Trial[]> {
  const results: Trial[] = [];
  const waiting = [...trials];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const trial = await next();
      results.push(trial);
      const found = problemsOf(trial).map((problem) => `\n  ${problem}`);
      process.stderr.write(`${name}: ${results.length} of ${trials.length}${found.join('')}\n`);
    }
  };
  await Promise.all(Array.from({ length: atATime }, work));
  return results;
}

const PROBLEMS = ['twice', 'lost', 'refused', 'unverified', 'unfinished'] as const;

function problemsOf(trial: Trial): readonly string[] {
  return PROBLEMS.flatMap((field) => trial[field].map((what) => `${field}: ${what}`));
}

type Row = { readonly name: string; readonly when: string; readonly trials: readonly Trial[] };

const rows: Row[] = [];
for (const [name, make] of Object.entries(SUBJECTS)) {
  if (values.only !== undefined && values.only !== name) continue;
  const whole = await inWorld(make, []);
  process.stderr.write(`${name}: ${whole.lines} lines\n`);
  const step = values.quick ? 7 : 1;
  const boundaries = Array.from({ length: whole.lines }, (_, line) => line + 1).filter(
    (line) => line % step === 0,
  );
  const behindLines = boundaries.map((afterLine) => () => inWorld(make, [{ afterLine }]));
  rows.push({
    name,
    when: 'behind each line',
    trials: await inTurns(`${name}, behind each line`, behindLines),
  });
  const moments = Array.from(
    { length: random },
    () => () => inWorld(make, randomKills(whole.lines)),
  );
  rows.push({
    name,
    when: 'random moments',
    trials: await inTurns(`${name}, random moments`, moments),
  });
}

/** One to three kills, each up to 60 ms after any line; a process that is resumed writes fewer. */
function randomKills(lines: number): readonly Kill[] {
  return Array.from({ length: 1 + Math.floor(Math.random() * 3) }, (_, earlier) => ({
    afterLine: 1 + Math.floor(Math.random() * (earlier === 0 ? lines : lines / 4)),
    laterMs: Math.random() * 60,
  }));
}

const count = (trials: readonly Trial[], field: keyof Trial): number =>
  trials.reduce((sum, trial) => {
    const value = trial[field];
    return sum + (typeof value === 'number' ? value : value.length);
  }, 0);
const lines = [
  '| runbook | killed | trials | kills | changes run twice unasked | lines lost | wrong refusals | transcript verify failed | did not finish as it should |',
  '|---|---|--:|--:|--:|--:|--:|--:|--:|',
  ...rows.map(({ name, when, trials }) => {
    const problems = PROBLEMS.map((field) => count(trials, field)).join(' | ');
    return `| ${name} | ${when} | ${trials.length} | ${count(trials, 'kills')} | ${problems} |`;
  }),
];
process.stdout.write(`${lines.join('\n')}\n`);
process.stdout.write(
  `\nNode ${process.versions.node}, Linux ${release()}, ${cpus().length} processors\n`,
);
const problems = rows.flatMap(({ name, when, trials }) =>
  trials.flatMap(problemsOf).map((problem) => `${name}, ${when}: ${problem}`),
);
for (const problem of problems) process.stdout.write(`${problem}\n`);
process.exitCode = problems.length === 0 ? 0 : 1;
