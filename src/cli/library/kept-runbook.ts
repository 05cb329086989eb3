import { RunbookError } from '#errors.ts';
import type { RecordedEvent } from '#events/log/event.ts';
import { foldEvents } from '#events/view/fold.ts';
import { sha256 } from '#run/sha256.ts';
import type { RunRecord } from '#run/store/port.ts';
import type { Source } from '#runbook/yaml/source.ts';
import { pathOfRun } from '../path-of-run.ts';

/** Resolves with the runbook of a run from its start, or `undefined` if its copy was modified. */
export async function keptRunbook(
  run: RunRecord,
  records: readonly RecordedEvent[],
): Promise<Source | undefined> {
  const started = records[0]?.event;
  if (started?.type !== 'run.started') return undefined;
  const { file, sha256: digest } = started.runbook;
  return await keptText(() => run.sources.runbook(), file, digest);
}

/** Draws the path of a run in its runbook, or returns `undefined` if that is not possible. */
export async function drawnPath(
  run: RunRecord,
  records: readonly RecordedEvent[],
  source: Source | undefined,
): Promise<string | undefined> {
  if (source === undefined) return undefined;
  const { svgGraph } = await import('#report/graph/svg.ts');
  const { runbookGraph } = await import('#report/graph/drawing.ts');
  const { loadRunbook } = await import('./load-runbook.ts');
  const { shownPart } = await import('./shown-runbook.ts');
  try {
    const runbook = await loadRunbook(source, await keptChildren(run, records));
    const graph = runbookGraph(runbook, pathOfRun(runbook, foldEvents(records)));
    return svgGraph(shownPart(graph, runbook));
  } catch (error) {
    // A runbook of an earlier version may be invalid now: the record is readable without it.
    if (error instanceof RunbookError) return undefined;
    throw error;
  }
}

async function keptChildren(
  { sources }: RunRecord,
  records: readonly RecordedEvent[],
): Promise<ReadonlyMap<string, Source>> {
  const started = records[0]?.event;
  const kept = (started?.type === 'run.started' ? started.children : undefined) ?? [];
  const children = new Map<string, Source>();
  for (const { name, file, sha256: digest } of kept) {
    const source = await keptText(() => sources.child(name), file, digest);
    if (source !== undefined) children.set(name, source);
  }
  return children;
}

async function keptText(
  read: () => Promise<string>,
  file: string,
  digest: string,
): Promise<Source | undefined> {
  const text = await read().catch(() => undefined);
  return text !== undefined && sha256(text) === digest ? { file, text } : undefined;
}
