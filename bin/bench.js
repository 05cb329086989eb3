import { fileURLToPath } from 'node:url';
import { classified, falseOfNoise, writeLog } from './bench/classifier.js';
import { effectFigures } from './bench/effects.js';
import { firstFrame, RUN_IS_SHOWN, START_IS_SHOWN } from './bench/first-frame.js';
import { floodScreen } from './bench/flood.js';
import { letterOnStartPage } from './bench/letter.js';
import { writeCases, writeLibrary } from './bench/library.js';
import { interleave, wholeProcess } from './bench/measure.js';
import { peakMemory } from './bench/peak-memory.js';
import { profileOf, toItsEnd } from './bench/profile.js';
import {
  classifierTable,
  floodTable,
  letterTable,
  libraryTable,
  matchTable,
  memoryTable,
  partsTable,
  startTable,
  stepsTable,
} from './bench/report.js';
import { writeFlood, writeFloods, writeSteps } from './bench/runbooks.js';
import { cleanSurroundings, forgetChecked, load, machine } from './bench/surroundings.js';
import { buildAll } from './build.js';
import { mysqlFolder } from './fetched-folders.js';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const LAUNCHER = at('./runbook.js');
const IS_QUICK = process.argv.includes('--quick');
// Odd numbers: the median is then one of the samples.
const ROUNDS = IS_QUICK
  ? { start: 5, 100: 1, 1000: 1, library: 1, match: 1, memory: 1, flood: 1 }
  : { start: 21, 100: 11, 1000: 5, library: 3, match: 5, memory: 3, flood: 3 };

/** Every command that answers by itself, with what it needs. */
const COMMANDS = [
  ['--version'],
  ['help'],
  ['list'],
  ['show', 'pool-exhausted'],
  ['graph', 'pool-exhausted'],
  ['schema'],
  ['completion', 'bash'],
  ['runs'],
  ['match', 'FATAL: sorry, too many clients already'],
  ['test', 'pool-exhausted'],
];
const LIBRARY = 200;
const COPIES_OF_CASES = 25;
const FLOOD_SECONDS = IS_QUICK ? 8 : 30;
const IS_TEAM = process.argv.includes('--team');
const IS_FLIGHTS = process.argv.includes('flights');
/** How many runs a worker has at once. */
const TEAM_RUNS = IS_QUICK ? 50 : 200;
const TAKES = IS_FLIGHTS
  ? 'a minute'
  : IS_TEAM
    ? 'two minutes'
    : IS_QUICK
      ? 'two minutes'
      : 'twelve minutes';

progress(`takes about ${TAKES} on an idle machine`);
await buildAll();
if (IS_TEAM) await team();
else if (IS_FLIGHTS) {
  process.env.PATH += `:${mysqlFolder}/bin`;
  await (await import('./bench/flights.ts')).benchFlights(LAUNCHER, say);
} else {
  const surroundings = await cleanSurroundings();
  try {
    await bench(surroundings);
  } finally {
    await surroundings.remove();
  }
}

async function team() {
  const { benchTeam } = await import('./bench/team.ts');
  const before = load();
  await benchTeam(TEAM_RUNS, { say, progress });
  say('', ...machine(), `load before ${before}, after ${load()}`);
}

