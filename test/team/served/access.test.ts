import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { TeamAccess } from '#team/served/access.ts';
import type { Role } from '#team/served/roles.ts';
import { controlPlane, queuedRun } from '../../support/control-plane.ts';

const plane = controlPlane();
const access = () => new TeamAccess(plane().pool);
const digest = (text: string) => createHash('sha256').update(text).digest();
const SOON = new Date(Date.now() + 3_600_000);

test('a token is found by its digest, and its text is nowhere in the database', async () => {
  const text = await access().createToken({
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
  expect(known).toMatchObject({ person: 'kim', role: 'approver' });
  expect(known?.usedAt).toBeInstanceOf(Date);
});

test('revoking a person ends tokens and sessions', async () => {
  const text = await access().createToken({
    ...{ person: 'leaver', role: 'operator', scopes: ['sign-in'], expiresAt: SOON },
  });
  const person = { id: 'leaver', name: 'leaver' };
  await access().openSession({ hash: digest('session'), person, expiresAt: SOON });
  expect((await access().session(digest('session')))?.person).toEqual(person);
  await access().revoke('leaver');
  expect(await access().token(digest(text))).toBeUndefined();
  expect(await access().session(digest('session'))).toBeUndefined();
  await expect(access().revoke('leaver')).rejects.toThrow('there is no token of "leaver"');
});

test('a session is closed, and those that have expired are forgotten', async () => {
  await access().createToken({
    ...{ person: 'sam', role: 'viewer', scopes: ['sign-in'], expiresAt: SOON },
  });
  const person = { id: 'sam', name: 'sam' };
  await access().openSession({ hash: digest('old'), person, expiresAt: new Date(0) });
  await access().openSession({ hash: digest('one'), person, expiresAt: SOON });
  expect(await access().session(digest('old'))).toBeUndefined();
  await access().closeSession(digest('one'));
  expect(await access().session(digest('one'))).toBeUndefined();
});

test.each<[Role, boolean, boolean, boolean]>([
  ['viewer', false, false, false],
  ['operator', true, true, false],
  ['approver', true, true, true],
  ['admin', false, false, false],
])('a person who is %s: operate %s, confirm changes %s, destructive %s', async (role, ...may) => {
  await access().createToken({ person: role, role, scopes: ['read'], expiresAt: SOON });
  const { see, operate, confirm } = await access().rights({ id: role, name: role }, 'prod');
  expect(see).toBe(true);
  expect([operate.may, confirm.change.may, confirm.destructive.may]).toEqual(may);
});

test('somebody unknown sees nothing, and is told what is missing', async () => {
  const rights = await access().rights({ id: 'nobody', name: 'nobody' }, 'prod');
  expect(rights.see).toBe(false);
  expect(rights.operate).toEqual({
    may: false,
    because: 'Operators and approvers act on runs. You are a viewer.',
  });
});

test('environments are those of runs', async () => {
  await queuedRun(plane());
  expect(await access().environments()).toEqual(['prod']);
});
