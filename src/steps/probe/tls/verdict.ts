import { X509Certificate } from 'node:crypto';
import { checkServerIdentity, rootCertificates, type TLSSocket } from 'node:tls';
import { chainOf, isIssuedBy } from './certificate.ts';

/** The reasons why a certificate is rejected. */
type CertificateProblem =
  | 'unknown_ca'
  | 'self_signed'
  | 'expired'
  | 'not_yet_valid'
  | 'name_mismatch'
  | 'invalid';

/** The verdict of a strict client on a server's certificate. */
export type Verdict = {
  readonly authorized: boolean;
  /** All reasons, starting with the one a client reports. */
  readonly problems: readonly CertificateProblem[];
  /** OpenSSL's or Node's code of the first problem, e.g. `CERT_HAS_EXPIRED`. */
  readonly code: string | null;
};

const PROBLEMS: Readonly<Record<string, CertificateProblem>> = {
  CERT_HAS_EXPIRED: 'expired',
  CERT_NOT_YET_VALID: 'not_yet_valid',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'self_signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'unknown_ca',
  UNABLE_TO_GET_ISSUER_CERT: 'unknown_ca',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'unknown_ca',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'unknown_ca',
  CERT_UNTRUSTED: 'unknown_ca',
};

const WRONG_NAME = 'ERR_TLS_CERT_ALTNAME_INVALID';

/**
 * Judges the certificate of a handshake made without verification. OpenSSL reports one reason only,
 * and a wrong date before an unknown authority: the name is checked separately, and so is the
 * authority if a date hides it.
 *
 * @param leaf The server's certificate: Node returns another one when asked again.
 * @param authorities PEM texts; Node's own if undefined.
 */
export function judge(
  socket: TLSSocket,
  leaf: X509Certificate | undefined,
  serverName: string,
  authorities: readonly string[] | undefined,
): Verdict {
  if (leaf === undefined) return { authorized: false, problems: ['invalid'], code: null };
  // Typed as an Error, it is the error's code.
  const said = String(socket.authorizationError ?? '');
  const problems = [...trustProblems(said, leaf, authorities ?? rootCertificates)];
  const isNamed = checkServerIdentity(serverName, leaf.toLegacyObject()) === undefined;
  if (!isNamed) problems.push('name_mismatch');
  const code = said !== '' ? said : isNamed ? null : WRONG_NAME;
  return { authorized: problems.length === 0, problems, code };
}

function trustProblems(
  said: string,
  leaf: X509Certificate,
  authorities: readonly string[],
): readonly CertificateProblem[] {
  if (said === '') return [];
  const problem = PROBLEMS[said] ?? 'invalid';
  const isDate = problem === 'expired' || problem === 'not_yet_valid';
  if (!isDate || leadsToTrust(chainOf(leaf), authorities)) return [problem];
  return [problem, isIssuedBy(leaf, leaf) ? 'self_signed' : 'unknown_ca'];
}

/**
 * Returns whether a chain of signatures leads to a trusted authority. Dates are checked elsewhere.
 */
function leadsToTrust(chain: readonly X509Certificate[], authorities: readonly string[]): boolean {
  const trusted = authorities.flatMap((pem) => readAuthority(pem));
  let current = chain[0];
  for (let length = 0; current !== undefined && length <= chain.length; length += 1) {
    const certificate: X509Certificate = current;
    if (trusted.some((each) => isSame(each, certificate) || isIssuedBy(certificate, each)))
      return true;
    current = chain.find((each) => !isSame(each, certificate) && isIssuedBy(certificate, each));
  }
  return false;
}

function isSame(one: X509Certificate, other: X509Certificate): boolean {
  return one.fingerprint256 === other.fingerprint256;
}

/** Parses an authority's certificate. An unreadable one is skipped. */
function readAuthority(pem: string): readonly X509Certificate[] {
  try {
    return [new X509Certificate(pem)];
  } catch {
    return [];
  }
}
