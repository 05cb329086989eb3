import { EXIT, usageError } from '../errors.ts';
import { foldEvents } from '../events/fold.ts';
import { dotGraph, mermaidGraph } from '../report/graph-text.ts';
import { type RunbookGraph, runbookGraph } from '../report/runbook-graph.ts';
import { readRun } from '../run/read-run.ts';
import { didYouMean } from '../runbook/suggest.ts';
import { onlyArgument, readArguments } from './arguments.ts';
import type { Command } from './commands.ts';
import { findRunbook, readSource } from './find-runbook.ts';
import { loadRunbook } from './load-runbook.ts';
import { storeHere } from './surroundings.ts';

const help = `Usage: runbook graph NAME [--format mermaid|dot] [--dir FOLDER]
       runbook graph --run RUN [--format mermaid|dot]

Prints a runbook as a drawing: its steps, the ways between them with their conditions, and the gates.
Of a run, the runbook as it was and the path that was taken.

      --format FORMAT   mermaid (when left out) or dot
      --run RUN         the path of this run
      --dir FOLDER      look for runbooks here first; any number of times`;

const FORMATS: Readonly<Record<string, (graph: RunbookGraph) => string>> = {
  mermaid: mermaidGraph,
  dot: dotGraph,
};

/** `runbook graph`. */
export const graphCommand: Command = { help, run };

async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = readArguments(args, {
    format: { type: 'string', default: 'mermaid' },
    run: { type: 'string' },
    dir: { type: 'string', multiple: true },
  });
  const format = FORMATS[values.format];
  if (format === undefined)
    throw usageError(
      `there is no format "${values.format}"`,
      didYouMean(values.format, Object.keys(FORMATS)),
    );
  const graph =
    values.run === undefined
      ? graphOfRunbook(onlyArgument(positionals, 'runbook'), values.dir ?? [])
      : graphOfRun(values.run);
  process.stdout.write(format(graph));
  return EXIT.ok;
}

function graphOfRunbook(name: string, dirs: readonly string[]): RunbookGraph {
  return runbookGraph(loadRunbook(readSource(findRunbook(name, dirs).file)));
}

function graphOfRun(wanted: string): RunbookGraph {
  const { source, records } = readRun(storeHere().openRun(wanted));
  const runbook = loadRunbook(source);
  return runbookGraph(runbook, foldEvents(records)?.path ?? []);
}
