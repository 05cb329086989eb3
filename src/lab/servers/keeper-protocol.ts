/** A program for the keeper to run. */
export type KeptCommand = {
  readonly file: string;
  readonly args: readonly string[];
  /** The complete environment; nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  /** The file its output is appended to. */
  readonly logFile: string;
  /** The signal for a clean stop. */
  readonly stopSignal: NodeJS.Signals;
  /** The user it runs as; the keeper's own if undefined. */
  readonly user?: { readonly uid: number; readonly gid: number } | undefined;
};

/** The exit of a program; `failure` is the reason why it could not be started. */
export type KeptExit = {
  readonly code: number | null;
  readonly signal: string | null;
  readonly failure?: string;
};

/** The orders to the keeper, one JSON text per line. The end of its input ends everything. */
export type KeeperOrder =
  | { readonly order: 'run'; readonly id: number; readonly command: KeptCommand }
  | { readonly order: 'stop'; readonly id: number; readonly signal?: NodeJS.Signals | undefined };

/** The reports of the keeper, one JSON text per line. */
export type KeeperReport =
  | { readonly report: 'ready'; readonly folder: string }
  | { readonly report: 'started'; readonly id: number; readonly pid: number }
  | { readonly report: 'exited'; readonly id: number; readonly exit: KeptExit };
