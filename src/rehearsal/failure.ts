import type { Span } from '#runbook/yaml/source.ts';

/** Something in which a run was not as its case says. */
export type Failure = {
  readonly message: string;
  /** The place in the test file. */
  readonly span: Span;
  /** Said at that place, e.g. what would be right. */
  readonly hint: string | undefined;
  /** What explains it, line by line. */
  readonly detail: readonly string[];
  /** YAML to put into the case. */
  readonly paste: string | undefined;
};

/** Returns a failure; what is left out is not said. */
export function failure(
  message: string,
  span: Span,
  about: Partial<Pick<Failure, 'hint' | 'detail' | 'paste'>> = {},
): Failure {
  return { message, span, hint: undefined, detail: [], paste: undefined, ...about };
}
