import { EXIT } from '#errors.ts';
import { harmlessLine } from '#text/harmless.ts';
import type { StartChoice } from '#ui/start-page/page.ts';
import { COMMANDS } from '../commands.ts';
import { readConfiguration } from '../config/configuration.ts';
import { storeHere } from '../surroundings.ts';
import { pastRuns } from './history.ts';
import { listedRunbooks, placedHere } from './library.ts';

/** Shows the start page, then carries out the choice; returns its exit code. */
export async function openStartPage(): Promise<number> {
  const { stdin, stdout } = process;
  const loading = import('#ui/start-page/screen.tsx');
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
  say(`runbook run ${choice.runbook}${environment === undefined ? '' : ` --env ${environment}`}`);
  const { runFile } = await import('../commands/run/command.ts');
  const file = files.get(choice.runbook) ?? choice.runbook;
  return await runFile(file, { environment, given: {}, plain: false, auto: false });
}

/** Prints the equivalent command on the terminal. */
function say(command: string): void {
  process.stdout.write(`${harmlessLine(command)}\n`);
}
