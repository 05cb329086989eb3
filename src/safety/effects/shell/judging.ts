import type { Span } from '#runbook/yaml/source.ts';
import type { ParsePostgres } from '../postgres/infer.ts';
import type { Reason } from '../report.ts';
import type { ShellNode } from './tree/node.ts';
import type { Word, WordScope } from './words.ts';

/**
 * What a command reads from its standard input: `inherited` from the script, `output` of another
 * command or of a file, `nothing`, or a text.
 */
export type Stdin =
  | 'inherited'
  | 'output'
  | 'nothing'
  | { readonly text: string; readonly exactAt: number | undefined; readonly span: Span };

/** A command that is about to be judged. */
export type Call = {
  /** What it is called in a reason, e.g. `kubectl get`. */
  readonly name: string;
  /** The word that names it. */
  readonly span: Span;
  /** Everything after the name. */
  readonly words: readonly Word[];
  readonly stdin: Stdin;
};

/** Returns what speaks against a call being a read. */
export type Judge = (call: Call, judging: Judging) => readonly Reason[];

/** Commands by name; a key may hold several names, apart by spaces. */
export type Rules = Readonly<Record<string, Judge>>;

/** What the judges of commands need of the script around them. */
export type Judging = WordScope & {
  readonly parsePostgres: ParsePostgres | undefined;
  /** Judges a command given as words, e.g. what `sudo` runs. */
  readonly command: (words: readonly Word[], stdin: Stdin) => readonly Reason[];
  /** Judges a script given as text, e.g. what `bash -c` runs. */
  readonly nested: (script: NestedScript) => readonly Reason[];
  /** Judges the statements below a node of this script. */
  readonly statements: (node: ShellNode, stdin: Stdin) => readonly Reason[];
};

/** A script inside a script. */
export type NestedScript = {
  readonly text: string;
  readonly span: Span;
  readonly exactAt: number | undefined;
  readonly stdin: Stdin;
  /** `any` when it is not known that bash reads it: what other shells read differently is refused. */
  readonly dialect: 'bash' | 'any';
};
