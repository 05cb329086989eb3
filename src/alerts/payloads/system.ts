import type { Alert } from '../alert.ts';
import type { Verification } from '../verification.ts';

/** The items of a payload, and how to read one. */
export type Items = {
  readonly items: readonly unknown[];
  /** Returns undefined for an event that neither starts nor ends an alert. */
  readonly read: (item: unknown) => Alert | undefined;
  /** Something that an administrator has to do in the system first. */
  readonly note?: string;
};

/** A kind of system that sends alerts. */
export type AlertSystem = {
  readonly verification: Verification;
  /** Finds the alerts of a payload; a text says why the system did not send it. */
  readonly read: (payload: unknown) => Items | string;
  /** Returns whether a payload has what only this system sends. */
  readonly looksLike: (payload: unknown) => boolean;
};
