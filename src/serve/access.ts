import { createHash, randomBytes } from 'node:crypto';
import type { Pool } from 'pg';
import { usageError } from '#errors.ts';
import type { Role } from '#events/log/news.ts';
import { inTransaction } from '#team/database.ts';
import { type ApprovalRule, mayConfirm, mayOperate } from '#team/policy/permission.ts';
import {
  EVERYONE,
  OWN_GROUPS,
  ROLES,
  type RolePolicy,
  rolesIn,
  type Scope,
} from '#team/policy/roles.ts';
import type { Access, Caller, StoredSession } from '#web/access.ts';

/** A new token, and the person it belongs to, who is created or changed with it. */
export type NewToken = {
  readonly person: string;
  /** Undefined leaves somebody the role they have; somebody new is a viewer. */
  readonly role?: Role | undefined;
  /** The groups of the person besides the one of the role's name; undefined leaves them as they are. */
  readonly groups?: readonly string[] | undefined;
  readonly scopes: readonly Scope[];
  readonly expiresAt: Date;
};

/** The text of a new token, and the groups that its person has now and had before. */
export type CreatedToken = {
  readonly text: string;
  readonly groups: readonly string[];
  /** Undefined for somebody new. */
  readonly before: readonly string[] | undefined;
};

/** A token without its text. */
export type KnownToken = {
  /** The beginning of its digest. */
  readonly id: string;
  readonly person: string;
  readonly groups: readonly string[];
  readonly scopes: readonly Scope[];
  readonly expiresAt: Date;
  readonly usedAt: Date | undefined;
};

type SecretRow = {
  readonly hash: Buffer;
  readonly id: string;
  readonly name: string;
  readonly expires_at: Date;
};

/** Who has which role where, and who confirms what. */
export type AccessPolicy = {
  readonly roles: RolePolicy;
  readonly approval: readonly ApprovalRule[];
};

const BUILT_IN: AccessPolicy = { roles: OWN_GROUPS, approval: [] };

/** People of the control plane with local tokens: their sessions, and their rights by role. */
export class TeamAccess implements Access {
  readonly #pool: Pool;
  readonly #policy: AccessPolicy;

  constructor(pool: Pool, policy = BUILT_IN) {
    this.#pool = pool;
    this.#policy = policy;
  }

