import { spawn } from 'node:child_process';
import { appendFile, glob, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startPostgres } from '../../src/lab/servers/postgres.ts';
import { copyInstrumented } from './instrumented-copy.js';
import { isThere, readJson } from './kept.js';
import { explanationOf } from './page.js';
import { survivorOf } from './report.js';

const RUNNER = 'bin/mutants/in-process';

/**
 * Measures files with all tests of a group in one process. That process writes each result to a file, so an
 * interrupted measurement continues. If a mutant hangs the process or ends it, the next process starts behind it.
 */
export async function measure(group) {
  const { name, tests, exceptTests, files, kept, say, isAgain, explained } = group;
  const copy = kept.at('copies', name);
  const { mutants, sources, digest } = await copyInstrumented(files, copy);
  const progress = kept.at(`${name}.progress.jsonl`);
  if ((await linesOf(progress))[0]?.digest !== digest)
    await writeFile(progress, linesText([{ digest }]));
  if (isAgain)
    await appendFile(
      progress,
      linesText(await knownBefore(mutants, sources, kept.reportOf(name), explained)),
    );
  const chosen = await Array.fromAsync(glob(tests, { exclude: exceptTests ?? [] }));
  const ids = mutants.map(({ id }) => id);
  const plan = { tests: chosen.toSorted(), mutants: ids, progress };
  await writeFile(join(copy, RUNNER, 'plan.json'), JSON.stringify(plan));
  say(`${name}: ${files.length} files, ${ids.length} mutants, ${chosen.length} test files`);

  const server = group.onPostgres ? await startPostgres() : undefined;
  const env = server === undefined ? {} : { RUNBOOK_TEST_POSTGRES: server.superuserUrl };
  let results = await resultsIn(progress);
  while (ids.some((id) => !results.has(id))) {
    const { code, mutant } = await runTests(copy, env);
    results = await resultsIn(progress);
    if (mutant === undefined) throw new Error(`${name}: its tests do not pass as they are`);
    if (ids.every((id) => results.has(id)) && code !== 0)
      say(`${name}: a test fails after the last mutant; measure again, or with --slow`);
    if (results.has(mutant)) continue;
    say(`${name}: mutant ${mutant} hangs the process or ends it`);
    await appendFile(progress, `${JSON.stringify({ id: mutant, status: 'Timeout' })}\n`);
    results = await resultsIn(progress);
  }
  await server?.stop();
  const reports = sources.map(({ name: file, content }) => {
    const own = mutants.filter(({ fileName }) => fileName === file);
    const reported = own.map((mutant) => ({ ...reportOf(mutant), ...results.get(mutant.id) }));
    return [file, { language: 'typescript', source: content, mutants: reported }];
  });
  await kept.add(name, Object.fromEntries(reports));
}

/** Runs the tests of a copy until they end or hang. Returns the exit code, and the mutant that was switched on last. */
async function runTests(copy, env) {
  const current = join(copy, RUNNER, 'current.json');
  await rm(current, { force: true });
  const vitest = join(copy, 'node_modules/vitest/vitest.mjs');
  const command = [
    vitest,
    'run',
    '--root',
    copy,
    '--config',
    join(copy, RUNNER, 'vitest.config.js'),
  ];
  // In a process group of its own: Vitest runs the tests in a child of its process.
  const child = spawn(process.execPath, command, {
    ...{ cwd: copy, stdio: 'inherit', detached: true },
    env: { ...process.env, ...env },
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const end = () => process.kill(-child.pid, 'SIGKILL');
  const interrupted = () => {
    end();
    process.exit(130);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, interrupted);
  let code;
  while (code === undefined) {
    code = await Promise.race([ended, sleep(500)]);
    const [now] = await linesOf(current);
    if (code === undefined && now !== undefined && Date.now() > now.until) end();
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.off(signal, interrupted);
  return { code, mutant: (await linesOf(current))[0]?.id };
}

/**
 * Returns the results that are known without a test: of mutants that were detected before, in files
 * that are unchanged since, and of those that survived before for a reason that is written down.
 */
async function knownBefore(mutants, sources, report, explained) {
  const before = await readJson(report, { files: {} });
  const keyOf = ({ start, end }, replacement) => JSON.stringify([start, end, replacement]);
  return sources.flatMap(({ name: file, content }) => {
    const { source = '', mutants: measured } = before.files[file] ?? { mutants: [] };
    const known = new Map(measured.map((one) => [keyOf(one.location, one.replacement), one]));
    const found = new Set(
      measured
        .filter(({ status }) => status !== 'Survived')
        .map((one) => textOf(survivorOf(one, source.split('\n')))),
    );
    const own = mutants.filter(({ fileName }) => fileName === file);
    return own.flatMap((mutant) => {
      const { location, replacement } = reportOf(mutant);
      const survivor = survivorOf({ location, replacement }, content.split('\n'));
      const {
        status,
        statusReason,
        static: isStatic,
      } = known.get(keyOf(location, replacement)) ?? {};
      if (source === content && ['Killed', 'Timeout', 'Ignored'].includes(status))
        return [{ id: mutant.id, status, statusReason, static: isStatic }];
      const why = explanationOf(explained, file, survivor);
      const isKnown = why !== undefined && measured.length > 0 && !found.has(textOf(survivor));
      return isKnown ? [{ id: mutant.id, status: 'Survived', statusReason: why }] : [];
    });
  });
}

function textOf({ was, is }) {
  return JSON.stringify([was, is]);
}

function linesText(values) {
  return values.map((value) => `${JSON.stringify(value)}\n`).join('');
}

async function resultsIn(progress) {
  const lines = await linesOf(progress);
  return new Map(lines.slice(1).map(({ id, ...result }) => [id, result]));
}

async function linesOf(file) {
  if (!(await isThere(file))) return [];
  const text = await readFile(file, 'utf8');
  // The last line may be incomplete: its process may have been ended as it wrote.
  const complete = text.slice(0, text.lastIndexOf('\n') + 1);
  return complete
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

function reportOf({ id, fileName, mutatorName, replacement, location: { start, end } }) {
  const location = { start: fromOne(start), end: fromOne(end) };
  return { id: `${fileName}@${id}`, mutatorName, replacement, location };
}

function fromOne({ line, column }) {
  return { line: line + 1, column: column + 1 };
}
