import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Context } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import type { Access, Caller, Person, StoredSecret, TokenScope } from './access.ts';

/** The prefix `__Host-` keeps other hosts and paths from setting the cookie. */
const COOKIE = 'runbook';
const SESSION_MS = 12 * 60 * 60 * 1_000;

/** Returns whether a caller may use a scope; a session has all of them. */
export function hasScope({ scopes }: Caller, scope: TokenScope): boolean {
  return (
    scopes === undefined ||
    scopes.includes(scope) ||
    (scopes.includes('act') && scope !== 'sign-in')
  );
}

/** Resolves with the author of a request, or undefined if nobody is known by it. */
export async function callerOf(
  context: Context,
  access: Access,
  now: number,
): Promise<Caller | undefined> {
  const bearer = /^Bearer +(\S+)$/i.exec(context.req.header('authorization') ?? '')?.[1];
  if (bearer !== undefined) {
    const token = await known(bearer, (hash) => access.token(hash), now);
    if (token === undefined) return undefined;
    const { person, scopes } = token;
    return { person, scopes, signedInAt: scopes.includes('act') ? new Date(now) : undefined };
  }
  const secret = getCookie(context, COOKIE, 'host');
  if (secret === undefined) return undefined;
  const session = await known(secret, (hash) => access.session(hash), now);
  if (session === undefined) return undefined;
  const { person, signedInAt } = session;
  return { person, scopes: undefined, signedInAt };
}

/** Opens a session for the person of a token; resolves with undefined if it may not sign in. */
export async function signIn(
  context: Context,
  access: Access,
  token: string,
  now: number,
): Promise<Person | undefined> {
  const found = await known(token, (hash) => access.token(hash), now);
  if (found?.scopes.includes('sign-in') !== true) return undefined;
  const secret = randomBytes(32).toString('base64url');
  const expiresAt = new Date(Math.min(now + SESSION_MS, found.expiresAt.getTime()));
  const session = { hash: digestOf(secret), person: found.person, expiresAt };
  await access.openSession({ ...session, signedInAt: new Date(now) });
  setCookie(context, COOKIE, secret, {
    ...{ prefix: 'host', path: '/', secure: true, httpOnly: true, sameSite: 'Lax' },
    maxAge: Math.floor((expiresAt.getTime() - now) / 1_000),
  });
  return found.person;
}

/** Closes the session of a request, if it has one. */
export async function signOut(context: Context, access: Access): Promise<void> {
  const secret = getCookie(context, COOKIE, 'host');
  if (secret !== undefined) await access.closeSession(digestOf(secret));
  deleteCookie(context, COOKIE, { prefix: 'host', path: '/', secure: true });
}

/** The store finds a secret by its digest; whether it is the same is decided here, in constant time. */
async function known<T extends StoredSecret>(
  secret: string,
  find: (hash: Uint8Array) => Promise<T | undefined>,
  now: number,
): Promise<T | undefined> {
  const hash = digestOf(secret);
  const found = await find(hash);
  if (found === undefined || found.hash.length !== hash.length) return undefined;
  const isSame = timingSafeEqual(found.hash, hash);
  return isSame && found.expiresAt.getTime() > now ? found : undefined;
}

function digestOf(secret: string): Uint8Array {
  return createHash('sha256').update(secret).digest();
}
