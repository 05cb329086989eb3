import { codeOf, EXIT, messageOf, RunbookError } from '#errors.ts';

/** A failure to reach a server in plain words, and what may help. */
type Failure = { readonly says: string; readonly hint?: string };

const TRUST = 'trust the authority that signed it: export NODE_EXTRA_CA_CERTS=FILE';
const UNKNOWN_SIGNER: Failure = {
  says: 'its certificate is signed by an authority that is not trusted here',
  hint: TRUST,
};

/** Failures by the code of the network or of TLS. */
const FAILURES: Readonly<Record<string, Failure>> = {
  ECONNREFUSED: { says: 'it refuses connections', hint: 'check that the server runs' },
  ECONNRESET: { says: 'the connection was cut' },
  UND_ERR_SOCKET: { says: 'the connection was cut' },
  ENOTFOUND: { says: 'there is no address for its name' },
  EAI_AGAIN: { says: 'its name cannot be looked up now' },
  EHOSTUNREACH: { says: 'there is no way to it from here' },
  ENETUNREACH: { says: 'there is no way to it from here' },
  ETIMEDOUT: { says: 'it does not answer' },
  UND_ERR_CONNECT_TIMEOUT: { says: 'it does not answer' },
  UND_ERR_HEADERS_TIMEOUT: { says: 'it does not answer' },
  TimeoutError: { says: 'it does not answer' },
  CERT_HAS_EXPIRED: { says: 'its certificate has expired' },
  CERT_NOT_YET_VALID: { says: 'its certificate is not valid yet' },
  ERR_TLS_CERT_ALTNAME_INVALID: { says: 'its certificate is for another name' },
  DEPTH_ZERO_SELF_SIGNED_CERT: {
    says: 'its certificate is signed by itself, and is not trusted here',
    hint: TRUST,
  },
  SELF_SIGNED_CERT_IN_CHAIN: UNKNOWN_SIGNER,
  UNABLE_TO_GET_ISSUER_CERT: UNKNOWN_SIGNER,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNKNOWN_SIGNER,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNKNOWN_SIGNER,
  ERR_SSL_WRONG_VERSION_NUMBER: { says: 'it does not speak TLS at this port' },
  ERR_SSL_PACKET_LENGTH_TOO_LONG: { says: 'it does not speak TLS at this port' },
};

const UNREACHABLE = 'unreachable';

/** Returns whether an error says that a server was not reached: it may be later. */
export function isUnreachable(error: unknown): boolean {
  return codeOf(error) === UNREACHABLE;
}

/** Returns the error that a server was not reached, in plain words. */
export function unreachable(name: string, error: unknown): RunbookError {
  const { says, hint } = failureOf(error);
  return new RunbookError(`the server ${name} cannot be reached: ${says}`, {
    ...{ code: UNREACHABLE, exitCode: EXIT.environment, hint },
    cause: error,
  });
}

function failureOf(error: unknown): Failure {
  // The client hides the reason in the cause, which may be several.
  for (let at = error; at instanceof Error; at = causeOf(at)) {
    const code = 'code' in at ? String(at.code) : at.name;
    const known = FAILURES[code];
    if (known !== undefined) return known;
    if (at.cause === undefined && !(at instanceof AggregateError)) return { says: at.message };
  }
  return { says: messageOf(error) };
}

function causeOf(error: Error): unknown {
  return error instanceof AggregateError ? error.errors[0] : error.cause;
}
