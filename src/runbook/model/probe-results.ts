import { SERVER_ENGINES } from './engines.ts';
import type { ProbeName } from './probe-parameters.ts';
import {
  ANY,
  BOOLEAN,
  type Fields,
  listOf,
  mappingOf,
  NUMBER,
  oneOf,
  orNull,
  TEXT,
  type ValueType,
} from './value-type.ts';

const MAYBE_TEXT = orNull(TEXT);
const MAYBE_NUMBER = orNull(NUMBER);
const MAYBE_BOOLEAN = orNull(BOOLEAN);

/** The stages of a login, in order. */
export const LOGIN_STAGES = ['dns', 'tcp', 'greeting', 'tls', 'auth', 'query'] as const;

const STAGES: Fields = {
  stages: mappingOf(Object.fromEntries(LOGIN_STAGES.map((stage) => [stage, MAYBE_NUMBER]))),
  failed_stage: orNull(oneOf(...LOGIN_STAGES)),
};

const ENGINE = oneOf(...SERVER_ENGINES);
const ADDRESS = mappingOf({ address: TEXT, family: NUMBER });
const DIRECT_ADDRESS = mappingOf({ address: TEXT, family: NUMBER, ttl: NUMBER });

const CERTIFICATE: ValueType = mappingOf({
  subject: TEXT,
  issuer: TEXT,
  names: listOf(TEXT),
  not_before: TEXT,
  not_after: TEXT,
  days_left: NUMBER,
  self_signed: BOOLEAN,
  fingerprint: TEXT,
});

const CERTIFICATE_PROBLEM = oneOf(
  'unknown_ca',
  'self_signed',
  'expired',
  'not_yet_valid',
  'name_mismatch',
  'invalid',
);

/** The reasons for which TLS fails in a login. */
export const TLS_PROBLEMS = [
  'not_offered',
  'required',
  'version',
  'cipher',
  'client_certificate',
  'name_mismatch',
  'certificate',
] as const;

const TLS_PROBLEM = oneOf(...TLS_PROBLEMS);

const TRIED_ADDRESS = mappingOf({
  address: TEXT,
  ok: BOOLEAN,
  kind: TEXT,
  code: MAYBE_TEXT,
  ms: MAYBE_NUMBER,
  attempts: NUMBER,
  failed: NUMBER,
  loss: NUMBER,
  min_ms: MAYBE_NUMBER,
  median_ms: MAYBE_NUMBER,
  max_ms: MAYBE_NUMBER,
});

/** The result fields of each probe; `ms`, its duration, is present even when it failed. */
export const PROBE_RESULTS: Readonly<Record<ProbeName, Fields>> = {
  config: {
    ok: BOOLEAN,
    engine: orNull(ENGINE),
    host: MAYBE_TEXT,
    port: MAYBE_NUMBER,
    database: MAYBE_TEXT,
    user: MAYBE_TEXT,
    has_password: BOOLEAN,
    password_length: NUMBER,
    parameters: ANY,
    findings: listOf(
      mappingOf({
        code: TEXT,
        severity: oneOf('error', 'warning', 'info'),
        message: TEXT,
        hint: MAYBE_TEXT,
      }),
    ),
    ms: NUMBER,
  },
  dns: {
    host: MAYBE_TEXT,
    addresses: listOf(ADDRESS),
    canonical: MAYBE_TEXT,
    from_hosts_file: BOOLEAN,
    system_ms: NUMBER,
    direct: orNull(
      mappingOf({
        server: MAYBE_TEXT,
        code: TEXT,
        addresses: listOf(DIRECT_ADDRESS),
        agrees: BOOLEAN,
        ms: NUMBER,
      }),
    ),
    ms: NUMBER,
  },
  tcp: { addresses: listOf(TRIED_ADDRESS), connected: BOOLEAN, ms: NUMBER },
  tls: {
    address: MAYBE_TEXT,
    offered: MAYBE_BOOLEAN,
    version: MAYBE_TEXT,
    protocol: MAYBE_TEXT,
    cipher: MAYBE_TEXT,
    alpn: MAYBE_TEXT,
    authorized: MAYBE_BOOLEAN,
    reason: orNull(CERTIFICATE_PROBLEM),
    problems: listOf(CERTIFICATE_PROBLEM),
    verify_code: MAYBE_TEXT,
    certificate: orNull(CERTIFICATE),
    chain: listOf(CERTIFICATE),
    ...STAGES,
    ms: NUMBER,
  },
  login: {
    host: TEXT,
    port: NUMBER,
    address: MAYBE_TEXT,
    engine: ENGINE,
    version: MAYBE_TEXT,
    role: MAYBE_TEXT,
    database: MAYBE_TEXT,
    in_recovery: MAYBE_BOOLEAN,
    read_only: MAYBE_BOOLEAN,
    session: MAYBE_NUMBER,
    tls: MAYBE_BOOLEAN,
    protocol: MAYBE_TEXT,
    tls_problem: orNull(TLS_PROBLEM),
    row: ANY,
    ...STAGES,
    ms: NUMBER,
  },
  http: {
    status: MAYBE_NUMBER,
    headers: ANY,
    body: MAYBE_TEXT,
    body_truncated: BOOLEAN,
    address: MAYBE_TEXT,
    redirects: NUMBER,
    ...STAGES,
    ms: NUMBER,
  },
};
