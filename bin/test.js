import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { watch } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildAll } from './build.js';
import { composeFolder, leastNodeFolder, mysqlFolder, postgresFolder } from './fetched-folders.js';

// npm test              every test; the files named, when some are
// npm run test:fast     those that start no server, no terminal and no built command
const isFast = process.argv.includes('--fast');
const given = process.argv.slice(2).filter((word) => word !== '--fast');

// Servers that do not come with the npm packages; what cannot be had is skipped, and said so.
const servers = fileURLToPath(new URL('./test-servers.sh', import.meta.url));
if (!isFast) {
  await once(spawn('sh', [servers], { stdio: ['ignore', 'inherit', 'inherit'] }), 'exit');
  // Debian has no MySQL in its own release, and before trixie no Compose; of PostgreSQL, npm has installed the newest.
  await fetchServers('fetch-mysql.sh', mysqlFolder, 'MySQL');
  await fetchServers('fetch-compose.sh', composeFolder, 'Docker Compose');
  await fetchServers('fetch-postgres.sh', postgresFolder, 'an older PostgreSQL');
  await fetchServers('fetch-least-node.sh', leastNodeFolder, 'the least Node that is promised');
  await buildAll();
}

// Most tests wait half of their time for servers and terminals.
const workers = Math.round(availableParallelism() * (isFast ? 1 : 2.5));
const first = await runVitest(given, workers);
const isWhole = !isFast && given.length === 0;
const { results, exitCode, unsteady = [] } = isWhole ? await triedAgain(first) : first;
const { passed, failed, skipped } = countTests(results, exitCode);

for (const line of skippedTests(results)) process.stdout.write(`skipped: ${line}\n`);
for (const line of unsteady) process.stdout.write(`unsteady: failed once, passed alone: ${line}\n`);
const counts = `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`;
process.stdout.write(counts);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;

