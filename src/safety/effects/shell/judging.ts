import type { Span } from '#runbook/yaml/source.ts';
import type { ParsePostgres } from '../postgres/infer.ts';
import type { Reason } from '../report.ts';
import type { ShellNode } from './tree/node.ts';
import type { Word, WordScope } from './words.ts';

/**
 * The standard input of a command: `inherited` from the script, `output` of another command or of a
 * file, `nothing`, or a text.
 */
export type Stdin =
  | 'inherited'
  | 'output'
  | 'nothing'
  | { readonly text: string; readonly exactAt: number | undefined; readonly span: Span };

/** A call of a command. */
export type Call = {
  /** The name in reasons, e.g. `kubectl get`. */
  readonly name: string;
  /** The span of the word that names it. */
  readonly span: Span;
  /** The words after the name. */
  readonly words: readonly Word[];
  readonly stdin: Stdin;
};

/** Returns the reasons against a read in a call. */
export type Judge = (call: Call, judging: Judging) => readonly Reason[];

/** Judges by command name; a key may list several names, separated by spaces. */
export type Rules = Readonly<Record<string, Judge>>;

/** The context of a judge: the script around the command. */
export type Judging = WordScope & {
  /** True if the names that a command prints may be files which the script, or one around it, opens. */
  readonly opensNames: boolean;
  /** `any` if the shell is unknown. */
  readonly dialect: NestedScript['dialect'];
  readonly parsePostgres: ParsePostgres | undefined;
  /** Judges a command given as words, e.g. the command of `sudo`. */
  readonly command: (words: readonly Word[], stdin: Stdin) => readonly Reason[];
  /** Judges a script given as text, e.g. the script of `bash -c`. */
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
  /**
   * `any` if the shell is unknown: constructs that other shells parse differently are not proven.
   */
  readonly dialect: 'bash' | 'any';
};
