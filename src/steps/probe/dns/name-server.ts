import { Resolver } from 'node:dns/promises';
import type { Address } from '../../reach/resolve.ts';
import { type Deadline, roundMs } from '../../wire/deadline.ts';

/** The answer of name servers, queried directly: without the hosts file and search domains. */
export type DirectAnswer = {
  /** The DNS response code; `TIMEOUT` for no answer, `UNREACHABLE` if nothing listens. */
  readonly code: 'NOERROR' | 'NXDOMAIN' | 'NODATA' | 'SERVFAIL' | 'REFUSED' | 'TIMEOUT' | string;
  readonly addresses: readonly (Address & { readonly ttl: number })[];
  /** The canonical name, if the name is an alias. */
  readonly canonical: string | null;
  readonly ms: number;
};

const CODES: Readonly<Record<string, string>> = {
  ENOTFOUND: 'NXDOMAIN',
  ENODATA: 'NODATA',
  ESERVFAIL: 'SERVFAIL',
  EREFUSED: 'REFUSED',
  EFORMERR: 'FORMERR',
  ENOTIMP: 'NOTIMP',
  ETIMEOUT: 'TIMEOUT',
  ECANCELLED: 'TIMEOUT',
  ECONNREFUSED: 'UNREACHABLE',
};

const TRIES = 2;

/** Queries name servers for a host's addresses of both families and its canonical name. */
export async function askNameServers(
  host: string,
  servers: readonly string[] | undefined,
  deadline: Deadline,
): Promise<DirectAnswer> {
  const startedAt = performance.now();
  const timeout = Math.max(1, Math.floor(deadline.leftMs / (TRIES + 1)));
  const resolver = new Resolver({ timeout, tries: TRIES, maxTimeout: timeout });
  if (servers !== undefined) resolver.setServers(servers);
  const cancel = () => resolver.cancel();
  deadline.signal.addEventListener('abort', cancel);
  try {
    const [four, six, alias] = await Promise.allSettled([
      resolver.resolve4(host, { ttl: true }),
      resolver.resolve6(host, { ttl: true }),
      resolver.resolveCname(host),
    ]);
    const addresses = [
      ...recordsOf(four).map((record) => ({ ...record, family: 4 })),
      ...recordsOf(six).map((record) => ({ ...record, family: 6 })),
    ];
    return {
      code: addresses.length > 0 ? 'NOERROR' : worst([codeOf(four), codeOf(six)]),
      addresses,
      canonical: recordsOf(alias)[0] ?? null,
      ms: roundMs(performance.now() - startedAt),
    };
  } finally {
    deadline.signal.removeEventListener('abort', cancel);
  }
}

function recordsOf<T>(settled: PromiseSettledResult<readonly T[]>): readonly T[] {
  return settled.status === 'fulfilled' ? settled.value : [];
}

function codeOf(settled: PromiseSettledResult<unknown>): string {
  if (settled.status === 'fulfilled') return 'NODATA';
  const { code = 'UNKNOWN' } = settled.reason as NodeJS.ErrnoException;
  return CODES[code] ?? code;
}

/** Returns the code that matters if the families differ: any other wins over NODATA. */
function worst(codes: readonly string[]): string {
  return codes.find((code) => code !== 'NODATA') ?? 'NODATA';
}