  /** Resolves with the token of this SHA-256, or undefined. */
  async token(hash: Uint8Array) {
    const { rows } = await this.#pool.query<SecretRow & { scopes: Scope[] }>(
      `SELECT t.hash, t.scopes, t.expires_at, p.id, p.name
       FROM runbook.token t JOIN runbook.person p ON p.id = t.person WHERE t.hash = $1`,
      [Buffer.from(hash)],
    );
    const [row] = rows;
    if (row === undefined) return undefined;
    await this.#pool.query(
      "UPDATE runbook.token SET used_at = now() WHERE hash = $1 AND coalesce(used_at < now() - interval '1 minute', true)",
      [row.hash],
    );
    return { ...secretOf(row), scopes: row.scopes };
  }

  /** Resolves with the session of this SHA-256, or undefined. */
  async session(hash: Uint8Array) {
    const { rows } = await this.#pool.query<SecretRow & { readonly auth_at: Date }>(
      `SELECT s.hash, s.expires_at, s.auth_at, p.id, p.name
       FROM runbook.web_session s JOIN runbook.person p ON p.id = s.person WHERE s.hash = $1`,
      [Buffer.from(hash)],
    );
    return rows[0] && { ...secretOf(rows[0]), signedInAt: rows[0].auth_at };
  }

  /** Stores a session, and forgets those that have expired. */
  async openSession({ hash, person, signedInAt, expiresAt }: StoredSession): Promise<void> {
    await this.#pool.query(
      'INSERT INTO runbook.web_session (hash, person, auth_at, expires_at) VALUES ($1, $2, $3, $4)',
      [Buffer.from(hash), person.id, signedInAt, expiresAt],
    );
    await this.#pool.query('DELETE FROM runbook.web_session WHERE expires_at < now()');
  }

  async closeSession(hash: Uint8Array): Promise<void> {
    await this.#pool.query('DELETE FROM runbook.web_session WHERE hash = $1', [Buffer.from(hash)]);
  }

  /** Resolves with the environments that have had runs. */
  async environments(): Promise<readonly string[]> {
    const { rows } = await this.#pool.query<{ environment: string }>(
      // One look into the index for each environment, not for each run.
      `WITH RECURSIVE next AS (
         SELECT min(environment) AS environment FROM runbook.run
         UNION ALL
         SELECT (SELECT min(run.environment) FROM runbook.run WHERE run.environment > next.environment)
         FROM next WHERE next.environment IS NOT NULL
       ) SELECT environment FROM next WHERE environment IS NOT NULL ORDER BY environment`,
    );
    return rows.map(({ environment }) => environment);
  }

  /** Resolves with the rights of somebody in an environment, by the policy of the server. */
  async rights({ person, signedInAt }: Pick<Caller, 'person' | 'signedInAt'>, environment: string) {
    const { rows } = await this.#pool.query<{ groups: string[] }>(
      'SELECT groups FROM runbook.person WHERE id = $1',
      [person.id],
    );
    const groups = rows[0] === undefined ? [] : [...rows[0].groups, EVERYONE];
    const roles = rolesIn(this.#policy.roles, environment, groups);
    const authAgeMs = signedInAt && Math.max(0, Date.now() - signedInAt.getTime());
    const asker = { environment, roles, authAgeMs };
    const { approval } = this.#policy;
    return {
      ...{ see: roles.length > 0, roles, operate: mayOperate(asker) },
      confirm: {
        change: mayConfirm(approval, 'change', asker),
        destructive: mayConfirm(approval, 'destructive', asker),
      },
    };
  }

  /** Creates a token, whose text is stored nowhere. */
  async createToken({ person, scopes, expiresAt, ...given }: NewToken): Promise<CreatedToken> {
    const text = `rbt_${randomBytes(32).toString('base64url')}`;
    return await inTransaction(this.#pool, async (tx) => {
      // What has expired is listed for a while.
      await tx.query("DELETE FROM runbook.token WHERE expires_at < now() - interval '30 days'");
      const { rows } = await tx.query<{ groups: string[] }>(
        'SELECT groups FROM runbook.person WHERE id = $1 FOR UPDATE',
        [person],
      );
      const before = rows[0]?.groups;
      const groups = groupsOf(given, before ?? [NEWCOMER]);
      await tx.query(
        `INSERT INTO runbook.person (id, name, groups) VALUES ($1, $1, $2)
         ON CONFLICT (id) DO UPDATE SET groups = EXCLUDED.groups`,
        [person, groups],
      );
      await tx.query(
        'INSERT INTO runbook.token (hash, person, name, scopes, expires_at) VALUES ($1, $2, $2, $3, $4)',
        [createHash('sha256').update(text).digest(), person, scopes, expiresAt],
      );
      return { text, groups, before };
    });
  }

  /** Resolves with all tokens, by person. */
  async tokens(): Promise<readonly KnownToken[]> {
    const { rows } = await this.#pool.query<{
      id: string;
      person: string;
      groups: string[];
      scopes: Scope[];
      expires_at: Date;
      used_at: Date | null;
    }>(
      `SELECT left(encode(t.hash, 'hex'), ${ID_LENGTH}) AS id, t.person, p.groups, t.scopes, t.expires_at, t.used_at
       FROM runbook.token t JOIN runbook.person p ON p.id = t.person ORDER BY t.person, t.expires_at`,
    );
    return rows.map(({ expires_at, used_at, ...token }) => ({
      ...{ ...token, expiresAt: expires_at, usedAt: used_at ?? undefined },
    }));
  }

  /**
   * Removes all tokens of a person, or only the one with an ID, and all sessions of the person, which any of
   * them may have opened. Rejects with a usage error, and removes nothing, if there is no such token.
   */
  async revoke(person: string, id?: string): Promise<void> {
    await inTransaction(this.#pool, async (tx) => {
      const { rowCount } = await tx.query(
        `DELETE FROM runbook.token
         WHERE person = $1 AND ($2::text IS NULL OR left(encode(hash, 'hex'), ${ID_LENGTH}) = $2)`,
        [person, id ?? null],
      );
      const which = id === undefined ? 'token' : `token ${id}`;
      if (rowCount === 0) throw usageError(`there is no ${which} of "${person}"`);
      await tx.query('DELETE FROM runbook.web_session WHERE person = $1', [person]);
    });
  }
}

/** The role of somebody new. */
const NEWCOMER = 'viewer' satisfies Role;
/** The number of hexadecimal digits of a token's ID. */
const ID_LENGTH = 8;

const isRole = (group: string) => ROLES.some((role) => role === group);

/** Returns the groups of a person: what is not given stays as it was. */
function groupsOf(
  { role, groups }: Pick<NewToken, 'role' | 'groups'>,
  before: readonly string[],
): readonly string[] {
  const roles = role === undefined ? before.filter(isRole) : [role];
  return [...roles, ...(groups ?? before.filter((group) => !isRole(group)))];
}

function secretOf({ hash, id, name, expires_at }: SecretRow) {
  return { hash, person: { id, name }, expiresAt: expires_at };
}
