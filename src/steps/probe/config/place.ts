import {
  ENGINE_FACTS,
  PGBOUNCER_PORT,
  SERVER_ENGINES,
  type ServerEngine,
} from '#runbook/model/engines.ts';
import { checkHostName, literalAddress, UNSET } from '../../reach/host-name.ts';
import { type Finding, fault, isLoopback, remark, type Subject, warning } from './finding.ts';

/** The usual services on ports besides the engines themselves. */
const OTHER_SERVICES: Readonly<Record<number, string>> = {
  22: 'SSH',
  80: 'HTTP',
  443: 'HTTPS',
  1433: 'SQL Server',
  1521: 'Oracle',
  5672: 'RabbitMQ',
  6379: 'Redis',
  [PGBOUNCER_PORT]: 'PgBouncer',
  8080: 'HTTP',
  9200: 'Elasticsearch',
  11211: 'memcached',
  27017: 'MongoDB',
  33060: 'MySQL’s X protocol',
};

const SEVERAL_HOSTS = remark(
  'several-hosts',
  'the URL names several hosts',
  'libpq and pgjdbc try them in turn; most other clients, and this program, know only one.',
);

/** Checks the host and port of a URL. */
export function checkPlace({ engine, parts, parameters }: Subject): readonly Finding[] {
  const given = new Map(parameters);
  const host = given.get('host') ?? parts.host;
  const port = given.get('port') ?? parts.port;
  if (host.includes(',') || port.includes(',')) return [SEVERAL_HOSTS];
  return [...checkHost(engine, host, given), ...checkPort(engine, port)];
}

function checkHost(
  engine: ServerEngine,
  host: string,
  given: ReadonlyMap<string, string>,
): readonly Finding[] {
  const isFile = host.startsWith('/') || given.has('socket') || given.has('socketPath');
  if (isFile || UNSET.test(host)) return [];
  if (host === '')
    return [
      warning(
        'missing-host',
        'no host is named',
        'Clients take localhost, or a socket file there.',
      ),
    ];
  if (isLoopback(host)) return [loopback(engine, host)];
  if (host === '0.0.0.0' || host === '::')
    return [warning('any-address', `${host} is where a server listens, not where it is`)];
  const wrong = literalAddress(host) === undefined ? checkHostName(host) : undefined;
  return wrong === undefined ? [] : [fault('bad-host', wrong.message, wrong.hint ?? null)];
}

function loopback(engine: ServerEngine, host: string): Finding {
  const container = 'In a container that is the container itself, not the machine around it.';
  const byFile =
    engine === 'postgres' || host !== 'localhost'
      ? ''
      : ' The mysql command line, PHP and Ruby take localhost for the socket file, whatever the port.';
  return remark('local-host', `the host is ${host}: where the client runs`, container + byFile);
}

function checkPort(engine: ServerEngine, port: string): readonly Finding[] {
  if (port === '' || UNSET.test(port)) return [];
  const number = Number(port);
  // A password may stand in place of the port.
  if (!/^\d+$/.test(port))
    return [
      fault(
        'bad-port',
        'the port is not a number',
        'Is the host missing, or are the brackets around an IPv6 address?',
      ),
    ];
  if (number < 1 || number > 65_535)
    return [fault('bad-port', `the port ${number} is not from 1 to 65535`)];
  if (number === PGBOUNCER_PORT && engine === 'postgres')
    return [
      remark('pooler', `the port ${PGBOUNCER_PORT} is usually PgBouncer’s, not the server’s own`),
    ];
  const engines = SERVER_ENGINES.filter((each) => ENGINE_FACTS[each].port === number);
  const names = engines.map((each) => ENGINE_FACTS[each].name).join(' and ');
  const service = names || OTHER_SERVICES[number];
  if (service === undefined || engines.includes(engine)) return [];
  return [warning('other-service', `the port ${number} is usually the one of ${service}`)];
}
