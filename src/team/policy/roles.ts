import type { Role } from '#events/log/news.ts';

/** The roles of people, least powerful first. */
export const ROLES = ['viewer', 'operator', 'approver', 'admin'] as const satisfies readonly Role[];

/** The roles that can be given rights to confirm: being an admin approves nothing. */
export const APPROVING = ['operator', 'approver'] as const satisfies readonly Role[];

/** The scopes of tokens; `act` is all that the person of the token may do, without a session. */
export const SCOPES = ['sign-in', 'read', 'start', 'act'] as const;
/** One of {@link SCOPES}. */
export type Scope = (typeof SCOPES)[number];

/** The groups whose members have a role. */
export type RoleGroups = Partial<Readonly<Record<Role, readonly string[]>>>;

/** The groups of the roles, everywhere and by environment. */
export type RolePolicy = {
  readonly everywhere: RoleGroups;
  readonly environments: ReadonlyMap<string, RoleGroups>;
};

/** The group that every person is in. */
export const EVERYONE = 'everyone';

/** Every role has the group of its own name. */
export const OWN_GROUPS: RolePolicy = { everywhere: {}, environments: new Map() };

/**
 * Returns the roles that the groups of a person have in an environment. What an environment says of a
 * role replaces what is said of it everywhere.
 */
export function rolesIn(
  { everywhere, environments }: RolePolicy,
  environment: string,
  groups: readonly string[],
): readonly Role[] {
  const here = environments.get(environment) ?? {};
  return ROLES.filter((role) =>
    (here[role] ?? everywhere[role] ?? [role]).some((group) => groups.includes(group)),
  );
}
