import { EXIT, usageError } from '#errors.ts';
import { foldEvents } from '#events/view/fold.ts';
import { type RunbookGraph, runbookGraph } from '#report/graph/drawing.ts';
import { readRun } from '#run/store/read-run.ts';
import type { Runbook } from '#runbook/model/runbook.ts';
import { didYouMean } from '#text/suggest.ts';
import { onlyArgument, readArguments } from '../arguments.ts';
import type { Command } from '../commands.ts';
import { findRunbook, readSource } from '../library/find-runbook.ts';
import { loadRunbook } from '../library/load-runbook.ts';
import { pathOfRun } from '../path-of-run.ts';
import { storeHere } from '../surroundings.ts';

const help = `Usage: runbook graph NAME [--format mermaid|dot|svg|xstate] [--dir FOLDER]
       runbook graph --run RUN [--format mermaid|dot|svg|xstate]

Prints a runbook as a drawing: its steps by phase, the ways between them with their conditions, and
the gates. Of a run, the runbook as it was, with the path that was taken and how often.

      --format FORMAT   mermaid (when left out), which code hosts draw in Markdown; dot for Graphviz;
                        svg, a picture; xstate, a machine in JSON for Stately's tools
      --run RUN         the path of this run
      --dir FOLDER      look for runbooks here first; any number of times`;

type Draw = (graph: RunbookGraph, runbook: Runbook) => string;

/** Each is loaded when it is asked for. */
const FORMATS: Readonly<Record<string, () => Promise<Draw>>> = {
  mermaid: async () => (await import('#report/graph/mermaid.ts')).mermaidGraph,
  dot: async () => (await import('#report/graph/dot.ts')).dotGraph,
  svg: async () => (await import('#report/graph/svg.ts')).svgGraph,
  xstate: async () => (await import('#report/graph/xstate.ts')).xstateGraph,
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
  if (format === undefined || !Object.hasOwn(FORMATS, values.format))
    throw usageError(
      `there is no format "${values.format}"`,
      didYouMean(values.format, Object.keys(FORMATS)),
    );
  const { runbook, path } =
    values.run === undefined
      ? await drawnRunbook(onlyArgument(positionals, 'runbook'), values.dir ?? [])
      : await drawnRun(values.run, positionals);
  const draw = await format();
  process.stdout.write(draw(runbookGraph(runbook, path), runbook));
  return EXIT.ok;
}

type Drawn = { readonly runbook: Runbook; readonly path: readonly string[] | undefined };

async function drawnRunbook(name: string, dirs: readonly string[]): Promise<Drawn> {
  const runbook = await loadRunbook(readSource(findRunbook(name, dirs).file), dirs);
  return { runbook, path: undefined };
}

async function drawnRun(wanted: string, [other]: readonly string[]): Promise<Drawn> {
  if (other !== undefined)
    throw usageError(`a run is drawn with its own runbook, not with "${other}"`);
  const { source, records } = await readRun(await storeHere().open(wanted));
  const runbook = await loadRunbook(source);
  return { runbook, path: pathOfRun(runbook, foldEvents(records)) };
}
