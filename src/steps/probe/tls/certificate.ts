import type { X509Certificate } from 'node:crypto';
import type { Json } from '#runbook/model/value.ts';

const DAY_MS = 86_400_000;
const LONGEST_CHAIN = 10;

/** Returns the certificates a server sent, its own first. */
export function chainOf(certificate: X509Certificate | undefined): readonly X509Certificate[] {
  const chain: X509Certificate[] = [];
  for (let next = certificate; next !== undefined; next = next.issuerCertificate) {
    const { fingerprint256 } = next;
    const isKnown = chain.some((each) => each.fingerprint256 === fingerprint256);
    if (isKnown || chain.length === LONGEST_CHAIN) break;
    chain.push(next);
  }
  return chain;
}

/**
 * Describes a certificate. Times are ISO 8601; `days_left` counts whole days: 0 on the last day,
 * and negative for each whole day since it expired.
 */
export function describeCertificate(certificate: X509Certificate): Readonly<Record<string, Json>> {
  const until = new Date(certificate.validTo);
  return {
    subject: oneLine(certificate.subject),
    issuer: oneLine(certificate.issuer),
    names: namesOf(certificate),
    not_before: new Date(certificate.validFrom).toISOString(),
    not_after: until.toISOString(),
    days_left: daysUntil(until),
    self_signed: isIssuedBy(certificate, certificate),
    fingerprint: certificate.fingerprint256,
  };
}

/** Returns the whole days until a time, negative after it. Partial days do not count. */
function daysUntil(end: Date): number {
  // `+ 0` turns the negative zero into zero.
  return Math.trunc((end.getTime() - Date.now()) / DAY_MS) + 0;
}

/** Returns whether one certificate was signed with the key of another. */
export function isIssuedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}

/** Joins the lines of a name, which Node writes one per attribute. */
function oneLine(name: string): string {
  return name.split('\n').join(', ');
}

function namesOf({ subjectAltName = '' }: X509Certificate): readonly string[] {
  return subjectAltName
    .split(', ')
    .map((name) => name.replace(/^(?:DNS|IP Address):/, ''))
    .filter((name) => name !== '');
}
