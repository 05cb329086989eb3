import type { LocatedNode } from '#runbook/yaml/located.ts';
import type { Source } from '#runbook/yaml/source.ts';
import { readTolerantly } from './draft/read-tolerantly.ts';

/** A text in an editor, and the tree of as much of it as can be read. */
export type Document = {
  readonly source: Source;
  readonly root: LocatedNode | undefined;
};

/** Reads a text that may be half-typed. */
export function readDraft(source: Source): Document {
  return { source, root: readTolerantly(source.text) };
}

/** The part of the surroundings of a document that it can name. */
export type Library = {
  /** The other runbooks, by name. */
  readonly names: () => readonly string[];
  /** Returns the text of a runbook with a name, or undefined if there is none. */
  readonly source: (name: string) => Source | undefined;
  /** Returns the names of the columns of a PostgreSQL statement, if it names each of them. */
  readonly columns: (sql: string) => readonly string[] | undefined;
};
