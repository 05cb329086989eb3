import type { Span } from '#runbook/yaml/source.ts';

/** An offer at the cursor. */
export type Completion = {
  readonly label: string;
  readonly kind: 'key' | 'value' | 'step' | 'target' | 'runbook' | 'input' | 'field' | 'function';
  /** The type, or what it is, in a few words. */
  readonly detail?: string;
  /** Markdown. */
  readonly documentation?: string;
  /** The text that replaces `span`. */
  readonly insert: string;
  readonly span: Span;
  /** The text that the replaced one has to resemble, if not the label. */
  readonly filter?: string;
  /** Those with a lower rank come first; default 1. */
  readonly rank?: number;
};
