import type { Pool } from 'pg';
import { EXIT, type ExitCode, usageError } from '#errors.ts';
import { TeamAccess } from '#serve/access.ts';
import { Audit } from '#team/audit/log.ts';
import { openPool } from '#team/database.ts';
import { requireMigrated } from '#team/migrate.ts';
import { parseAge } from '#text/duration.ts';
import { textTable } from '#text/table.ts';
import type { CommandLine } from '../../command-spec.ts';
import { controlPlaneUrl } from '../../control-plane.ts';
import { columnsOf } from '../../say.ts';
import type { token, tokenCreate, tokenRevoke } from '../../specs/team.ts';
import { surroundingsHere } from '../../surroundings.ts';

/** `runbook token create`: prints a new token once. */
export async function createToken({
  argument: person,
  options,
}: CommandLine<typeof tokenCreate>): Promise<ExitCode> {
  const { role, group, scope, expires } = options;
  const ms = parseAge(expires);
  if (ms === undefined || ms === 0)
    throw usageError(`invalid time "${expires}"`, 'write for example 90d');
  if (!/^[\p{L}\p{N}][\p{L}\p{N} ._@-]{0,63}$/u.test(person))
    throw usageError('a person has a name of letters, digits, spaces and . _ @ -, at most 64');
  const scopes = scope.length === 0 ? (['sign-in', 'read'] as const) : scope;
  const expiresAt = new Date(Date.now() + ms);
  const given = { role, groups: group.length === 0 ? undefined : group };
  const { text, groups, before } = await withAccess(options.database, async (access, audit) => {
    const created = await access.createToken({ ...given, person, expiresAt, scopes });
    const named = { groups: created.groups.join(', '), scopes: scopes.join(', ') };
    const more = { ...named, by: surroundingsHere().operator };
    await audit.note({ what: 'token-created', person, more });
    return created;
  });
  process.stdout.write(`${text}\n`);
  process.stderr.write('This token is shown once. Only its digest is stored.\n');
  const [now, then] = [groups.join(', '), before?.join(', ')];
  const was = then === undefined || then === now ? '' : ` They were ${then}.`;
  process.stderr.write(`The groups of ${person} are ${now}.${was}\n`);
  return EXIT.ok;
}

const HEADINGS = ['TOKEN', 'PERSON', 'GROUPS', 'SCOPES', 'EXPIRES', 'USED'];

/** `runbook token list`: prints tokens without their texts. */
export async function listTokens({
  options,
}: Pick<CommandLine<typeof token>, 'options'>): Promise<ExitCode> {
  const tokens = await withAccess(options.database, (access) => access.tokens());
  const rows = tokens.map(({ id, person, groups, scopes, expiresAt, usedAt }) => [
    ...[id, person, groups.join(', '), scopes.join(', ')],
    ...[expiresAt.toISOString().slice(0, 10), usedAt?.toISOString().slice(0, 10) ?? 'never'],
  ]);
  const table = textTable(HEADINGS, rows, columnsOf());
  process.stdout.write(`${rows.length === 0 ? 'No tokens.' : table}\n`);
  return EXIT.ok;
}

/** `runbook token revoke`: removes the tokens of a person, or one of them, and the person's sessions. */
export async function revokeTokens({
  argument: person,
  options,
}: CommandLine<typeof tokenRevoke>): Promise<ExitCode> {
  const { token: id } = options;
  await withAccess(options.database, async (access, audit) => {
    await access.revoke(person, id);
    const more = { ...(id === undefined ? {} : { token: id }), by: surroundingsHere().operator };
    await audit.note({ what: 'tokens-revoked', person, more });
  });
  const tokens = id === undefined ? 'All tokens' : `The token ${id}`;
  process.stdout.write(`${tokens} and all sessions of ${person} are revoked.\n`);
  return EXIT.ok;
}

async function withAccess<T>(
  database: string | undefined,
  act: (access: TeamAccess, audit: Audit) => Promise<T>,
): Promise<T> {
  const pool: Pool = openPool(await controlPlaneUrl(database), 'runbook token', 1);
  try {
    await requireMigrated(pool);
    return await act(new TeamAccess(pool), new Audit(pool));
  } finally {
    await pool.end();
  }
}
