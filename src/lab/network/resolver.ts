import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import type { LookupFunction } from 'node:net';
import { join } from 'node:path';
import { ownScript } from '../programs/own-process.ts';
import type { Keeper } from '../servers/keeper.ts';
import { findProgram } from '../setup/find-program.ts';

/** An environment in which names are resolved by a name server of the lab. */
type Resolver = {
  /** A command prefix that starts a program in the environment. */
  readonly surroundings: readonly string[];
  /** Resolves a name there, through the C library. Fails as `dns.lookup` would. */
  readonly lookup: LookupFunction;
};

/** Returns the reason why name resolution cannot be replaced here; undefined if it can. */
export async function missingResolver(): Promise<string | undefined> {
  if (process.getuid?.() !== 0) return 'only root can replace /etc/resolv.conf for a program';
  const unshare = await findProgram('unshare');
  return unshare === undefined ? 'the program unshare is not installed' : undefined;
}

const IN_PLACE = 'mount --bind "$0" /etc/resolv.conf && exec "$@"';

const LOOK_UP = `
require('node:dns').lookup(process.argv[1], { family: 4 }, (error, address) => {
  const problem = error && { ...error, message: error.message };
  console.log(JSON.stringify({ problem, address }));
});`;

/** Creates a resolv.conf that is visible only to programs started with the prefix. */
export async function createResolver(keeper: Keeper, nameServer: string): Promise<Resolver> {
  const file = join(keeper.folder, 'resolv.conf');
  await writeFile(file, `nameserver ${nameServer}\noptions timeout:1 attempts:1\n`);
  const surroundings = ['unshare', '--mount', 'sh', '-c', IN_PLACE, file];
  const lookup: LookupFunction = (hostname, options, tell) => {
    const [program = '', ...args] = [...surroundings, ...ownScript(LOOK_UP, hostname)];
    execFile(program, args, (failure, output) => {
      if (failure !== null) return tell(new Error(failure.message, { cause: failure }), '');
      const { problem, address } = JSON.parse(output) as Answer;
      if (problem !== null) return tell(Object.assign(new Error(problem.message), problem), '');
      return options.all ? tell(null, [{ address, family: 4 }]) : tell(null, address, 4);
    });
  };
  return { surroundings, lookup };
}

type Answer = {
  readonly problem: (NodeJS.ErrnoException & { readonly message: string }) | null;
  readonly address: string;
};
