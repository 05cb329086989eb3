import type { Alert } from '../alert.ts';

/** The items of a payload, and how to read one. */
export type Items = {
  readonly items: readonly unknown[];
  /** Returns undefined for an event that neither starts nor ends an alert. */
  readonly read: (item: unknown) => Alert | undefined;
};

/** Finds the alerts of a payload; a text says why it is not a payload of this source. */
export type PayloadReader = (payload: unknown) => Items | string;
