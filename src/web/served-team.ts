/** A runbook that can be started. */
export type ServedRunbook = {
  readonly name: string;
  readonly title: string;
  readonly severity: string;
};

/** A worker that is alive or draining. */
export type ServedWorker = {
  readonly id: string;
  readonly labels: readonly string[];
  readonly program: string;
  readonly state: string;
  /** Milliseconds since it last showed that it is alive. */
  readonly beatMs: number;
  /** The number of runs that it holds. */
  readonly held: number;
};

/** An alert that arrived, with the decision about it. */
export type ServedAlert = {
  readonly id: string;
  readonly source: string;
  readonly title?: string | undefined;
  readonly fingerprint: string;
  readonly status: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly decision: string;
  readonly reason?: string | undefined;
  readonly run?: string | undefined;
  /** The environment of the run. */
  readonly environment?: string | undefined;
  readonly receivedAt: Date;
};

/** How often an alert of a run came, and when last. */
export type AlertCount = {
  readonly source: string;
  readonly key: string;
  readonly seen: number;
  readonly lastAt: Date;
};

/** A figure of the control plane; the values of its label are the program's own words. */
export type Figure = {
  readonly name: string;
  readonly help: string;
  readonly label?: string | undefined;
  readonly values: readonly { readonly of?: string | undefined; readonly value: number }[];
};

/** The team besides its runs, as the API tells of it. */
export interface ServedTeam {
  /** Resolves with the valid runbooks, which takes a while: each is checked. */
  runbooks(): Promise<readonly ServedRunbook[]>;
  /** Returns the names of all runbooks, also of invalid ones. */
  runbookNames(): readonly string[];
  workers(): Promise<readonly ServedWorker[]>;
  /** Resolves with alerts, most recent first: those with an ID before a given one. */
  alerts(wanted: {
    readonly before?: string | undefined;
    readonly limit: number;
  }): Promise<readonly ServedAlert[]>;
  /** Resolves with how often each alert of a run came. */
  alertsOf(run: string): Promise<readonly AlertCount[]>;
  figures(): Promise<readonly Figure[]>;
}
