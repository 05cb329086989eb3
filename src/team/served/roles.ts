/** The roles of persons, least powerful first. */
export const ROLES = ['viewer', 'operator', 'approver', 'admin'] as const;
/** One of {@link ROLES}. */
export type Role = (typeof ROLES)[number];

/** The scopes of tokens; `act` is all that the person of the token may do, without a session. */
export const SCOPES = ['sign-in', 'read', 'start', 'act'] as const;
/** One of {@link SCOPES}. */
export type Scope = (typeof SCOPES)[number];
