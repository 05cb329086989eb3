import { environmentError, usageError } from '#errors.ts';
import { readReference } from './config/reference.ts';
import { resolveReference } from './environment/resolve-reference.ts';

/** The variable that holds the URL of the control plane if no option names it. */
const VARIABLE = 'RUNBOOK_TEAM_DATABASE_URL';

/**
 * Resolves the URL of the control plane: a reference, or by default that variable. Rejects if there
 * is none; a URL with a password on the command line is refused, because other users see it. Paths
 * are relative to the folder.
 */
export async function controlPlaneUrl(
  written = `env:${VARIABLE}`,
  folder = process.cwd(),
): Promise<string> {
  const reference = readReference(written);
  if (reference.kind === 'text')
    throw usageError(
      '--database takes a reference, because other users can see a command line',
      'write env:NAME or file:PATH',
    );
  const options = { folder, hasTerminal: false };
  const resolved = await resolveReference(reference, options);
  if (resolved.ok) return resolved.text;
  throw environmentError(`the control plane is not known: ${resolved.reason}`, resolved.hint);
}
