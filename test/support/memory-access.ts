import { createHash } from 'node:crypto';
import type {
  Access,
  Caller,
  Permission,
  Person,
  Rights,
  StoredSession,
  StoredToken,
} from '#web/access.ts';

const NO: Permission = { may: false, because: 'You may only watch in this environment.' };
const YES: Permission = { may: true };

/** The rights of somebody who may do everything. */
export const ALL_RIGHTS: Rights = {
  see: true,
  roles: ['approver'],
  operate: YES,
  confirm: { change: YES, destructive: YES },
};

/** The rights of somebody who watches. */
export const VIEWER: Rights = {
  see: true,
  roles: ['viewer'],
  operate: NO,
  confirm: { change: NO, destructive: NO },
};

/** Persons, tokens and sessions in memory. */
export class MemoryAccess implements Access {
  tokens: StoredToken[] = [];
  sessions: StoredSession[] = [];
  /** The rights of everybody, by environment. */
  readonly granted: Record<string, Rights> = { prod: ALL_RIGHTS };

  /** Adds a token and returns its text. */
  addToken(person: Person, ...scopes: StoredToken['scopes']): string {
    const text = `token-of-${person.id}-${this.tokens.length}`;
    const expiresAt = new Date('2100-01-01');
    this.tokens.push({ hash: sha256(text), person, scopes, expiresAt });
    return text;
  }

  /** Makes a token one that has expired. */
  expire(text: string): void {
    const hash = sha256(text);
    this.tokens = this.tokens.map((token) =>
      Buffer.compare(token.hash, hash) === 0 ? { ...token, expiresAt: new Date(0) } : token,
    );
  }

  async token(hash: Uint8Array) {
    return this.tokens.find((token) => Buffer.compare(token.hash, hash) === 0);
  }

  async session(hash: Uint8Array) {
    return this.sessions.find((session) => Buffer.compare(session.hash, hash) === 0);
  }

  async openSession(session: StoredSession) {
    this.sessions.push(session);
  }

  async closeSession(hash: Uint8Array) {
    this.sessions = this.sessions.filter((one) => Buffer.compare(one.hash, hash) !== 0);
  }

  async environments() {
    return Object.keys(this.granted);
  }

  async rights(_: Caller, environment: string) {
    return this.granted[environment] ?? { ...VIEWER, see: false };
  }
}

function sha256(text: string): Uint8Array {
  return createHash('sha256').update(text).digest();
}
