import type { ParsePostgres } from './postgres/infer.ts';
import type { ParseShell } from './shell/tree/node.ts';

/** The parsers for inferring effects. Without a parser, its texts are not proven to only read. */
export type EffectParsers = {
  readonly shell: ParseShell | undefined;
  readonly postgres: ParsePostgres | undefined;
  /** Returns whether bash itself accepts a script. Called only if the parser does not. */
  readonly bashReads?: (script: string) => boolean;
};

/** The parsers that a runbook needs. */
export type ParserNeeds = { readonly shell: boolean; readonly postgres: boolean };
