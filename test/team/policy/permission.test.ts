import { expect, test } from 'vitest';
import type { Role } from '#events/log/news.ts';
import {
  type ApprovalRule,
  confirmingRoles,
  mayConfirm,
  mayOperate,
  maySend,
} from '#team/policy/permission.ts';
import { OWN_GROUPS, rolesIn } from '#team/policy/roles.ts';

const asker = (
  roles: readonly Role[],
  environment = 'prod',
  authAgeMs: number | undefined = 0,
) => ({
  ...{ environment, roles },
  authAgeMs,
});
const because = (permission: { readonly may: boolean; readonly because?: string }) =>
  permission.may ? undefined : permission.because;

test('operators and approvers act on runs; others are told what they are', () => {
  expect(mayOperate(asker(['operator']))).toEqual({ may: true });
  expect(mayOperate(asker(['viewer', 'approver']))).toEqual({ may: true });
  const needs = 'Acting on runs in prod needs the role operator or approver.';
  expect(because(mayOperate(asker(['viewer'])))).toBe(`${needs} You are a viewer.`);
  expect(because(mayOperate(asker(['viewer', 'admin'])))).toBe(`${needs} You are an admin.`);
  expect(because(mayOperate(asker([])))).toBe(`${needs} You have no role there.`);
});

test.each([
  ['change', 'viewer', false],
  ['change', 'operator', true],
  ['change', 'approver', true],
  ['change', 'admin', false],
  ['destructive', 'viewer', false],
  ['destructive', 'operator', false],
  ['destructive', 'approver', true],
  ['destructive', 'admin', false],
] as const)('without a rule, a %s is confirmed by the role %s: %s', (effect, role, may) => {
  expect(mayConfirm([], effect, asker([role])).may).toBe(may);
});

test('the first rule for the environment and the effect decides, those built in come last', () => {
  const rules: readonly ApprovalRule[] = [
    { environments: ['prod'], effect: 'destructive', roles: ['operator'] },
    { environments: ['*'], effect: 'destructive', roles: ['admin'] },
    { environments: ['prod'], effect: 'destructive', roles: ['viewer'] },
  ];
  const may = (role: Role, where: string, effect: 'change' | 'destructive' = 'destructive') =>
    mayConfirm(rules, effect, asker([role], where)).may;
  expect([may('operator', 'prod'), may('admin', 'prod'), may('viewer', 'prod')]).toEqual([
    true,
    false,
    false,
  ]);
  expect([may('operator', 'test'), may('admin', 'test'), may('approver', 'test')]).toEqual([
    false,
    true,
    false,
  ]);
  expect([may('operator', 'prod', 'change'), may('admin', 'prod', 'change')]).toEqual([
    true,
    false,
  ]);
});

test('the roles that confirm are those of the rule that decides', () => {
  const rules: readonly ApprovalRule[] = [
    { environments: ['prod'], effect: 'destructive', roles: ['operator', 'admin'] },
  ];
  expect(confirmingRoles(rules, 'destructive', 'prod')).toEqual(['operator', 'admin']);
  expect(confirmingRoles(rules, 'destructive', 'staging')).toEqual(['approver']);
  expect(confirmingRoles(rules, 'change', 'prod')).toEqual(['operator', 'approver']);
});

test('a confirmation needs somebody who has signed in, and as lately as the rule says', () => {
  const rule = { environments: ['prod'], effect: 'change', roles: ['operator'] } as const;
  const rules: readonly ApprovalRule[] = [{ ...rule, maxAuthAgeMs: 60_000 }];
  const of = (authAgeMs: number | undefined, own = rules) =>
    because(mayConfirm(own, 'change', { environment: 'prod', roles: ['operator'], authAgeMs }));
  expect(of(60_000)).toBeUndefined();
  expect(of(60_001)).toBe(
    'Confirming changes in prod needs a sign-in within the last 1 min. Sign out, and in again.',
  );
  expect(of(undefined)).toBe(
    'Confirming changes in prod needs a person who has signed in, not a token.',
  );
  expect(of(undefined, [rule])).toContain('not a token');
  expect(of(1e12, [rule])).toBeUndefined();
});

test('what is sent to a run needs a role to act, and a confirmation the one for its gate', () => {
  const gate = (effect: string) => ({ gate: { effect } }) as Parameters<typeof maySend>[2];
  const confirm = { type: 'confirm', digest: 'x' } as const;
  const note = { type: 'note', text: 'x' } as const;
  const destructive = 'Confirming destructive actions in prod needs the role approver';
  expect(because(maySend([], confirm, gate('destructive'), asker(['operator'])))).toContain(
    destructive,
  );
  expect(maySend([], confirm, gate('change'), asker(['operator'])).may).toBe(true);
  expect(maySend([], confirm, gate('unknown'), asker(['operator'])).may).toBe(true);
  expect(maySend([], confirm, {}, asker(['operator'])).may).toBe(true);
  expect(maySend([], note, gate('destructive'), asker(['operator'])).may).toBe(true);
  expect(maySend([], note, gate('change'), asker(['viewer'])).may).toBe(false);
  const rule: ApprovalRule = { environments: ['*'], effect: 'change', roles: ['viewer'] };
  expect(because(maySend([rule], confirm, gate('change'), asker(['viewer'])))).toContain('Acting');
});

test('roles are those of the groups, and what an environment says replaces what is said everywhere', () => {
  expect(rolesIn(OWN_GROUPS, 'prod', ['approver', 'dba', 'viewer'])).toEqual([
    'viewer',
    'approver',
  ]);
  const policy = {
    everywhere: { approver: ['dba'], viewer: ['all'] },
    environments: new Map([['staging', { approver: ['stg', 'qa'] }]]),
  };
  expect(rolesIn(policy, 'prod', ['dba', 'approver', 'all'])).toEqual(['viewer', 'approver']);
  expect(rolesIn(policy, 'staging', ['dba'])).toEqual([]);
  expect(rolesIn(policy, 'staging', ['qa', 'operator'])).toEqual(['operator', 'approver']);
  expect(rolesIn(policy, 'prod', [])).toEqual([]);
});
