import * as z from 'zod/mini';
import { errorAt } from '#runbook/diagnostic.ts';
import { duration, opt, texts } from '#runbook/schema/parts.ts';
import { checked, held, holds } from '#runbook/yaml/holds.ts';
import type { ApprovalRule } from '#team/policy/permission.ts';
import { APPROVING } from '#team/policy/roles.ts';

/**
 * Declares a key that cannot be enforced yet, which is a problem: a rule that is half ignored would
 * allow more than it says.
 */
const later = <T>(schema: z.ZodMiniType<T>, what: string, isNeeded: (value: T) => boolean) =>
  opt(
    checked(schema, (value, { node: { span }, path }) => {
      const hint = `remove "${path.at(-1)}": one person whom "roles" allows confirms`;
      return isNeeded(value)
        ? [errorAt('wrong-value', span, `${what} not supported yet`, hint)]
        : [];
    }),
  );

const rule = holds(
  z
    .strictObject({
      environments: texts('the environments it is for; "*" is every one'),
      effect: z.enum(['change', 'destructive']).check(z.describe('the effect of the action')),
      roles: z
        .array(z.enum(APPROVING))
        .check(z.minLength(1), z.describe('the roles that confirm it; an admin confirms nothing')),
      max_auth_age: opt(duration('the longest time since the person signed in')),
      approvals: later(
        z.int().check(z.gte(1), z.describe('the number of people needed; only 1 yet')),
        'confirmations by several people are',
        (count) => count > 1,
      ),
      not: later(
        z.enum(['starter']).check(z.describe('who may not confirm it; not supported yet')),
        'excluding the person who started the run is',
        () => true,
      ),
    })
    .check(z.describe('who confirms an effect in some environments')),
  ({ environments, effect, roles, max_auth_age: maxAuthAgeMs }) =>
    held<ApprovalRule>({ environments, effect, roles, maxAuthAgeMs }),
);

/** The schema of an `approval:` section, of a server or of a worker. */
export const APPROVAL_SCHEMA = z
  .array(rule)
  .check(z.describe('who confirms what; the first rule for the environment and effect decides'));
