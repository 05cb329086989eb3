import { type Diagnostic, hasError } from '../diagnostic.ts';
import type { LibraryUse } from '../model/runbook.ts';
import type { LocatedMapping, LocatedNode } from '../yaml/located.ts';
import { libraryFile, type Source } from '../yaml/source.ts';
import { withChoices } from './choices.ts';
import { withHandlers } from './handlers.ts';
import { type Library, readLibrary, usedNames } from './library.ts';
import { NodeExpander } from './node-expander.ts';
import { NO_PARAMETERS } from './parameters.ts';

/** A runbook with everything of its library files and handlers in place. */
export type Expanded = {
  readonly node: LocatedNode;
  readonly problems: readonly Diagnostic[];
  /** The uses of definitions of library files, in the runbook and in library files. */
  readonly uses: readonly LibraryUse[];
};

/**
 * Puts what library files define into a runbook, and what handlers say into its steps. Every part
 * keeps its place: in the runbook, or in the library file.
 */
export function expand(source: Source, node: LocatedNode): Expanded {
  const problems: Diagnostic[] = [];
  const library = readLibrary(source, node, problems);
  const isPlain = library.uses.size === 0 && !/^[ \t-]*use:/m.test(source.text);
  if (hasError(problems) || node.kind !== 'mapping') return { node, problems, uses: [] };
  if (isPlain) return { node: spelledOut(node, problems), problems, uses: [] };
  const expander = new NodeExpander(library, problems);
  const { uses: written, ...others } = Object.fromEntries(node.entries);
  const around = { scope: NO_PARAMETERS, engine: undefined, within: [] };
  const expanded = expander.expand({ ...node, entries: new Map(Object.entries(others)) }, around);
  const entries = expanded.kind === 'mapping' ? expanded.entries : new Map();
  const { uses } = expander.texts;
  if (!hasError(problems)) problems.push(...unusedFiles(node, library, uses));
  const whole = written === undefined ? entries : new Map([['uses', written], ...entries]);
  return { node: spelledOut({ ...node, entries: whole }, problems), problems, uses };
}

/** Puts what choices and handlers say into the `next` of the steps. */
function spelledOut(node: LocatedMapping, problems: Diagnostic[]): LocatedMapping {
  return withHandlers(withChoices(node, problems));
}

function unusedFiles(
  node: LocatedNode,
  library: Library,
  uses: readonly LibraryUse[],
): readonly Diagnostic[] {
  const definitions = [...library.fragments.values(), ...library.templates.values()];
  const used = new Set(
    uses.map(({ of }) => definitions.find(({ span }) => span.start === of.start)?.file),
  );
  const isUsed = (file: string, above: readonly string[]): boolean =>
    used.has(file) ||
    (library.uses.get(file) ?? []).some(
      (inner) => !above.includes(inner) && isUsed(inner, [...above, file]),
    );
  return usedNames(node)
    .filter(({ name }) => !isUsed(name, []))
    .map(({ name, span }) => ({
      severity: 'warning',
      code: 'unused-library',
      message: `nothing of ${libraryFile(name)} is used`,
      span,
      hint: 'remove it from uses:',
    }));
}
