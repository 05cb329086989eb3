import type { RunRow } from '#events/view/run-row.ts';

/** A runbook in the list of the start page. */
export type ListedRunbook = {
  readonly name: string;
  readonly title: string;
  /** `-` if the runbook cannot be read. */
  readonly severity: string;
  readonly summary: string;
  /** The symptoms of its incident in logs; searched too. */
  readonly symptoms: readonly string[];
};

/** The content of the start page. */
export type StartPage = {
  /** By name. */
  readonly runbooks: readonly ListedRunbook[];
  /** Most recent first; grows while they are read. */
  readonly runs: readonly RunRow[];
  /**
   * `reading`: more runs follow; `partial`: the oldest are omitted; `whole`: the list is complete.
   */
  readonly history: 'reading' | 'partial' | 'whole';
  /** The environments of config files, by name. */
  readonly environments: readonly string[];
};

/** A runbook suggested for a pasted error. */
export type Offer = {
  readonly runbook: string;
  /** False if no runbook of that name was found. */
  readonly isHere: boolean;
  /** The name of the error. */
  readonly title: string;
  /** The line that shows it, without secrets. */
  readonly evidence: string;
  /** The reason for the suggestion; of an alternative, how to tell it apart. */
  readonly why: string;
};

/** The classification of a pasted text. */
export type Finding = {
  /** The end of the text without secrets, one string per line. */
  readonly shown: readonly string[];
  readonly records: number;
  /** Most likely first. */
  readonly offers: readonly Offer[];
};

/** The operator's choice, which ends the page. */
export type StartChoice =
  | { readonly type: 'run'; readonly runbook: string; readonly environment?: string }
  | { readonly type: 'resume'; readonly run: string }
  | { readonly type: 'leave' };
