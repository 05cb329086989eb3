/** The texts of refused logins by connection limit, with a hint on who can still log in. */
const LIMITS: readonly { readonly text: RegExp; readonly hint: (found: string) => string }[] = [
  {
    text: /sorry, too many clients already/,
    hint: () =>
      'Every slot is taken, the reserved ones too: no role gets in, not even a superuser. ' +
      'End a client where it runs, or on the database host send SIGTERM (never SIGKILL) to one idle backend.',
  },
  {
    text: /pg_use_reserved_connections/,
    hint: () =>
      'A role with the privileges of pg_use_reserved_connections still gets in, and so does a superuser: ' +
      'give the target such a login as its reserve.',
  },
  {
    text: /rds_reserved|rds_superuser/,
    hint: () =>
      'A role with rds_superuser or rds_reserved still gets in: give the target such a login as its reserve.',
  },
  {
    text: /SUPERUSER attribute|superuser connections/,
    hint: () => 'Only a superuser still gets in: give the target such a login as its reserve.',
  },
  {
    text: /too many connections for role "(.*)"/,
    hint: (role) =>
      `Only the role ${role} is at its limit; any other role gets in. ` +
      `See rolconnlimit in pg_roles; ALTER ROLE … CONNECTION LIMIT changes it at once.`,
  },
  {
    text: /too many connections for database "(.*)"/,
    hint: (database) =>
      `Only the database ${database} is at its limit; a superuser gets in, and any role to another database. ` +
      `See datconnlimit in pg_database; ALTER DATABASE … CONNECTION LIMIT changes it at once.`,
  },
  {
    text: /no more connections allowed|connections exceeded/,
    hint: () =>
      'The pooler is full, not the server: connect to the server itself, past the pooler.',
  },
];

/**
 * Returns a hint on the roles that can still log in, from the text of a login refused by a
 * connection limit; undefined for an unknown text.
 */
export function whoGetsIn(message: string): string | undefined {
  for (const { text, hint } of LIMITS) {
    const found = text.exec(message);
    if (found !== null) return hint(found[1] ?? '');
  }
  return undefined;
}
