import { environmentError } from '#errors.ts';
import { SERVERS } from '../../engines.ts';
import type { FaultKind, MadeFault } from '../../fault.ts';
import { changedUrl } from '../../setup/changed-url.ts';
import { HOST_RULES, isPostgres, type Lab, type MysqlLab } from '../../setup/lab.ts';
import { makeTlsFault } from './fault.ts';

const ONLY_ENCRYPTED = [
  'hostssl all shop 127.0.0.1/32 scram-sha-256',
  'host all postgres,oncall,warehouse 127.0.0.1/32 scram-sha-256',
];

/** Returns the shop's URL for a client that verifies the server's certificate. */
export function verifyingUrl(lab: Lab, parameters: Readonly<Record<string, string>> = {}): string {
  return changedUrl(lab.urls.shop, {
    parameters: { sslmode: 'verify-full', sslrootcert: lab.tls.caFile, ...parameters },
  });
}

/** The server requires TLS for the application's login. */
const requiredByServer: FaultKind = {
  name: 'tls-required-by-server',
  title: 'The server requires TLS and the application has it turned off',
  engines: SERVERS,
  make: (lab) =>
    makeTlsFault(lab, {
      describe: 'The server accepts shop over TLS only; the application connects without it.',
      url: changedUrl(lab.urls.shop, { parameters: { sslmode: 'disable' } }),
      newUrl: {
        title: 'Turn TLS on in the application, with the authority of the server',
        url: verifyingUrl(lab),
      },
      make: () =>
        isPostgres(lab)
          ? lab.setHostRules([HOST_RULES[0] ?? '', ...ONLY_ENCRYPTED])
          : lab.admin("ALTER USER shop@'%' REQUIRE SSL"),
      undo: () =>
        isPostgres(lab)
          ? lab.setHostRules(HOST_RULES)
          : lab.admin("ALTER USER shop@'%' REQUIRE NONE"),
    }),
};

/** The application requires TLS and the server does not offer it. */
const serverHasNone: FaultKind = {
  name: 'tls-server-has-none',
  title: 'The application requires TLS and the server offers none',
  engines: SERVERS,
  make: (lab) =>
    makeTlsFault(lab, {
      describe: 'TLS is turned off on the server; the application asks for it.',
      url: verifyingUrl(lab),
      ...setting(
        lab,
        'ssl',
        'off',
        lab.engine === 'mysql' ? { tls_version: '' } : { skip_ssl: true },
      ),
      ...(!isPostgres(lab) && restarted(lab)),
    }),
};

/** The application supports no TLS version that the server accepts. */
const protocolTooOld: FaultKind = {
  name: 'tls-protocol-too-old',
  title: 'The application’s TLS version is older than the server accepts',
  engines: SERVERS,
  make: (lab): Promise<MadeFault> =>
    makeTlsFault(lab, {
      describe: 'The server accepts TLS 1.3 only; the application supports 1.2 at most.',
      url: verifyingUrl(lab, { ssl_max_protocol_version: 'TLSv1.2' }),
      runbookUrl: verifyingUrl(lab),
      inputs: { client_max_tls: 'TLSv1.2' },
      newUrl: [
        {
          name: 'upgrade-client',
          title: 'Upgrade the application’s driver to one that supports TLS 1.3',
          url: verifyingUrl(lab),
        },
        {
          title: 'Remove ssl_max_protocol_version from the URL',
          url: verifyingUrl(lab),
        },
      ],
      ...setting(lab, 'ssl_min_protocol_version', 'TLSv1.3', { tls_version: 'TLSv1.3' }),
    }),
};

type Setting = Pick<Parameters<typeof makeTlsFault>[1], 'make' | 'undo'>;

/** Changes a TLS setting of the server. MariaDB and MySQL are restarted with it. */
function setting(
  lab: Lab,
  name: string,
  value: string,
  mysql: Readonly<Record<string, string | true>>,
): Setting {
  if (isPostgres(lab))
    return {
      async make() {
        await lab.admin(`ALTER SYSTEM SET ${name} = '${value}'`);
        await lab.reload();
      },
      async undo() {
        await lab.admin(`ALTER SYSTEM RESET ${name}`);
        await lab.reload();
      },
    };
  return { make: () => lab.server.restart('fast', mysql), undo: () => lab.server.restart() };
}

/** Returns the fix of a setting that is read at startup. */
function restarted({ server }: MysqlLab) {
  const restart = {
    name: 'restart-database',
    title: 'Set up TLS on the server and restart it',
    do: () => server.restart(),
  };
  return { restarts: true as const, byHand: [restart] };
}

/** The first major version that supports direct TLS. */
const DIRECT_SINCE = 17;

/** The application uses direct TLS, which the server is too old for. */
const directRefused: FaultKind = {
  name: 'tls-direct-refused',
  title: 'The application uses direct TLS, which the server does not support',
  engines: ['postgres-system'],
  async make(lab) {
    if (!isPostgres(lab) || lab.server.majorVersion >= DIRECT_SINCE)
      throw environmentError(`this fault needs a PostgreSQL before ${DIRECT_SINCE}`);
    return makeTlsFault(lab, {
      describe: `The URL says sslnegotiation=direct, which servers before PostgreSQL ${DIRECT_SINCE} do not support.`,
      url: verifyingUrl(lab, { sslnegotiation: 'direct' }),
      newUrl: { title: 'Remove sslnegotiation=direct from the URL', url: verifyingUrl(lab) },
    });
  },
};

/** Faults of one side that requires TLS and the other that has none. */
export const TLS_FAULTS = [requiredByServer, serverHasNone];

/** Faults of two sides that have no version or negotiation of TLS in common. */
export const TLS_VERSION_FAULTS = [protocolTooOld, directRefused];
