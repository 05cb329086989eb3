import { EXIT, usageError } from '#errors.ts';
import { foldEvents } from '#events/view/fold.ts';
import { type RunbookGraph, runbookGraph } from '#report/graph/drawing.ts';
import { readRun } from '#run/store/read-run.ts';
import type { Runbook } from '#runbook/model/runbook.ts';
import { missingArgument } from '../command-line.ts';
import type { CommandLine } from '../command-spec.ts';
import { findRunbook, foldersFor, readSource } from '../library/find-runbook.ts';
import { loadRunbook } from '../library/load-runbook.ts';
import { shownPart } from '../library/shown-runbook.ts';
import { pathOfRun } from '../path-of-run.ts';
import { graph as spec } from '../specs/runbooks.ts';
import { storeHere } from '../surroundings.ts';

type Draw = (graph: RunbookGraph) => string;

/** Each is loaded on demand. */
const FORMATS: Readonly<
  Record<CommandLine<typeof spec>['options']['format'], () => Promise<Draw>>
> = {
  mermaid: async () => (await import('#report/graph/mermaid.ts')).mermaidGraph,
  svg: async () => (await import('#report/graph/svg.ts')).svgGraph,
};

/** `runbook graph`: prints a drawing of a runbook, or of the path of a run. */
export async function graph({ argument, options }: CommandLine<typeof spec>): Promise<number> {
  const { runbook, path } =
    options.run === undefined
      ? await drawnRunbook(argument, options.dir)
      : await drawnRun(options.run, argument);
  const draw = await FORMATS[options.format]();
  process.stdout.write(draw(shownPart(runbookGraph(runbook, path), runbook)));
  return EXIT.ok;
}

type Drawn = { readonly runbook: Runbook; readonly path: readonly string[] | undefined };

async function drawnRunbook(name: string | undefined, dirs: readonly string[]): Promise<Drawn> {
  if (name === undefined) throw missingArgument(spec.argument);
  const source = readSource(findRunbook(name, dirs).file);
  const runbook = await loadRunbook(source, foldersFor(name, dirs));
  return { runbook, path: undefined };
}

async function drawnRun(wanted: string, other: string | undefined): Promise<Drawn> {
  if (other !== undefined)
    throw usageError(
      `unexpected argument: "${other}"`,
      'a run is drawn with the runbook saved with it',
    );
  const { source, records } = await readRun(await storeHere().open(wanted));
  const runbook = await loadRunbook(source);
  return { runbook, path: pathOfRun(runbook, foldEvents(records)) };
}
