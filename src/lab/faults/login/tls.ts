import { environmentError } from '#errors.ts';
import type { FaultKind, MadeFault } from '../../fault.ts';
import { changedUrl } from '../../setup/changed-url.ts';
import { HOST_RULES, isPostgres, type Lab } from '../../setup/lab.ts';
import { makeLoginFault } from './fault.ts';

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
export const requiredByServer: FaultKind = {
  name: 'tls-required-by-server',
  title: 'The server requires TLS and the application has it turned off',
  engines: ['postgres', 'postgres-system', 'mariadb'],
  make: (lab) =>
    makeLoginFault(lab, {
      layer: 'tls',
      runbook: 'ssl',
      describe: 'The server accepts shop over TLS only; the application connects without it.',
      url: changedUrl(lab.urls.shop, { parameters: { sslmode: 'disable' } }),
      inputs: { ca_file: lab.tls.caFile },
      byHand: (application) => [
        {
          name: 'correct-url',
          title: 'Turn TLS on in the application, with the authority of the server',
          do: async () => application.use(verifyingUrl(lab)),
        },
      ],
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
export const serverHasNone: FaultKind = {
  name: 'tls-server-has-none',
  title: 'The application requires TLS and the server offers none',
  engines: ['postgres', 'postgres-system', 'mariadb'],
  make: (lab) =>
    makeLoginFault(lab, {
      layer: 'tls',
      runbook: 'ssl',
      describe: 'TLS is turned off on the server; the application asks for it.',
      url: verifyingUrl(lab),
      inputs: { ca_file: lab.tls.caFile },
      ...setting(lab, 'ssl', 'off', { skip_ssl: true }),
    }),
};

/** The application supports no TLS version that the server accepts. */
export const protocolTooOld: FaultKind = {
  name: 'tls-protocol-too-old',
  title: 'The application’s TLS version is older than the server accepts',
  engines: ['postgres', 'postgres-system', 'mariadb'],
  make: (lab): Promise<MadeFault> =>
    makeLoginFault(lab, {
      layer: 'tls',
      runbook: 'ssl',
      describe: 'The server accepts TLS 1.3 only; the application’s library supports 1.2 at most.',
      url: verifyingUrl(lab, { ssl_max_protocol_version: 'TLSv1.2' }),
      runbookUrl: verifyingUrl(lab),
      inputs: { ca_file: lab.tls.caFile, client_max_tls: 'TLSv1.2' },
      byHand: (application) => [
        {
          name: 'upgrade-client',
          title: 'Upgrade the application’s driver to one that supports TLS 1.3',
          do: async () => application.use(verifyingUrl(lab)),
        },
      ],
      ...withoutHand(
        setting(lab, 'ssl_min_protocol_version', 'TLSv1.3', { tls_version: 'TLSv1.3' }),
      ),
    }),
};

type Setting = Pick<Parameters<typeof makeLoginFault>[1], 'make' | 'undo' | 'byHand' | 'restarts'>;

/**
 * Returns a fault that changes a TLS setting. MariaDB reads these only at startup, so its fix is a
 * restart.
 */
function setting(
  lab: Lab,
  name: string,
  value: string,
  mariadb: Readonly<Record<string, string | true>>,
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
  return {
    restarts: true,
    make: () => lab.server.restart('fast', mariadb),
    undo: () => lab.server.restart(),
    byHand: () => [
      {
        name: 'restart-database',
        title: 'Set up TLS on the server and restart it',
        do: () => lab.server.restart(),
      },
    ],
  };
}

function withoutHand({ byHand: _, restarts: __, ...rest }: Setting): Omit<Setting, 'byHand'> {
  return rest;
}

/** The first major version that supports direct TLS. */
const DIRECT_SINCE = 17;

/** The application uses direct TLS, which the server is too old for. */
export const directRefused: FaultKind = {
  name: 'tls-direct-refused',
  title: 'The application uses direct TLS, which the server does not support',
  engines: ['postgres-system'],
  async make(lab) {
    if (!isPostgres(lab) || lab.server.majorVersion >= DIRECT_SINCE)
      throw environmentError(`this fault needs a PostgreSQL before ${DIRECT_SINCE}`);
    return makeLoginFault(lab, {
      layer: 'tls',
      runbook: 'ssl',
      describe: `The URL says sslnegotiation=direct, which servers before PostgreSQL ${DIRECT_SINCE} do not support.`,
      url: verifyingUrl(lab, { sslnegotiation: 'direct' }),
      inputs: { ca_file: lab.tls.caFile },
      byHand: (application) => [
        {
          name: 'correct-url',
          title: 'Remove sslnegotiation=direct from the URL',
          do: async () => application.use(verifyingUrl(lab)),
        },
      ],
    });
  },
};
