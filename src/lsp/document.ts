import { expand } from '#runbook/expand/expand.ts';
import { type Library as Definitions, readLibrary } from '#runbook/expand/library.ts';
import type { LocatedNode } from '#runbook/yaml/located.ts';
import { ownText, type Source } from '#runbook/yaml/source.ts';
import { readTolerantly } from './draft/read-tolerantly.ts';

/** The tree of a document as written, and with what its library files define in place. */
export type Trees = { readonly root: LocatedNode; readonly whole: LocatedNode };

/** A text in an editor, and the tree of as much of it as can be read. */
export type Document = {
  /** The text, and the library files that it uses. */
  readonly source: Source;
  readonly root: LocatedNode | undefined;
  readonly whole: LocatedNode | undefined;
};

/** Reads a text that may be half-typed. */
export function readDraft(source: Source): Document {
  const root = readTolerantly(ownText(source));
  return { source, root, whole: root && wholeOf(source, root) };
}

/** Returns the tree of a document with what its library files define in place. */
export function wholeOf(source: Source, root: LocatedNode): LocatedNode {
  return expand(source, root).node;
}

/** Returns what the library files of a document define. */
export function definedFor({ source, root }: Document): Definitions | undefined {
  return root && readLibrary(source, root, []);
}

/** The part of the surroundings of a document that it can name. */
export type Library = {
  /** The other runbooks, by name. */
  readonly names: () => readonly string[];
  /** Returns the text of a runbook with a name, or undefined if there is none. */
  readonly source: (name: string) => Source | undefined;
  /** Returns the text of the runbook that a test file is for. */
  readonly tested: (file: string) => Source | undefined;
  /** Returns the names of the library files that a file can use. */
  readonly fileNames: (file: string) => readonly string[];
  /** Returns the names of the columns of a PostgreSQL statement, if it names each of them. */
  readonly columns: (sql: string) => readonly string[] | undefined;
};
