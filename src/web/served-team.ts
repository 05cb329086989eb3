import type { InputDefinition } from '#runbook/model/input-definition.ts';
import type { Effect } from '#runbook/model/terms.ts';

/** A runbook that can be started. */
export type ServedRunbook = {
  readonly name: string;
  readonly title: string;
  readonly severity: string;
};

/** A runbook as whoever wants to start it has to know it. */
export type DescribedRunbook = ServedRunbook & {
  readonly summary: string;
  readonly impact: string | undefined;
  /** The inputs that somebody may give. */
  readonly inputs: readonly InputDefinition[];
  /** The names of the others, which never leave the machine of a worker. */
  readonly secrets: readonly string[];
  readonly steps: readonly { readonly title: string; readonly effect: Effect | undefined }[];
  /** Why a team cannot run it, if it cannot. */
  readonly refusal: string | undefined;
};

/** A worker that is alive or draining. */
export type ServedWorker = {
  readonly id: string;
  readonly labels: readonly string[];
  readonly program: string;
  readonly state: string;
  /** Milliseconds since it last showed that it is alive. */
  readonly beatMs: number;
  /** The number of runs that it holds, also of those that wait. */
  readonly held: number;
  /** The most runs that it works on at a time. */
  readonly places: number;
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

/** The place of a run in the queue of its label. */
export type QueuePlace = {
  readonly label: string;
  /** The runs that are taken before it. */
  readonly ahead: number;
  /** The workers that take runs of the label. */
  readonly workers: number;
  /** The runs that they work on, and the most that they work on at a time. */
  readonly working: number;
  readonly places: number;
};

/** A channel to people that lately did not take a message. */
export type ChannelTrouble = {
  readonly channel: string;
  /** The messages that are tried again, and those that were given up in the last day. */
  readonly waiting: number;
  readonly failed: number;
  /** The last reason. */
  readonly error: string;
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
  /** Resolves with a valid runbook, or undefined. */
  runbook(name: string): Promise<DescribedRunbook | undefined>;
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
  /** Resolves with the place of a run in the queue of its label; undefined if it waits for no worker. */
  placeInQueue(run: string): Promise<QueuePlace | undefined>;
  /** Resolves with the channels that lately did not take a message, and why. */
  channelTroubles(): Promise<readonly ChannelTrouble[]>;
  figures(): Promise<readonly Figure[]>;
}
