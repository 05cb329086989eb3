/** A program for the keeper to run. */
export type KeptCommand = {
  readonly file: string;
  readonly args: readonly string[];
  /** The whole environment; nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  /** Where its output is appended to. */
  readonly logFile: string;
  /** What asks it to end in order. */
  readonly stopSignal: NodeJS.Signals;
  /** Who it runs as; this process's own user when left out. */
  readonly user?: { readonly uid: number; readonly gid: number } | undefined;
};

/** How a kept program ended; `failure` says why it could not be started at all. */
export type KeptExit = {
  readonly code: number | null;
  readonly signal: string | null;
  readonly failure?: string;
};

/** What the keeper is told, one JSON text a line; the end of its input means: end everything. */
export type KeeperOrder =
  | { readonly order: 'run'; readonly id: number; readonly command: KeptCommand }
  | { readonly order: 'stop'; readonly id: number; readonly signal?: NodeJS.Signals | undefined };

/** What the keeper reports, one JSON text a line. */
export type KeeperReport =
  | { readonly report: 'ready'; readonly folder: string }
  | { readonly report: 'started'; readonly id: number; readonly pid: number }
  | { readonly report: 'exited'; readonly id: number; readonly exit: KeptExit };
