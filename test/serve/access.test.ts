import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { type AccessPolicy, type NewToken, TeamAccess } from '#serve/access.ts';
import { controlPlane, queuedRun } from '../support/control-plane.ts';

const plane = controlPlane();
const access = () => new TeamAccess(plane().pool);
const digest = (text: string) => createHash('sha256').update(text).digest();
const NOW = new Date();
const SOON = new Date(Date.now() + 3_600_000);

test('a token is found by its digest, and its text is nowhere in the database', async () => {
  const { text } = await access().createToken({
    ...{ person: 'kim', role: 'approver', scopes: ['sign-in', 'read'], expiresAt: SOON },
  });
  expect(text).toMatch(/^rbt_[\w-]{43}$/);
  const found = await access().token(digest(text));
  expect(found).toMatchObject({ person: { id: 'kim', name: 'kim' }, scopes: ['sign-in', 'read'] });
  expect(found?.expiresAt).toEqual(SOON);
  expect(await access().token(digest('another'))).toBeUndefined();
  const { rows } = await plane().pool.query('SELECT * FROM runbook.token, runbook.person');
  expect(JSON.stringify(rows)).not.toContain(text);
  const [known] = await access().tokens();
  expect(known).toMatchObject({ person: 'kim', groups: ['approver'] });
  expect(known?.usedAt).toBeInstanceOf(Date);
});

test('revoking a person ends tokens and sessions', async () => {
  const { text } = await access().createToken({
    ...{ person: 'leaver', role: 'operator', scopes: ['sign-in'], expiresAt: SOON },
  });
  const person = { id: 'leaver', name: 'leaver' };
  await access().openSession({ hash: digest('session'), person, expiresAt: SOON, signedInAt: NOW });
  expect((await access().session(digest('session')))?.person).toEqual(person);
  await access().revoke('leaver');
  expect(await access().token(digest(text))).toBeUndefined();
  expect(await access().session(digest('session'))).toBeUndefined();
  await expect(access().revoke('leaver')).rejects.toThrow('there is no token of "leaver"');
});

test('a second token leaves somebody what they are, and tells what it changes', async () => {
  const create = (given: Partial<NewToken>) =>
    access().createToken({ person: 'ada', scopes: ['read'], expiresAt: SOON, ...given });
  expect(await create({})).toMatchObject({ groups: ['viewer'], before: undefined });
  expect(await create({ role: 'approver', groups: ['dba'] })).toMatchObject({
    ...{ groups: ['approver', 'dba'], before: ['viewer'] },
  });
  const second = await create({});
  expect(second).toMatchObject({ groups: ['approver', 'dba'], before: ['approver', 'dba'] });
  expect(await create({ groups: ['web'] })).toMatchObject({ groups: ['approver', 'web'] });
  expect(await create({ role: 'operator' })).toMatchObject({ groups: ['operator', 'web'] });
  const ofAda = async () => (await access().tokens()).filter(({ person }) => person === 'ada');
  const id = digest(second.text).toString('hex').slice(0, 8);
  await expect(access().revoke('kim', id)).rejects.toThrow(`there is no token ${id} of "kim"`);
  await access().revoke('ada', id);
  const left = await ofAda();
  expect(left).toHaveLength(4);
  expect(left.map((token) => token.id)).not.toContain(id);
  expect(await access().token(digest(second.text))).toBeUndefined();
});

test('a session is closed, and those that have expired are forgotten', async () => {
  await access().createToken({
    ...{ person: 'sam', role: 'viewer', scopes: ['sign-in'], expiresAt: SOON },
  });
  const person = { id: 'sam', name: 'sam' };
  await access().openSession({
    hash: digest('old'),
    person,
    expiresAt: new Date(0),
    signedInAt: NOW,
  });
  await access().openSession({ hash: digest('one'), person, expiresAt: SOON, signedInAt: NOW });
  expect(await access().session(digest('old'))).toBeUndefined();
  await access().closeSession(digest('one'));
  expect(await access().session(digest('one'))).toBeUndefined();
});

const POLICY: AccessPolicy = {
  roles: {
    everywhere: { viewer: ['everyone'], operator: ['oncall'], approver: ['dba'] },
    environments: new Map([
      ['staging', { operator: ['everyone'] }],
      ['vault', { viewer: ['dba'], operator: [] }],
    ]),
  },
  approval: [
    { environments: ['prod'], effect: 'destructive', roles: ['approver'], maxAuthAgeMs: 900_000 },
    { environments: ['prod', 'vault'], effect: 'change', roles: ['approver'] },
    { environments: ['staging'], effect: 'destructive', roles: ['operator'] },
  ],
};

// Who (groups, minutes since the sign-in; none for a token), where: sees, operates, confirms changes, destructive.
test.each<[string, number | undefined, string, string]>([
  ['nobody', 1, 'prod', 's---'],
  ['oncall', 1, 'prod', 'so--'],
  ['dba', 1, 'prod', 'socd'],
  ['dba', 20, 'prod', 'soc-'],
  ['dba', undefined, 'prod', 'so--'],
  ['admin', 1, 'prod', 's---'],
  ['nobody', 1, 'staging', 'socd'],
  ['nobody', undefined, 'staging', 'so--'],
  ['oncall', 1, 'staging', 'socd'],
  ['dba', 1, 'staging', 'socd'],
  ['nobody', 1, 'vault', '----'],
  ['oncall', 1, 'vault', '----'],
  ['dba', 1, 'vault', 'socd'],
  ['oncall', 1, 'dev', 'soc-'],
  ['dba', 1, 'dev', 'socd'],
])('%s, signed in %s min ago, in %s: %s', async (group, minutes, environment, may) => {
  const person = { id: `of-${group}`, name: group };
  await access().createToken({
    ...{ person: person.id, role: 'viewer', groups: [group], scopes: ['read'], expiresAt: SOON },
  });
  const signedInAt = minutes === undefined ? undefined : new Date(Date.now() - minutes * 60_000);
  const team = new TeamAccess(plane().pool, POLICY);
  const { see, operate, confirm } = await team.rights({ person, signedInAt }, environment);
  const shown = [see, operate.may, confirm.change.may, confirm.destructive.may];
  expect(shown.map((is, index) => (is ? 'socd'[index] : '-')).join('')).toBe(may);
});

test('what somebody may not do says which role, sign-in or session it needs', async () => {
  const team = new TeamAccess(plane().pool, POLICY);
  const reason = async (id: string, environment: string, minutes: number | undefined) => {
    const signedInAt = minutes === undefined ? undefined : new Date(Date.now() - minutes * 60_000);
    const rights = await team.rights({ person: { id, name: id }, signedInAt }, environment);
    const { destructive } = rights.confirm;
    return destructive.may ? undefined : destructive.because;
  };
  expect(await reason('of-oncall', 'prod', 1)).toBe(
    'Confirming destructive actions in prod needs the role approver. You are an operator.',
  );
  expect(await reason('of-dba', 'prod', 20)).toBe(
    'Confirming destructive actions in prod needs a sign-in within the last 15 min. Sign out, and in again.',
  );
  expect(await reason('of-dba', 'prod', undefined)).toBe(
    'Confirming destructive actions in prod needs a person who has signed in, not a token.',
  );
  expect(await reason('of-unknown', 'dev', 1)).toBe(
    'Confirming destructive actions in dev needs the role approver. You have no role there.',
  );
});

test('environments are those of runs', async () => {
  await queuedRun(plane());
  expect(await access().environments()).toEqual(['prod']);
});
