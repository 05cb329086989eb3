/** A runbook as the start page lists it. */
export type ListedRunbook = {
  readonly name: string;
  readonly title: string;
  /** `-` when the runbook cannot be read. */
  readonly severity: string;
  readonly summary: string;
  /** What its incident looks like in logs; searched too. */
  readonly symptoms: readonly string[];
};

/** A run of this machine as the start page shows it. */
export type PastRun = {
  readonly id: string;
  readonly status: 'running' | 'paused' | 'interrupted' | 'finished' | 'unreadable';
  readonly runbook: string | undefined;
  /** When it finished or was left (ISO); not known of one that goes on. */
  readonly endedAt: string | undefined;
  readonly outcome: string | undefined;
  /** Who had it last. */
  readonly operator: string | undefined;
  /** The step it came to last. */
  readonly step: string | undefined;
  readonly stepTitle?: string | undefined;
};

/** All there is to choose from. */
export type StartPage = {
  /** By name. */
  readonly runbooks: readonly ListedRunbook[];
  /** Newest first; grows while they are read. */
  readonly runs: readonly PastRun[];
  /** `reading`: more runs come; `partial`: the oldest are left out; `whole`: these are all. */
  readonly history: 'reading' | 'partial' | 'whole';
  /** The environments of config files, by name. */
  readonly environments: readonly string[];
};

/** A runbook that a pasted error calls for. */
export type Offer = {
  readonly runbook: string;
  /** False when no runbook of that name was found. */
  readonly isHere: boolean;
  /** What the error is. */
  readonly title: string;
  /** The line that says so, without secrets. */
  readonly evidence: string;
  /** What in it was recognised; of an alternative, how it can be told. */
  readonly why: string;
};

/** What a pasted text was found to be. */
export type Finding = {
  /** The end of the text as it may be shown: without secrets, a string a line. */
  readonly shown: readonly string[];
  readonly records: number;
  /** The likeliest first. */
  readonly offers: readonly Offer[];
};

/** What the operator wants; the page ends with it. */
export type StartChoice =
  | { readonly type: 'run'; readonly runbook: string; readonly environment?: string }
  | { readonly type: 'resume'; readonly run: string }
  | { readonly type: 'leave' };
