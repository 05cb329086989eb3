/** The sign of a change that a run is at: at its gate, or at work. */
export type ChangeSign = {
  /** A digest of the step and its action: equal for the same change in two runs. */
  readonly change: string;
  /** The names of its target; of two signs for one target, at least one is equal. */
  readonly places: readonly string[];
  /** True from the confirmation until the action has ended. */
  readonly isAtWork: boolean;
  readonly runbook: string;
  /** The title on its gate. */
  readonly title: string;
  readonly operator: string;
  readonly host: string;
  /** When its gate opened, or when it was confirmed; ISO. */
  readonly since: string;
};

/** The sign of another run. */
export type OtherSign = ChangeSign & {
  readonly run: string;
  /** False if its process cannot be looked up from here, e.g. in another container. */
  readonly isCertain: boolean;
};

/**
 * The signs of all runs of a store, one for each run; seen by one of them. A sign counts only as
 * long as its run is alive.
 */
export type ChangeBoard = {
  /** Shows the sign of this run, in place of its last one; once it resolves, all others see it. */
  show(sign: ChangeSign): Promise<void>;
  /** Resolves with the signs of the other runs that are alive. */
  others(): Promise<readonly OtherSign[]>;
  /** Removes the sign of this run, if it has one. */
  clear(): Promise<void>;
};
