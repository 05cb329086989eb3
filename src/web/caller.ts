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
  const bearer = bearerOf(context);
  if (bearer !== undefined) {
    const token = await known(bearer, (hash) => access.token(hash), now);
    if (token !== undefined) {
      const { person, scopes } = token;
      return { person, scopes, signedInAt: scopes.includes('act') ? new Date(now) : undefined };
    }
  }
  // A terminal sends its session where a browser has a cookie.
  const secret = bearer ?? getCookie(context, COOKIE, 'host');
  if (secret === undefined) return undefined;
  const session = await known(secret, (hash) => access.session(hash), now);
  if (session === undefined) return undefined;
  const { person, signedInAt } = session;
  return { person, scopes: undefined, signedInAt };
}

/** A session that was opened: its secret is sent once. */
export type OpenedSession = {
  readonly secret: string;
  readonly person: Person;
  readonly expiresAt: Date;
};

/** Opens a session for the person of a token; resolves with undefined if it may not sign in. */
export async function openSession(
  access: Access,
  token: string,
  now: number,
): Promise<OpenedSession | undefined> {
  const found = await known(token, (hash) => access.token(hash), now);
  if (found?.scopes.includes('sign-in') !== true) return undefined;
  const secret = randomBytes(32).toString('base64url');
  const { person } = found;
  const expiresAt = new Date(Math.min(now + SESSION_MS, found.expiresAt.getTime()));
  const session = { hash: digestOf(secret), person, expiresAt };
  await access.openSession({ ...session, signedInAt: new Date(now) });
  return { secret, person, expiresAt };
}

/**
 * Opens a session for the person of a token, with a cookie; resolves with undefined if the token may
 * not sign in.
 */
export async function signIn(
  context: Context,
  access: Access,
  token: string,
  now: number,
): Promise<Person | undefined> {
  const session = await openSession(access, token, now);
  if (session === undefined) return undefined;
  setCookie(context, COOKIE, session.secret, {
    ...{ prefix: 'host', path: '/', secure: true, httpOnly: true, sameSite: 'Lax' },
    maxAge: Math.floor((session.expiresAt.getTime() - now) / 1_000),
  });
  return session.person;
}

/** Returns the secret in the header of a request, if it has one. */
export function bearerOf(context: Context): string | undefined {
  return /^Bearer +(\S+)$/i.exec(context.req.header('authorization') ?? '')?.[1];
}

/** Closes the session of a request, if it has one. */
export async function signOut(context: Context, access: Access): Promise<void> {
  const secret = bearerOf(context) ?? getCookie(context, COOKIE, 'host');
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
