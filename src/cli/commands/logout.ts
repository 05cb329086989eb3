import { existsSync, rmSync } from 'node:fs';
import { EXIT, type ExitCode, usageError } from '#errors.ts';
import type { CommandLine } from '../command-spec.ts';
import { resolvePath } from '../config/files.ts';
import { describeReference } from '../config/reference.ts';
import { type KnownServer, namedServer, readServers, tokenPath } from '../remote/servers.ts';
import { say } from '../say.ts';
import type { logout as spec } from '../specs/team.ts';

/** `runbook logout`: removes the token that `runbook login` has kept. */
export function logout({ argument }: CommandLine<typeof spec>): ExitCode {
  const { name, token, folder } = argument === undefined ? onlyServer() : namedServer(argument);
  if (token?.kind !== 'file' || token.path !== tokenPath(name))
    throw usageError(
      token === undefined
        ? `there is no token for ${name}`
        : `the token for ${name} is not kept here: it comes from ${describeReference(token)}`,
    );
  const file = resolvePath(token.path, folder);
  const wasThere = existsSync(file);
  rmSync(file, { force: true });
  say(
    wasThere
      ? `The token for ${name} is removed here. It stays valid until it expires or is revoked.`
      : `There was no token for ${name}.`,
  );
  return EXIT.ok;
}

function onlyServer(): KnownServer {
  const all = [...readServers().values()];
  const [only] = all;
  if (only !== undefined && all.length === 1) return only;
  throw only === undefined
    ? usageError('no server is configured')
    : usageError(
        'there are several servers',
        `say which: ${all.map(({ name }) => name).join(', ')}`,
      );
}
