// Kills the worker of a run of a team behind every line (`npm run proof:team`), or disturbs
// workers, their networks and PostgreSQL at random while 240 runs are at work (`npm run proof:monkey`), and writes what came of it
// into docs/team/proof.md.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { load } from './bench/surroundings.js';

const root = fileURLToPath(new URL('../', import.meta.url));
const PAGE = join(root, 'docs/team/proof.md');
const kind = process.argv[2] === 'monkey' ? 'monkey' : 'crash';

const folder = await mkdtemp(join(tmpdir(), 'runbook-proof-'));
try {
  const before = load();
  const result = join(folder, 'result.json');
  const vitest = ['node_modules/vitest/vitest.mjs', 'run', `test/team/${kind}.test.ts`];
  const env = { ...process.env, RUNBOOK_PROOF: result };
  const [code] = await once(
    spawn(process.execPath, vitest, { cwd: root, env, stdio: 'inherit' }),
    'exit',
  );
  process.exitCode = code ?? 1;
  const found = JSON.parse(await readFile(result, 'utf8'));
  const lines = kind === 'monkey' ? monkeyTable(found) : crashTable(found);
  const where = `Measured on ${new Date().toISOString().slice(0, 10)}: ${cpus().length} cores, Node ${process.versions.node}, load ${before} before and ${load()} after.`;
  await writeFile(PAGE, replaced(await readFile(PAGE, 'utf8'), [where, '', ...lines].join('\n')));
} finally {
  await rm(folder, { recursive: true, force: true });
}

/** Returns the page with another text between the marks of this proof. */
function replaced(page, text) {
  const [begin, end] = [`<!-- ${kind} -->`, `<!-- end of ${kind} -->`];
  const [before, rest] = page.split(begin);
  return `${before}${begin}\n\n${text}\n\n${end}${rest.split(end)[1]}`;
}

function monkeyTable(found) {
  const rows = [
    ['runs', found.runs],
    ['workers killed', found.kills],
    ['workers stopped for up to 9 s', found.stops],
    ['workers asked to leave (SIGTERM)', found.drains],
    ['networks cut for up to 4 s', found.cuts],
    ['networks without an answer for up to 8 s', found.stalls],
    ['PostgreSQL killed and restarted', found.outages],
    ['takeovers', found.resumes],
    ['changes whose result was asked about', found.unknown],
    ['answers refused because they came late', found.stale],
    ['confirmations', found.confirmations],
    ['changes started', found.starts],
    ['changes made', found.changes],
    ['**violations of an invariant**', found.violations.length],
  ];
  return [
    '| what | count |',
    '|---|--:|',
    ...rows.map(([what, count]) => `| ${what} | ${count} |`),
  ];
}

function crashTable(found) {
  const killed = found.filter(({ behind }) => behind !== undefined);
  const byEvent = Map.groupBy(killed, ({ behind }) => behind);
  const row = (name, all) => {
    const asked = all.filter(({ wasAsked }) => wasAsked).length;
    const problems = all.flatMap((one) => one.problems).length;
    return `| ${name} | ${all.length} | ${asked} | ${problems} |`;
  };
  return [
    '| killed after | times | unknown results that were asked about | problems |',
    '|---|--:|--:|--:|',
    ...[...byEvent]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([event, all]) => row(`\`${event}\``, all)),
    row('**all**', killed),
  ];
}
