import type { Intent } from '#events/log/intent.ts';
import type { Role } from '#events/log/news.ts';
import type { GateView, RunView } from '#events/view/run-view.ts';
import { formatDuration } from '#text/duration.ts';
import { APPROVING, ROLES } from './roles.ts';

/** The effect of an action that waits at a gate. */
export type GatedEffect = 'change' | 'destructive';

/** Who confirms an effect in some environments. */
export type ApprovalRule = {
  /** `*` is every environment. */
  readonly environments: readonly string[];
  readonly effect: GatedEffect;
  readonly roles: readonly Role[];
  /** The longest time since the person signed in. */
  readonly maxAuthAgeMs?: number | undefined;
};

/** Somebody who wants something in an environment. */
export type Asker = {
  readonly environment: string;
  readonly roles: readonly Role[];
  /** Milliseconds since the person signed in; undefined for a token, which is nobody's session. */
  readonly authAgeMs: number | undefined;
};

/** Whether somebody may do something; the reason is a sentence for that person. */
export type Permission = { readonly may: true } | { readonly may: false; readonly because: string };

/** The rules for environments and effects that no rule names. */
const DEFAULT_RULES: readonly ApprovalRule[] = [
  { environments: ['*'], effect: 'change', roles: APPROVING },
  { environments: ['*'], effect: 'destructive', roles: ['approver'] },
];

const YES: Permission = { may: true };
const ACTION = { change: 'changes', destructive: 'destructive actions' } as const;

/** Returns whether somebody may start runs and answer them, gates aside. */
export function mayOperate({ environment, roles }: Asker): Permission {
  return needs(`Acting on runs in ${environment}`, roles, APPROVING);
}

/**
 * Returns whether somebody may confirm an action. The first rule for the environment and the effect
 * decides; those that are built in come last.
 */
export function mayConfirm(
  rules: readonly ApprovalRule[],
  effect: GatedEffect,
  { environment, roles, authAgeMs }: Asker,
): Permission {
  const rule = ruleFor(rules, effect, environment);
  const what = `Confirming ${ACTION[effect]} in ${environment}`;
  const byRole = needs(what, roles, rule?.roles ?? []);
  if (!byRole.may) return byRole;
  if (authAgeMs === undefined)
    return { may: false, because: `${what} needs a person who has signed in, not a token.` };
  const { maxAuthAgeMs: most } = rule ?? {};
  if (most === undefined || authAgeMs <= most) return YES;
  return {
    may: false,
    because: `${what} needs a sign-in within the last ${formatDuration(most)}. Sign out, and in again.`,
  };
}

/** Returns the roles that confirm an action in an environment. */
export function confirmingRoles(
  rules: readonly ApprovalRule[],
  effect: GatedEffect,
  environment: string,
): readonly Role[] {
  return ruleFor(rules, effect, environment)?.roles ?? [];
}

function ruleFor(
  rules: readonly ApprovalRule[],
  effect: GatedEffect,
  environment: string,
): ApprovalRule | undefined {
  return [...rules, ...DEFAULT_RULES].find(
    (one) =>
      one.effect === effect &&
      (one.environments.includes(environment) || one.environments.includes('*')),
  );
}

/** Returns whether somebody may send an intent to a run that shows this gate. */
export function maySend(
  rules: readonly ApprovalRule[],
  intent: Intent,
  { gate }: Pick<RunView, 'gate'>,
  asker: Asker,
): Permission {
  const operate = mayOperate(asker);
  if (!operate.may || intent.type !== 'confirm' || gate === undefined) return operate;
  return mayConfirm(rules, effectOf(gate), asker);
}

function effectOf({ effect }: GateView): GatedEffect {
  return effect === 'destructive' ? 'destructive' : 'change';
}

/** Of a person with several roles, the most powerful one is named. */
function needs(what: string, own: readonly Role[], roles: readonly Role[]): Permission {
  if (roles.some((role) => own.includes(role))) return YES;
  const most = ROLES.findLast((role) => own.includes(role));
  const you = most === undefined ? 'have no role there' : `are ${article(most)} ${most}`;
  return { may: false, because: `${what} needs the role ${roles.join(' or ')}. You ${you}.` };
}

function article(role: Role): string {
  return role === 'viewer' ? 'a' : 'an';
}
