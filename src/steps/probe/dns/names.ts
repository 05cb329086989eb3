import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import type { ParametersOf } from '#runbook/model/probe-parameters.ts';
import type { StepError } from '#runbook/model/step-error.ts';
import type { Json } from '#runbook/model/value.ts';
import { literalAddress } from '../../reach/host-name.ts';
import { type Address, resolveHost } from '../../reach/resolve.ts';
import { roundMs } from '../../wire/deadline.ts';
import type { ProbeContext, ProbeReport } from '../context.ts';
import { askNameServers, type DirectAnswer } from './name-server.ts';

/** The share of the time for the system's lookup. The rest is for the name servers, if it fails. */
const SYSTEM_SHARE = 0.7;

/**
 * Looks up a host the way applications do and, with `server`, directly at that name server. If the
 * system finds no address, its name servers are queried for the reason.
 */
export async function probeDns(
  { host, server }: ParametersOf<'dns'>,
  { deadline, nameServers }: ProbeContext,
): Promise<ProbeReport> {
  const wrong = server === undefined ? undefined : checkServer(server);
  if (wrong !== undefined) return { result: {}, error: wrong };
  const startedAt = performance.now();
  const system = await resolveHost(host, deadline.part(deadline.leftMs * SYSTEM_SHARE));
  const systemMs = roundMs(performance.now() - startedAt);
  const { addresses = [], error } = system;
  const isName = literalAddress(host) === undefined && (error?.kind ?? 'dns') === 'dns';
  const isAsked = isName && (server !== undefined || error !== undefined);
  const servers = server === undefined ? nameServers : [server];
  const direct = isAsked ? await askNameServers(host, servers, deadline) : undefined;
  const inHostsFile = await hostsFileAddresses(host);
  const result = {
    host: error?.kind === 'config' ? null : host,
    addresses,
    canonical: direct?.canonical ?? null,
    from_hosts_file:
      addresses.length > 0 && addresses.every(({ address }) => inHostsFile.includes(address)),
    system_ms: systemMs,
    direct: direct === undefined ? null : describe(direct, server, addresses),
  };
  if (deadline.isCancelled) return { result, error: deadline.error({ phase: 'dns', message: '' }) };
  return { result, error: direct ? await explain(host, direct, server, error) : error };
}

function checkServer(server: string): StepError | undefined {
  const address = server.replace(/^\[(.*)\](?::\d+)?$/, '$1').replace(/^([\d.]+):\d+$/, '$1');
  if (isIP(address) !== 0) return undefined;
  const hint = 'Write ADDRESS, ADDRESS:PORT or [ADDRESS]:PORT.';
  return {
    kind: 'config',
    phase: 'dns',
    message: 'server is not the address of a name server',
    hint,
  };
}

function describe(
  { code, addresses, ms }: DirectAnswer,
  server: string | undefined,
  fromSystem: readonly Address[],
): Readonly<Record<string, Json>> {
  const known = new Set(fromSystem.map(({ address }) => address));
  const agrees =
    addresses.length === known.size && addresses.every(({ address }) => known.has(address));
  return { server: server ?? null, code, addresses, agrees, ms };
}

/** Returns the system's error as the name servers explain it, or the name server's own error. */
async function explain(
  host: string,
  { code }: DirectAnswer,
  server: string | undefined,
  error: StepError | undefined,
): Promise<StepError | undefined> {
  if (code === 'NOERROR') return error && { ...error, hint: ONLY_SYSTEM };
  const who = server === undefined ? 'the name server' : `the name server ${server}`;
  const [says, hint] = MEANINGS[code] ?? [`answers ${code}`];
  const hints = [hint, error === undefined ? ONLY_SERVER : undefined, await aboutName(host, code)];
  const said = hints.filter((each) => each !== undefined).join(' ');
  return {
    ...{ kind: 'dns', phase: 'dns', code, message: `${host}: ${who} ${says}` },
    ...(said !== '' && { hint: said }),
  };
}

const ONLY_SYSTEM =
  'The name servers know the name: what differs is this machine (nsswitch.conf, a cache, the name servers it uses).';
const ONLY_SERVER = 'This machine does find an address: by other name servers or its hosts file.';

const MEANINGS: Readonly<Record<string, readonly [says: string, hint?: string]>> = {
  NXDOMAIN: [
    'says that there is no such name (NXDOMAIN)',
    'Check its spelling, and that this network resolves its zone.',
  ],
  NODATA: [
    'knows the name and has no address for it (NODATA)',
    'Its A and AAAA records are missing.',
  ],
  SERVFAIL: [
    'cannot answer (SERVFAIL)',
    'It is broken, or the servers of that zone are. A DNSSEC failure looks the same.',
  ],
  REFUSED: ['refuses to answer (REFUSED)', 'It does not serve this network.'],
  TIMEOUT: ['does not answer', 'It is down, or port 53 is blocked on the way.'],
  UNREACHABLE: ['is not there: nothing listens at its address'],
};

async function aboutName(host: string, code: string): Promise<string | undefined> {
  if (code !== 'NXDOMAIN' || host.includes('.')) return undefined;
  const domains = await searchDomains();
  const appended = domains.length === 0 ? 'has none' : `appends ${domains.join(', ')}`;
  return `A short name is found only by its search domain; this machine ${appended}.`;
}

/** Returns the addresses of a name in this machine's hosts file. */
async function hostsFileAddresses(host: string): Promise<readonly string[]> {
  const lines = await linesOf('/etc/hosts');
  return lines
    .filter(([, ...names]) => names.some((name) => name.toLowerCase() === host.toLowerCase()))
    .map(([address = '']) => address);
}

/** Returns the search domains of this machine. */
async function searchDomains(): Promise<readonly string[]> {
  const lines = await linesOf('/etc/resolv.conf');
  return (
    lines.findLast(([keyword]) => keyword === 'search' || keyword === 'domain')?.slice(1) ?? []
  );
}

/** Reads the fields of each line of a file, without comments. A missing file is empty. */
async function linesOf(path: string): Promise<readonly (readonly string[])[]> {
  const text = await readFile(path, 'utf8').catch(() => '');
  return text.split('\n').map((line) => line.replace(/#.*/, '').trim().split(/\s+/));
}
