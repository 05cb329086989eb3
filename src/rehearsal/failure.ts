import type { Span } from '#runbook/yaml/source.ts';

/** A difference between a run and its case. */
export type Failure = {
  readonly message: string;
  /** The place in the test file. */
  readonly span: Span;
  /** The hint at that place, e.g. the correct value. */
  readonly hint: string | undefined;
  /** The explanation, line by line. */
  readonly detail: readonly string[];
  /** YAML to paste into the case. */
  readonly paste: string | undefined;
};

/** Creates a failure; omitted parts are not shown. */
export function failure(
  message: string,
  span: Span,
  about: Partial<Pick<Failure, 'hint' | 'detail' | 'paste'>> = {},
): Failure {
  return { message, span, hint: undefined, detail: [], paste: undefined, ...about };
}
