import type { Parsed } from '#runbook/diagnostic.ts';
import type { Runbook } from '#runbook/model/runbook.ts';
import { type KnownRunbooks, parseRunbook } from '#runbook/parse-runbook.ts';
import type { Source } from '#runbook/yaml/source.ts';
import { findRunbooks, readSource } from './find-runbook.ts';

/** Folders searched first for other runbooks, or their texts by name, as stored with a run. */
export type OtherRunbooks = readonly string[] | ReadonlyMap<string, Source>;

/**
 * Parses a runbook and those used as its steps, without inferring effects. With `known`, a runbook
 * used by several steps is parsed once.
 */
export function parseSource(
  source: Source,
  others: OtherRunbooks = [],
  known?: KnownRunbooks,
): Parsed<Runbook> {
  return parseRunbook(source, { runbook: (name) => sourceOf(name, others), known });
}

function sourceOf(wanted: string, others: OtherRunbooks): Source | undefined {
  if ('get' in others) return others.get(wanted);
  const found = findRunbooks(others).find(({ name }) => name === wanted);
  return found && readSource(found.file);
}
