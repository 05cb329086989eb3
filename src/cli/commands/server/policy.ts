import * as z from 'zod/mini';
import { opt, texts } from '#runbook/schema/parts.ts';
import type { AccessPolicy } from '#serve/access.ts';
import type { ApprovalRule } from '#team/policy/permission.ts';
import { ROLES, type RoleGroups } from '#team/policy/roles.ts';
import { APPROVAL_SCHEMA } from '../../config/approval.ts';

const holders = z
  .strictObject({ groups: texts('the groups whose members have the role') })
  .check(z.describe('who has the role'));

/** The schema of a `roles:` section, of the server or of an environment. */
export const ROLES_SCHEMA = z
  .partialRecord(z.enum(ROLES), holders)
  .check(z.describe('who has which role; a role that is not named has the group of its name'));

/** The keys of a server's config file that its policy is read from. */
export const POLICY_KEYS = { roles: opt(ROLES_SCHEMA), approval: opt(APPROVAL_SCHEMA) };

type RolesDocument = z.infer<typeof ROLES_SCHEMA>;
type Written = {
  readonly roles?: RolesDocument | undefined;
  readonly approval?: readonly ApprovalRule[] | undefined;
  readonly environments: Readonly<Record<string, { readonly roles?: RolesDocument | undefined }>>;
};

/** Returns the policy of a server's config file. */
export function policyOf({ roles, approval = [], environments }: Written): AccessPolicy {
  const own = Object.entries(environments).map(
    ([name, { roles: here }]) => [name, groupsOf(here)] as const,
  );
  return { roles: { everywhere: groupsOf(roles), environments: new Map(own) }, approval };
}

function groupsOf(roles: RolesDocument = {}): RoleGroups {
  return Object.fromEntries(Object.entries(roles).map(([role, { groups }]) => [role, groups]));
}
