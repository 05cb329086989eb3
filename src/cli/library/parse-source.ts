import type { Parsed } from '#runbook/diagnostic.ts';
import type { Runbook } from '#runbook/model/runbook.ts';
import { type KnownRunbooks, parseRunbook } from '#runbook/parse-runbook.ts';
import type { Source } from '#runbook/yaml/source.ts';
import { findRunbooks, readSource } from './find-runbook.ts';

/** Folders that other runbooks are looked for in first, or their texts by name, as a run keeps them. */
export type OtherRunbooks = readonly string[] | ReadonlyMap<string, Source>;

/**
 * Parses a runbook and those that are its steps; what its actions do is not looked at. With `known`, what
 * is a step of many is parsed once.
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
