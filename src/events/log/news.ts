import type { Intent } from './intent.ts';
import type { LiveOutput } from './live.ts';
import type { RunAlert } from './run-alert.ts';
import type { Verdict } from './submission.ts';

/** Whole lines of a journal, byte for byte, with the number of the last one. */
export type StoredLine = { readonly seq: number; readonly line: string };

/**
 * An intent; or the wish to look at a run, or the news of an alert it is about, which wake it if no
 * process holds it.
 */
export type TeamIntent =
  | Intent
  | { readonly type: 'look' }
  | { readonly type: 'alert'; readonly alert: RunAlert };

/** A role of a person in an environment. */
export type Role = 'viewer' | 'operator' | 'approver' | 'admin';

/** An intent of a person that is to be stored. */
export type NewIntent = {
  readonly run: string;
  /** The ID of the person. */
  readonly person: string;
  /** The roles of the person in the environment, which has to be that of the run. */
  readonly roles: readonly Role[];
  readonly environment: string;
  /** The digest of the gate that the person was allowed to confirm. */
  readonly digest?: string | undefined;
  /** When the person signed in; undefined for a token that is not a session. */
  readonly signedInAt: Date | undefined;
  /** The surface, e.g. `page` or `terminal`. */
  readonly via: string;
  /** The number of the `operator.awaited` that it answers. */
  readonly atSeq?: number | undefined;
  readonly intent: TeamIntent;
  /** Of several intents of a person with one key there is only the first. */
  readonly key?: string | undefined;
};

/** An intent for a run of a team; it has a verdict once a worker has applied or refused it. */
export type StoredIntent = {
  readonly id: string;
  readonly person: string;
  /** The surface, e.g. `page` or `terminal`. */
  readonly via: string;
  readonly atSeq: number | undefined;
  readonly intent: TeamIntent;
  readonly createdAt: Date;
  readonly verdict: Verdict | undefined;
};

/** A piece of news of a run that another process writes. */
export type News =
  | ({ readonly kind: 'line' } & StoredLine)
  | { readonly kind: 'live'; readonly live: LiveOutput }
  | { readonly kind: 'answer'; readonly intent: StoredIntent }
  /** Why no worker continues the run by now; undefined: nothing is in its way any more. */
  | { readonly kind: 'trouble'; readonly trouble: string | undefined }
  | { readonly kind: 'end' };