/** Runs Vitest on files, or on all; resolves with its report and how it ended. */
async function runVitest(files, maxWorkers) {
  const reports = await mkdtemp(join(tmpdir(), 'runbook-tests-'));
  const report = join(reports, 'report.json');
  const vitest = spawn(
    process.execPath,
    [
      fileURLToPath(new URL('../node_modules/vitest/vitest.mjs', import.meta.url)),
      ...['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`],
      `--maxWorkers=${maxWorkers}`,
      ...(isFast ? ['--project=fast'] : []),
      ...files,
    ],
    {
      cwd: fileURLToPath(new URL('../', import.meta.url)),
      stdio: ['ignore', 'inherit', 'inherit'],
    },
  );
  const exitCode = await ended(vitest, reports);
  const results = await readReport(report);
  await rm(reports, { recursive: true });
  return { results, exitCode };
}

/**
 * Runs tests that failed once more, alone: thousands of real processes, servers and terminals share a few cores, and a
 * rare failure of one must not look like a broken program, nor be forgotten. Tests that fail without those before them
 * in their file run with these. More than three files fail for a reason.
 */
async function triedAgain({ results, exitCode }) {
  const broken = results.testResults.filter(({ status }) => status === 'failed');
  if (broken.length === 0 || broken.length > 3) return { results, exitCode };
  const names = broken.map(({ name }) => name);
  const failed = broken.flatMap(({ name, assertionResults }) =>
    assertionResults
      .filter(({ status }) => status === 'failed')
      .map(({ fullName, ancestorTitles, title }) => ({
        ...{ name, fullName },
        pattern: [...ancestorTitles, title].map(literally).join(' (?:> )?'),
      })),
  );
  process.stdout.write(`\ntest: once more, alone: ${names.map(shortName).join(', ')}\n`);
  const isLoaded = broken.every(({ name }) => failed.some((one) => one.name === name));
  const chosen = failed.map(({ pattern }) => pattern).join('|');
  const alone = isLoaded ? await runVitest([...names, '-t', `^(?:${chosen})$`], 1) : undefined;
  const hasPassedIn = ({ testResults }) =>
    failed.every(({ name, fullName }) => hasPassed(testResults, name, fullName));
  const unsteady = failed.map(({ name, fullName }) => `${shortName(name)}: ${fullName}`);
  if (alone?.exitCode === 0 && hasPassedIn(alone.results)) {
    const passed = (test) => ({ ...test, status: 'passed' });
    const mended = results.testResults.map((file) => ({
      ...file,
      status: 'passed',
      assertionResults: file.assertionResults.map((test) =>
        test.status === 'failed' ? passed(test) : test,
      ),
    }));
    return { results: { testResults: mended }, exitCode: 0, unsteady };
  }
  const again = await runVitest(names, 1);
  const { testResults } = again.results;
  if (names.some((name) => !testResults.some((file) => file.name === name)))
    return { results, exitCode };
  const steady = results.testResults.filter(({ status }) => status !== 'failed');
  return {
    results: { testResults: [...steady, ...testResults] },
    exitCode: again.exitCode,
    unsteady: hasPassedIn(again.results) ? unsteady : [],
  };
}

/** Returns a pattern for a text; a sign stands for any other. */
function literally(text) {
  return text.replaceAll(/[^\w\s]/g, '.');
}

function hasPassed(testResults, name, fullName) {
  const file = testResults.find((it) => it.name === name);
  return file?.assertionResults.some((it) => it.fullName === fullName && it.status === 'passed');
}

function shortName(file) {
  return relative(process.cwd(), file);
}

/**
 * Resolves with the exit code of Vitest. It waits for every process that holds the output of a test: one that hangs
 * would hold it for ever, so it is given a minute and a half after its report.
 */
async function ended(vitest, reports) {
  const exit = once(vitest, 'exit');
  const reported = watch(reports);
  reported.once('change', () => {
    const late = setTimeout(() => {
      process.stderr.write('test: the tests are over, and a process that they started is not\n');
      vitest.kill('SIGKILL');
    }, 90_000);
    exit.then(() => clearTimeout(late));
  });
  try {
    const [exitCode] = await exit;
    return exitCode;
  } finally {
    reported.close();
  }
}

/** Runs a script that gets servers for tests into a folder; without them, their tests are skipped. */
async function fetchServers(script, folder, what) {
  const path = fileURLToPath(new URL(`./${script}`, import.meta.url));
  const stdio = ['ignore', 'ignore', 'inherit'];
  const [code] = await once(spawn('bash', [path, folder], { stdio, timeout: 180_000 }), 'exit');
  if (code !== 0) process.stderr.write(`test: ${what} cannot be fetched, its tests are skipped\n`);
}

async function readReport(report) {
  try {
    return JSON.parse(await readFile(report, 'utf8'));
  } catch {
    return { testResults: [] };
  }
}

/** What was skipped, by group where all of it was; titles say what was missing. */
function skippedTests({ testResults }) {
  const lines = new Map();
  for (const { name, assertionResults } of testResults)
    for (const test of assertionResults) {
      if (test.status === 'passed' || test.status === 'failed') continue;
      const group = test.ancestorTitles.join(' > ');
      const ran = assertionResults.some(
        (it) => it.ancestorTitles.join(' > ') === group && /passed|failed/.test(it.status),
      );
      const what = ran || group === '' ? [...test.ancestorTitles, test.title].join(' > ') : group;
      const line = `${shortName(name)}: ${what}`;
      lines.set(line, (lines.get(line) ?? 0) + 1);
    }
  return [...lines].map(([line, count]) => (count > 1 ? `${line} (${count} tests)` : line));
}

/** A file that could not be loaded, or an error outside of every test, counts as one failed test. */
function countTests({ testResults }, code) {
  const states = testResults.flatMap(({ status, assertionResults }) => {
    const all = assertionResults.map((test) => test.status);
    return status === 'failed' && !all.includes('failed') ? [...all, 'failed'] : all;
  });
  const passed = states.filter((status) => status === 'passed').length;
  const failed = states.filter((status) => status === 'failed').length;
  return {
    passed,
    failed: failed === 0 && code !== 0 ? 1 : failed,
    skipped: states.length - passed - failed,
  };
}
