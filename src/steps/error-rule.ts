import type { ErrorKind, ErrorPhase } from '#runbook/model/step-error.ts';

/** How an error is known: by its code, its text, or both. The first rule that fits counts. */
export type ErrorRule = {
  readonly code?: RegExp;
  readonly text?: RegExp;
  readonly kind: ErrorKind;
  /** Where it happens when a connection is made; `query` when it is in use. */
  readonly phase?: ErrorPhase;
  readonly hint?: string;
};
