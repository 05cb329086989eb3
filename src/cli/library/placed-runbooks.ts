import {
  type ConfiguredFolders,
  type OriginName,
  placedFolders,
  runbookName,
  runbooksIn,
} from './runbook-folders.ts';

/** A runbook with its name, its location, and the files of that name that it hides. */
export type PlacedRunbook = {
  readonly name: string;
  readonly file: string;
  readonly origin: OriginName;
  readonly hides: readonly string[];
};

/** Returns every runbook with its location, by name. */
export function placedRunbooks(
  given: readonly string[],
  configured: ConfiguredFolders,
): readonly PlacedRunbook[] {
  const placed = new Map<string, PlacedRunbook>();
  for (const { origin, folder } of placedFolders(given, configured)) {
    for (const file of runbooksIn(folder)) {
      const name = runbookName(file);
      const first = placed.get(name);
      if (first === undefined) placed.set(name, { name, file, origin, hides: [] });
      else placed.set(name, { ...first, hides: [...first.hides, file] });
    }
  }
  return [...placed.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
}