async function bench(around) {
  const { home, env, cwd } = around;
  const runbook = (...args) => [LAUNCHER, ...args];
  const whole = (file, args) => () => wholeProcess(file, args, { env, cwd });
  const start = (name, run) => ({ name, rounds: ROUNDS.start, warm: true, run });
  const once = (name, kind, run) => ({ name, rounds: ROUNDS[kind], warm: false, run });
  const frames = {
    'start page, frame': [runbook(), START_IS_SHOWN],
    'run, first frame': [runbook('run', 'pool-exhausted'), RUN_IS_SHOWN],
    'triage, first frame': [runbook('triage'), RUN_IS_SHOWN],
  };
  const files = { 100: await writeSteps(home, 100), 1000: await writeSteps(home, 1000) };
  const gigabyte = runbook('run', await writeFlood(home), '--plain');
  const floods = await writeFloods(home);
  const allRunbooks = runbook('validate', await writeLibrary(home, LIBRARY));
  const cases = await writeCases(home, COPIES_OF_CASES);
  const log = runbook('match', await writeLog(home));
  const steps = (count) => {
    const own = runbook('run', files[count], '--plain');
    const peer = (name) => [at(`./bench/peers/${name}`), String(count)];
    return [
      ['bash', 'bash', peer('steps.sh')],
      ['node, spawn', process.execPath, peer('steps-spawn.js')],
      ['zx', process.execPath, peer('steps-zx.js')],
      ['runbook', process.execPath, own],
    ].map(([name, file, args]) => once(`${count} ${name}`, count, whole(file, args)));
  };
  const before = load();
  const samples = await interleave(
    [
      start('node -e 0', whole(process.execPath, ['-e', '0'])),
      ...COMMANDS.map((args) =>
        start(`runbook ${args[0]}`, whole(process.execPath, runbook(...args))),
      ),
      start('runbook validate', whole(process.execPath, runbook('validate'))),
      ...Object.entries(frames).map(([name, [args, shown]]) =>
        start(name, () => firstFrame(args, shown, around)),
      ),
      start('letter', () => letterOnStartPage(runbook(), around)),
      ...steps(100),
      ...steps(1000),
      once('runbooks', 'library', async () => {
        await forgetChecked(around);
        return await wholeProcess(process.execPath, allRunbooks, around);
      }),
      once('runbooks again', 'library', whole(process.execPath, allRunbooks)),
      once('cases', 'library', whole(process.execPath, runbook('test', cases.runbook))),
      once('match', 'match', whole(process.execPath, log)),
      once('memory', 'memory', () => peakMemory(gigabyte, { env, cwd })),
      ...Object.entries(floods).map(([kind, path]) =>
        once(`flood, ${kind}`, 'flood', () =>
          floodScreen(runbook('run', path, '--auto'), around, FLOOD_SECONDS),
        ),
      ),
    ],
    progress,
  );
  say(
    ...machine(),
    `load before ${before}, after ${load()}`,
    new Date().toISOString().slice(0, 10),
  );
  const missed = [
    startTable(
      samples,
      COMMANDS.map(([command]) => `runbook ${command}`),
      say,
    ),
    stepsTable(samples, 100, say),
    stepsTable(samples, 1000, say),
    letterTable(samples, say),
    memoryTable(samples, say),
    floodTable(samples, Object.keys(floods), say),
    libraryTable(samples, { runbooks: LIBRARY, cases: cases.count }, say),
    matchTable(samples, say),
  ].flat();
  for (const set of classified()) classifierTable(set, say);
  const { lines, wrong } = falseOfNoise();
  say('', `false matches: ${wrong} of ${lines} lines of systems without a database`);
  await effectFigures(say);
  const profiles = {
    'runbook list': (flags) => toItsEnd([...flags, ...runbook('list')], { env, cwd }),
    'runbook validate': (flags) => toItsEnd([...flags, ...runbook('validate')], { env, cwd }),
    ...Object.fromEntries(
      Object.entries(frames).map(([name, [args, shown]]) => [
        name,
        async (flags) => (await firstFrame([...flags, ...args], shown, around)).at,
      ]),
    ),
    match: (flags) => toItsEnd([...flags, ...log], { env, cwd }),
    '1000 runbook': (flags) =>
      toItsEnd([...flags, ...runbook('run', files[1000], '--plain')], { env, cwd }),
    '1000 zx': (flags) =>
      toItsEnd([...flags, at('./bench/peers/steps-zx.js'), '1000'], { env, cwd }),
  };
  const wanted = missed.flatMap((name) => (name === '1000 runbook' ? [name, '1000 zx'] : [name]));
  for (const name of wanted.filter((it) => Object.hasOwn(profiles, it))) {
    progress(`profile of ${name}`);
    partsTable(name, await profileOf(home, profiles[name]), say);
  }
}

function progress(line) {
  process.stderr.write(`${line}\n`);
}

function say(...lines) {
  process.stdout.write(`${lines.join('\n')}\n`);
}
