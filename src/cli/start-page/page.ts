import { EXIT, messageOf } from '#errors.ts';
import type { RunRow } from '#events/view/run-row.ts';
import { runCommand } from '#events/wording/run-command.ts';
import type { RunStore } from '#run/store/port.ts';
import { readRow } from '#run/store/row.ts';
import { DEFAULT_SEVERITY } from '#runbook/model/terms.ts';
import { type LocatedNode, readYaml } from '#runbook/yaml/located.ts';
import type { Source } from '#runbook/yaml/source.ts';
import { harmlessLine } from '#text/harmless.ts';
import type { ListedRunbook, StartChoice } from '#ui/start-page/page.ts';
import { COMMANDS } from '../commands.ts';
import { sayBrokenConfigs } from '../config/broken.ts';
import { configuredFolders, readConfiguration } from '../config/configuration.ts';
import { readSource } from '../library/find-runbook.ts';
import { type PlacedRunbook, placedRunbooks } from '../library/placed-runbooks.ts';
import { withObstacle } from '../resumable.ts';
import { storeHere } from '../surroundings.ts';

/** Shows the start page, then carries out the choice; returns its exit code. */
export async function openStartPage(): Promise<number> {
  const { stdin, stdout } = process;
  const loading = import('#ui/start-page/screen.ts');
  const placed = placedHere();
  const runbooks = listedRunbooks(placed);
  const { showStartPage } = await loading;
  const choice = await showStartPage({
    ...{ stdin, stdout, runbooks, coloured: stdout.hasColors() },
    environments: environmentsHere(),
    readRuns: () => pastRuns(storeHere()),
    classify: async (text) => {
      const { classifier } = await import('./classifier.ts');
      return await classifier(text);
    },
  });
  // The page has released the terminal's input, which keeps the process alive while it is read.
  stdin.ref();
  await new Promise((resolve) => setImmediate(resolve));
  return await open(choice, new Map(placed.map(({ name, file }) => [name, file])));
}

/** Returns none if a config file is unreadable: the command that needs it reports the error. */
function environmentsHere(): readonly string[] {
  try {
    return [...readConfiguration().environments.keys()];
  } catch {
    return [];
  }
}

async function open(choice: StartChoice, files: ReadonlyMap<string, string>): Promise<number> {
  if (choice.type === 'leave') {
    process.stdin.unref();
    return EXIT.ok;
  }
  if (choice.type === 'resume') {
    say(`runbook resume ${choice.run}`);
    return await COMMANDS.resume.run([choice.run]);
  }
  const { environment } = choice;
  say(runCommand(choice.runbook, environment === undefined ? '' : `--env ${environment}`));
  const { runFile } = await import('../commands/run/command.ts');
  const file = files.get(choice.runbook) ?? choice.runbook;
  return await runFile(file, { environment, given: {}, plain: false });
}

/** Prints the equivalent command on the terminal. */
function say(command: string): void {
  process.stdout.write(`${harmlessLine(command)}\n`);
}

/** The maximum time that a key waits while runs are read, in milliseconds. */
const TURN_MS = 12;
/** The number of unfinished runs that are replayed to see whether they can be resumed. */
const MOST_JUDGED = 20;
/** The maximum number of runs read; older ones are omitted. */
const MOST_RUNS = 1_000;

/**
 * Reads the runs of this machine in batches, most recent first, so that keys are handled in
 * between.
 */
async function* pastRuns(
  store: RunStore,
): AsyncIterable<{ readonly runs: readonly RunRow[]; readonly isWhole: boolean }> {
  // The first frame is drawn before the first run is read.
  await nextTurn();
  let runs: RunRow[] = [];
  let count = 0;
  let unfinished = 0;
  let begun = performance.now();
  for await (const run of store.runs()) {
    if (count === MOST_RUNS) return yield { runs, isWhole: false };
    count += 1;
    const summary = await readRow(run);
    const isUnfinished = summary.status !== 'finished' && summary.status !== 'running';
    if (isUnfinished) unfinished += 1;
    const isJudged = isUnfinished && unfinished <= MOST_JUDGED;
    runs.push(isJudged ? await withObstacle(store, summary) : summary);
    if (performance.now() - begun < TURN_MS) continue;
    yield { runs, isWhole: false };
    runs = [];
    await nextTurn();
    begun = performance.now();
  }
  yield { runs, isWhole: true };
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Returns every runbook that can be found here. */
function placedHere(): readonly PlacedRunbook[] {
  sayBrokenConfigs();
  return placedRunbooks([], configuredFolders());
}

/** Returns the list of the start page; a runbook is validated when it is opened. */
function listedRunbooks(placed: readonly PlacedRunbook[]): readonly ListedRunbook[] {
  return placed.map(({ name, file }) => {
    try {
      return listed(name, readSource(file));
    } catch (error) {
      return broken(name, messageOf(error));
    }
  });
}

/**
 * Steps are most of a runbook, and the list does not use them: they are only parsed if they come
 * first.
 */
const STEPS = /^steps:/m;

function listed(name: string, source: Source): ListedRunbook {
  const head = readYaml({ ...source, text: source.text.split(STEPS, 1)[0] ?? '' });
  const { node, problems } = entry(head.node, 'summary') === undefined ? readYaml(source) : head;
  const title = textOf(entry(node, 'title'));
  if (title === undefined) return broken(name, problems[0]?.message ?? 'it has no title');
  const symptoms = entry(node, 'symptoms');
  return {
    ...{ name, title },
    severity: textOf(entry(node, 'severity')) ?? DEFAULT_SEVERITY,
    summary: textOf(entry(node, 'summary')) ?? '',
    symptoms: symptoms?.kind === 'sequence' ? symptoms.items.flatMap(symptomText) : [],
  };
}

function broken(name: string, problem: string): ListedRunbook {
  const summary = `broken: ${problem}`;
  return { name, title: name, severity: '-', summary, symptoms: [] };
}

function symptomText(node: LocatedNode): readonly string[] {
  return [textOf(node) ?? textOf(entry(node, 'pattern')) ?? []].flat();
}

function entry(node: LocatedNode | undefined, key: string): LocatedNode | undefined {
  return node?.kind === 'mapping' ? node.entries.get(key)?.value : undefined;
}

function textOf(node: LocatedNode | undefined): string | undefined {
  return node?.kind === 'scalar' ? node.text : undefined;
}
