import * as z from 'zod/mini';
import { type Diagnostic, errorAt } from '#runbook/diagnostic.ts';
import { duration, opt, texts } from '#runbook/schema/parts.ts';
import { nodeAt } from '#runbook/yaml/document.ts';
import type { LocatedNode } from '#runbook/yaml/located.ts';
import type { ApprovalRule } from '#team/policy/permission.ts';
import { APPROVING } from '#team/policy/roles.ts';
import { parseDuration } from '#text/duration.ts';

const rule = z
  .strictObject({
    environments: texts('the environments it is for; "*" is every one'),
    effect: z.enum(['change', 'destructive']).check(z.describe('the effect of the action')),
    roles: z
      .array(z.enum(APPROVING))
      .check(z.minLength(1), z.describe('the roles that confirm it; an admin confirms nothing')),
    max_auth_age: opt(duration('the longest time since the person signed in')),
    approvals: opt(z.int().check(z.gte(1), z.describe('the number of people needed; only 1 yet'))),
    not: opt(z.enum(['starter']).check(z.describe('who may not confirm it; not supported yet'))),
  })
  .check(z.describe('who confirms an effect in some environments'));

/** The schema of an `approval:` section, of a server or of a worker. */
export const APPROVAL_SCHEMA = z
  .array(rule)
  .check(z.describe('who confirms what; the first rule for the environment and effect decides'));

/**
 * Returns the rules of an `approval:` section at a path. What cannot be enforced yet is a problem: a
 * rule that is half ignored would allow more than it says.
 */
export function readApproval(
  written: z.infer<typeof APPROVAL_SCHEMA> | undefined,
  root: LocatedNode,
  path: readonly string[],
): { readonly rules: readonly ApprovalRule[]; readonly problems: readonly Diagnostic<string>[] } {
  const rules = (written ?? []).map(({ environments, effect, roles, max_auth_age }) => ({
    ...{ environments, effect, roles },
    maxAuthAgeMs: max_auth_age === undefined ? undefined : parseDuration(max_auth_age),
  }));
  const problems = (written ?? []).flatMap(({ approvals = 1, not }, index) => [
    ...(approvals > 1
      ? [later('approvals', 'confirmations by several people are not supported yet', index)]
      : []),
    ...(not !== undefined
      ? [later('not', 'excluding the person who started the run is not supported yet', index)]
      : []),
  ]);
  return { rules, problems };

  function later(key: string, what: string, index: number) {
    const { span } = nodeAt(root, [...path, index, key]) ?? root;
    const hint = `remove "${key}": one person whom "roles" allows confirms`;
    return errorAt('wrong-value', span, what, hint);
  }
}
