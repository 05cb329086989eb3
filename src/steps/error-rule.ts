import type { ErrorKind, ErrorPhase } from '#runbook/model/step-error.ts';

/** A rule that classifies an error by its code, its text, or both. The first match wins. */
export type ErrorRule = {
  readonly code?: RegExp;
  readonly text?: RegExp;
  readonly kind: ErrorKind;
  /** The phase of the error while connecting; `query` applies once a connection is in use. */
  readonly phase?: ErrorPhase;
  readonly hint?: string;
};
