import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { spawn } from '@lydell/node-pty';
import pg from 'pg';
import { startPostgres } from '../src/lab/servers/postgres.ts';

// node bin/released-runs.js [CHECKOUT [NAME [RUNBOOK…]]]: records one run at each kind of wait with the build of a
// checkout, and kills it there. Writes them to test/fixtures/released/NAME, by default the commit.

const root = fileURLToPath(new URL('../', import.meta.url));
const fixtures = join(root, 'test/fixtures/released');

/** What an operator types at each question of a run, a line a prompt, before it is killed at the next one. */
const TYPED = {
  'gate-shell': [],
  'gate-sql': [],
  question: [['blue'], ['3']],
  fields: [['1.2.3']],
  unknown: [['y']],
  manual: [['y', 'done']],
  parallel: [],
  child: [['y', 'green']],
  fleet: [['y']],
  failure: [],
  wait: [],
};

/** Runs that are killed while an action runs: once their journal has such an event. */
const KILLED_AFTER = {
  unknown: ({ type, effect }) => type === 'step.started' && effect === 'change',
  parallel: ({ type, step }) => type === 'step.finished' && step.endsWith('three'),
  wait: ({ type }) => type === 'timer.armed',
};

const [checkout = root, named, ...wanted] = process.argv.slice(2);
const launcher = resolve(checkout, 'bin/runbook.js');
const commit = () =>
  execFileSync('git', ['rev-parse', '--short=8', 'HEAD'], { cwd: checkout, encoding: 'utf8' });
const target = join(fixtures, named ?? commit().trim());

const server = await startPostgres();
const home = mkdtempSync(join(tmpdir(), 'runbook-released-'));
try {
  await fill(server.superuserUrl);
  cpSync(join(fixtures, 'runbooks'), join(home, 'runbooks'), { recursive: true });
  mkdirSync(target, { recursive: true });
  for (const name of wanted.length === 0 ? Object.keys(TYPED) : wanted)
    if (isValid(name)) await record(name);
    else process.stdout.write(`${name} is not valid for this build\n`);
} finally {
  await server.stop();
  rmSync(home, { recursive: true, force: true });
}

/** Returns whether the build has the keys of a runbook: a later release may have added them. */
function isValid(name) {
  const args = [launcher, 'validate', name];
  const env = { PATH: process.env.PATH, HOME: home };
  return spawnSync(process.execPath, args, { cwd: home, env }).status === 0;
}

async function fill(url) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query('CREATE TABLE orders (id int PRIMARY KEY, is_open bool NOT NULL)');
  await client.query('INSERT INTO orders VALUES (1, true), (2, true), (3, false)');
  await client.end();
}

/** Runs a runbook as far as it is to come, kills it there, and exports its record. */
async function record(name) {
  const env = {
    ...{ PATH: process.env.PATH, HOME: home, LANG: 'C.UTF-8', TERM: 'xterm' },
    ...{ RUNBOOK_STATE: join(home, name), RUNBOOK_OPERATOR: 'ada' },
    DATABASE_URL: server.superuserUrl,
  };
  const args = [launcher, 'run', name, '--plain', '--auto'];
  const run = spawn(process.execPath, args, { cwd: home, cols: 120, rows: 50, env });
  let shown = '';
  run.onData((text) => {
    shown += text;
  });
  const journal = () => {
    const runs = join(home, name, 'runs');
    const [id] = readdirSync(runs);
    const lines = readFileSync(join(runs, id, 'journal.jsonl'), 'utf8')
      .trimEnd()
      .split('\n');
    return lines.map((line) => JSON.parse(line).event);
  };
  const seen = async (what) => {
    const until = Date.now() + 20_000;
    for (;;) {
      try {
        const events = journal();
        if (what(events)) return events.length;
      } catch {
        // It has not begun.
      }
      if (Date.now() > until) throw new Error(`${name} does not come so far:\n${shown}`);
      await sleep(50);
    }
  };
  const questions = (events) => events.filter(({ type }) => type === 'operator.awaited').length;
  for (const [index, lines] of TYPED[name].entries()) {
    await seen((events) => questions(events) > index);
    for (const line of lines) {
      // The prompt follows its question, and drops what was typed before it.
      await sleep(700);
      run.write(`${line}\r`);
    }
  }
  const isThere = KILLED_AFTER[name];
  if (isThere === undefined) await seen((events) => questions(events) > TYPED[name].length);
  else await seen((events) => events.some(isThere));
  run.kill('SIGKILL');
  await new Promise((resolve) => run.onExit(resolve));
  const file = join(target, `${name}.runbook-run`);
  rmSync(file, { force: true });
  execFileSync(process.execPath, [launcher, 'runs', 'export', '--output', file], {
    cwd: home,
    env,
  });
  process.stdout.write(`${file}: ${journal().at(-1).type}\n`);
}
