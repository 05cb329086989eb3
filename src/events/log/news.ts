import type { Intent } from './intent.ts';
import type { LiveOutput } from './live.ts';
import type { Verdict } from './submission.ts';

/** Whole lines of a journal, byte for byte, with the number of the last one. */
export type StoredLine = { readonly seq: number; readonly line: string };

/** An intent, or the wish to look at a run, which wakes it if no process holds it. */
export type TeamIntent = Intent | { readonly type: 'look' };

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
