import { SERVER_ENGINES } from './engines.ts';
/** A parameter of a probe; `description` is for people. */
export type ProbeParameter = {
  readonly type: 'text' | 'integer' | 'boolean' | 'integers';
  readonly required?: true;
  readonly choices?: readonly string[];
  /** Inclusive at both ends. */
  readonly range?: readonly [number, number];
  /** May hold a password, so it is never shown. */
  readonly secret?: true;
  readonly description: string;
};

const PORT = [1, 65_535] as const;
const URL_OF_DATABASE = {
  type: 'text',
  required: true,
  secret: true,
  description: 'the connection URL',
} as const;
const HOST = {
  type: 'text',
  required: true,
  description: 'a host name or an address; for tcp also the path of a socket file',
} as const;
const TLS_VERSIONS = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'] as const;
const AUTHORITIES = {
  type: 'text',
  description: 'the certificate authorities to trust: a PEM text or the path of a file of them',
} as const;

/** The probes and their parameters. */
export const PROBE_PARAMETERS = {
  config: { url: URL_OF_DATABASE },
  dns: {
    host: HOST,
    server: { type: 'text', description: 'a name server to ask directly: ADDRESS or ADDRESS:PORT' },
  },
  tcp: {
    host: HOST,
    port: { type: 'integer', range: PORT, description: 'needed unless the host is a socket file' },
    attempts: { type: 'integer', range: [1, 20], description: 'connections to each address' },
  },
  tls: {
    host: HOST,
    port: { type: 'integer', required: true, range: PORT, description: 'the port of the server' },
    engine: {
      type: 'text',
      choices: [...SERVER_ENGINES, 'direct'],
      description: 'how TLS begins; postgres on 5432 and 6432, mysql on 3306, else direct',
    },
    alpn: {
      type: 'text',
      description: 'the protocol to name in a direct handshake; "postgresql" for PostgreSQL 17+',
    },
    server_name: { type: 'text', description: 'the name the certificate has to hold; the host' },
    ca: AUTHORITIES,
    min_version: { type: 'text', choices: TLS_VERSIONS, description: 'default: TLSv1.2' },
    max_version: { type: 'text', choices: TLS_VERSIONS, description: 'default: TLSv1.3' },
    verify: { type: 'boolean', description: 'fail when the certificate does not pass' },
    required: { type: 'boolean', description: 'fail when the server offers no TLS; true' },
  },
  login: {
    url: URL_OF_DATABASE,
    statement: { type: 'text', description: 'a read to run after the login; SELECT 1' },
  },
  http: {
    url: { type: 'text', required: true, description: 'an http or https URL' },
    method: { type: 'text', choices: ['GET', 'HEAD'], description: 'default: GET' },
    expect_status: { type: 'integers', description: 'the statuses that are right; below 400' },
    redirects: { type: 'integer', range: [0, 5], description: 'how many to follow; none' },
    ca: AUTHORITIES,
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, ProbeParameter>>>>;

/** The name of a probe. */
export type ProbeName = keyof typeof PROBE_PARAMETERS;

/** A description of each probe, for people. */
export const PROBE_MEANINGS: Readonly<Record<ProbeName, string>> = {
  config: 'parses a connection URL without connecting, and reports what clients cannot handle',
  dns: 'resolves a host as applications do, or with a given name server',
  tcp: 'connects to every address of a host and disconnects',
  tls: 'makes a TLS handshake as a database client does, and checks the certificate',
  login: 'logs in to a database, stage by stage',
  http: 'requests one page from a web server',
};

type ValueOf<P> = P extends { type: 'integer' }
  ? number
  : P extends { type: 'boolean' }
    ? boolean
    : P extends { type: 'integers' }
      ? readonly number[]
      : P extends { choices: readonly (infer Choice)[] }
        ? Choice
        : string;

/** The parameter values of a probe. */
export type ParametersOf<Name extends ProbeName> = {
  readonly [P in keyof (typeof PROBE_PARAMETERS)[Name]]: (typeof PROBE_PARAMETERS)[Name][P] extends {
    required: true;
  }
    ? ValueOf<(typeof PROBE_PARAMETERS)[Name][P]>
    : ValueOf<(typeof PROBE_PARAMETERS)[Name][P]> | undefined;
};
