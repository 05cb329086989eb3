import { SERVERS } from '../../engines.ts';
import type { FaultKind, MadeFault } from '../../fault.ts';
import { type Endpoint, startEndpoint, startWebServer } from '../../network/endpoint.ts';
import { changedUrl } from '../../setup/changed-url.ts';
import { isPostgres, type Lab } from '../../setup/lab.ts';
import { breakWay } from '../application-way.ts';

const BANNER = 'SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n';

/**
 * MySQL clients wait for a greeting that never comes; this is the error of the command line client.
 */
const NO_GREETING =
  "ERROR 2013 (HY000): Lost connection to server at 'handshake: reading initial communication packet', system error: 110";

/** A web server answers on the port. */
const HTTP: FaultKind = {
  name: 'wrong-service-http',
  title: 'A web server answers on the port',
  engines: SERVERS,
  make: async (lab) =>
    behind(lab, await startWebServer(), {
      who: 'A web server',
      postgres: (port) => notPostgres(port, 'expected authentication request from server', 'H'),
      mysql: NO_GREETING,
    }),
};

/** An SSH server answers on the port. */
const SSH_BANNER: FaultKind = {
  name: 'wrong-service-ssh-banner',
  title: 'An SSH server answers on the port',
  engines: SERVERS,
  make: async (lab) =>
    behind(lab, await startEndpoint((socket) => socket.write(BANNER)), {
      who: 'An SSH server',
      postgres: (port) => notPostgres(port, 'expected authentication request from server', 'S'),
      mysql: 'pymysql.err.InternalError: Packet sequence number wrong - got 45 expected 0',
    }),
};

/** The URL has the scheme of the other engine. */
const OTHER_ENGINE: FaultKind = {
  name: 'wrong-service-other-engine',
  title: 'A database of the other engine answers on the port',
  engines: SERVERS,
  async make(lab) {
    const { port } = lab.server;
    const [scheme, complaint] = isPostgres(lab)
      ? ['mysql', NO_GREETING]
      : ['postgres', notPostgres(port, 'received invalid response to SSL negotiation', 'J')];
    return breakWay(lab, {
      layer: 'tcp',
      runbook: 'wrong-service',
      describe: `The application connects to port ${port} with the protocol of the other engine.`,
      url: lab.urls.shop.replace(/^\w+/, scheme),
      complaint,
      isMisconfigured: true,
    });
  },
};

/** Faults of an address at which another service answers. */
export const WRONG_SERVICE_FAULTS = [HTTP, SSH_BANNER, OTHER_ENGINE];

async function behind(
  lab: Lab,
  { port, close }: Endpoint,
  service: {
    readonly who: string;
    readonly mysql: string;
    postgres(port: number): string;
  },
): Promise<MadeFault> {
  return breakWay(lab, {
    layer: 'tcp',
    runbook: 'wrong-service',
    describe: `${service.who} answers on port ${port}, the database is on ${lab.server.port}.`,
    url: changedUrl(lab.urls.shop, { port }),
    complaint: isPostgres(lab) ? service.postgres(port) : service.mysql,
    isMisconfigured: true,
    restore: () => close(),
  });
}

/** Returns psql's error, which shows what it received; the shop's driver does not. */
function notPostgres(port: number, problem: string, letter: string): string {
  const received = problem.startsWith('expected') ? `, but received ${letter}` : `: ${letter}`;
  return `psql: error: connection to server at "127.0.0.1", port ${port} failed: ${problem}${received}`;
}
