import type { Source } from '#runbook/yaml/source.ts';
import { findRunbooks, readSource } from './find-runbook.ts';

/** Folders searched first for other runbooks, or their texts by name, as stored with a run. */
export type OtherRunbooks = readonly string[] | ReadonlyMap<string, Source>;

/** Returns the texts of runbooks by name; folders are searched once and each text is read once. */
export function otherSources(others: OtherRunbooks): (name: string) => Source | undefined {
  if ('get' in others) return (name) => others.get(name);
  let files: ReadonlyMap<string, string> | undefined;
  const texts = new Map<string, Source | undefined>();
  return (name) => {
    files ??= new Map(findRunbooks(others).map((found) => [found.name, found.file]));
    const file = files.get(name);
    if (!texts.has(name)) texts.set(name, file === undefined ? undefined : readSource(file));
    return texts.get(name);
  };
}
