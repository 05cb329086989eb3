import type { Role } from '#events/log/news.ts';

/** A person who is known to the server. */
export type Person = {
  readonly id: string;
  /** The name in records and on pages. */
  readonly name: string;
};

/** A right of a token; `act` is all that its person may do, without a session. */
export type TokenScope = 'read' | 'start' | 'act' | 'sign-in';

/** A token or a session as it is stored: by the SHA-256 of its text. */
export type StoredSecret = {
  readonly hash: Uint8Array;
  readonly person: Person;
  readonly expiresAt: Date;
};

/** A stored session. */
export type StoredSession = StoredSecret & { readonly signedInAt: Date };

/** A stored token. */
export type StoredToken = StoredSecret & { readonly scopes: readonly TokenScope[] };

/** The author of a request: a person with a session, or a token. */
export type Caller = {
  readonly person: Person;
  /** Undefined for a person with a session. */
  readonly scopes: readonly TokenScope[] | undefined;
  /** When the person signed in; undefined for a token that does not stand for its person. */
  readonly signedInAt: Date | undefined;
};

/** Whether somebody may do something; the reason is a sentence for that person. */
export type Permission = { readonly may: true } | { readonly may: false; readonly because: string };

/** The rights of a person in an environment. */
export type Rights = {
  /** Without it, the runs of the environment do not exist for the person. */
  readonly see: boolean;
  readonly roles: readonly Role[];
  /** Start runs, answer, skip, retry, decline, write notes and so on. */
  readonly operate: Permission;
  /** Confirm gates, by the effect of the action. */
  readonly confirm: { readonly change: Permission; readonly destructive: Permission };
};

/** The people of a team, their tokens, sessions and rights. */
export interface Access {
  /** Resolves with the token of this SHA-256, or undefined. */
  token(hash: Uint8Array): Promise<StoredToken | undefined>;
  /** Resolves with the session of this SHA-256, or undefined. */
  session(hash: Uint8Array): Promise<StoredSession | undefined>;
  openSession(session: StoredSession): Promise<void>;
  closeSession(hash: Uint8Array): Promise<void>;
  /** Resolves with the names of all environments. */
  environments(): Promise<readonly string[]>;
  rights(caller: Caller, environment: string): Promise<Rights>;
}
