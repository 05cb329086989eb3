import type { ParsePostgres } from './postgres/infer.ts';
import type { ParseShell } from './shell/tree/node.ts';

/** The parsers that effects are inferred with; what one is missing for is not known to only read. */
export type EffectParsers = {
  readonly shell: ParseShell | undefined;
  readonly postgres: ParsePostgres | undefined;
  /** Reports whether bash itself takes a script for one; asked only where the parser does not. */
  readonly bashReads?: (script: string) => boolean;
};

/** Which parsers a runbook has texts for. */
export type ParserNeeds = { readonly shell: boolean; readonly postgres: boolean };
