import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RunbookError } from '#errors.ts';
import type { RecordedEvent } from '#events/log/event.ts';
import { foldEvents } from '#events/view/fold.ts';
import { sha256 } from '#run/sha256.ts';
import type { RunFolder } from '#run/store/file/folders.ts';
import type { Source } from '#runbook/yaml/source.ts';
import { pathOfRun } from '../path-of-run.ts';

/** Returns the runbook of a run from its start, or `undefined` if its copy was modified. */
export function keptRunbook(run: RunFolder, records: readonly RecordedEvent[]): Source | undefined {
  const started = records[0]?.event;
  if (started?.type !== 'run.started') return undefined;
  const { file, sha256: digest } = started.runbook;
  return keptText(run.runbook, file, digest);
}

/** Draws the path of a run in its runbook, or returns `undefined` if that is not possible. */
export async function drawnPath(
  run: RunFolder,
  records: readonly RecordedEvent[],
  source: Source | undefined,
): Promise<string | undefined> {
  if (source === undefined) return undefined;
  const { svgGraph } = await import('#report/graph/svg.ts');
  const { runbookGraph } = await import('#report/graph/drawing.ts');
  const { loadRunbook } = await import('./load-runbook.ts');
  try {
    const runbook = await loadRunbook(source, keptChildren(run, records));
    return svgGraph(runbookGraph(runbook, pathOfRun(runbook, foldEvents(records))));
  } catch (error) {
    // A runbook of an earlier version may be invalid now: the record is readable without it.
    if (error instanceof RunbookError) return undefined;
    throw error;
  }
}

function keptChildren(
  run: RunFolder,
  records: readonly RecordedEvent[],
): ReadonlyMap<string, Source> {
  const started = records[0]?.event;
  const kept = (started?.type === 'run.started' ? started.children : undefined) ?? [];
  return new Map(
    kept.flatMap(({ name, file, sha256: digest }) => {
      const source = keptText(join(run.runbooks, `${name}.yaml`), file, digest);
      return source === undefined ? [] : [[name, source] as const];
    }),
  );
}

function keptText(copy: string, file: string, digest: string): Source | undefined {
  try {
    const text = readFileSync(copy, 'utf8');
    return sha256(text) === digest ? { file, text } : undefined;
  } catch {
    return undefined;
  }
}
