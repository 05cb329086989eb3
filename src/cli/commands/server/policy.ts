import * as z from 'zod/mini';
import type { Diagnostic } from '#runbook/diagnostic.ts';
import { opt, texts } from '#runbook/schema/parts.ts';
import type { LocatedNode } from '#runbook/yaml/located.ts';
import type { AccessPolicy } from '#serve/access.ts';
import { ROLES, type RoleGroups } from '#team/policy/roles.ts';
import { APPROVAL_SCHEMA, readApproval } from '../../config/approval.ts';

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
  readonly approval?: z.infer<typeof APPROVAL_SCHEMA> | undefined;
  readonly environments: Readonly<Record<string, { readonly roles?: RolesDocument | undefined }>>;
};

/** Returns the policy of a server's config file, with what it asks for and cannot be had yet. */
export function readPolicy(
  { roles, approval, environments }: Written,
  root: LocatedNode,
): { readonly policy: AccessPolicy; readonly problems: readonly Diagnostic<string>[] } {
  const { rules, problems } = readApproval(approval, root, ['approval']);
  const own = Object.entries(environments).map(
    ([name, { roles: here }]) => [name, groupsOf(here)] as const,
  );
  const policy = {
    roles: { everywhere: groupsOf(roles), environments: new Map(own) },
    approval: rules,
  };
  return { policy, problems };
}

function groupsOf(roles: RolesDocument = {}): RoleGroups {
  return Object.fromEntries(Object.entries(roles).map(([role, { groups }]) => [role, groups]));
}
