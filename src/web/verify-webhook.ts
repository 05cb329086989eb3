import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { BlockList, isIP } from 'node:net';
import { LIMITS } from '#alerts/alert.ts';
import { isRecent, signaturesIn, type Verification } from '#alerts/verification.ts';

/** A request as it arrived; nothing of it has been parsed. */
export type WebhookRequest = {
  /** Returns the value of a header, whatever its case. */
  readonly header: (name: string) => string | undefined;
  /** Every byte of the body. */
  readonly body: Uint8Array;
  /** The address of the sender, as far as it can be trusted. */
  readonly address: string | undefined;
};

/** The secrets and networks of a source. */
type WebhookSecrets = {
  readonly verification: Verification;
  /** The current secret, and the previous one while it is replaced. */
  readonly secrets: readonly string[];
  /** Empty if requests may come from anywhere. */
  readonly networks: readonly string[];
};

/** Whether a request may be read; the reason is for the log and not for the sender. */
type VerifiedWebhook =
  | { readonly ok: true }
  | { readonly ok: false; readonly status: 401 | 413; readonly reason: string };

/** Returns why a secret is not accepted, or undefined if it is. */
export function secretProblem(secret: string, { leastSecret }: Verification): string | undefined {
  if (secret.length >= leastSecret) return undefined;
  return `the secret is shorter than ${leastSecret} characters`;
}

/** Verifies that the sender of a request knows the secret. Parses nothing; compares in constant time. */
export function verifyWebhook(
  request: WebhookRequest,
  { verification, secrets, networks }: WebhookSecrets,
  now: number,
): VerifiedWebhook {
  if (request.body.length > LIMITS.bytes)
    return { ok: false, status: 413, reason: 'the body is too large' };
  const usable = secrets.filter((secret) => secretProblem(secret, verification) === undefined);
  const reason =
    (isFrom(request.address, networks) ? undefined : 'the address is in none of the networks') ??
    (usable.length > 0 ? undefined : 'there is no usable secret') ??
    (verification.how === 'hmac'
      ? signatureProblem(request, verification, usable, now)
      : credentialsProblem(request.header('authorization'), usable));
  return reason === undefined ? { ok: true } : { ok: false, status: 401, reason };
}

function signatureProblem(
  { header, body }: WebhookRequest,
  { header: name, prefix, timestamp }: Extract<Verification, { how: 'hmac' }>,
  secrets: readonly string[],
  now: number,
): string | undefined {
  const written = header(name);
  if (written === undefined) return `the header ${name} is missing`;
  const time = timestamp === undefined ? '' : header(timestamp.header)?.trim();
  if (time === undefined) return `the header ${timestamp?.header} is missing`;
  if (timestamp !== undefined && !isRecent(time, now))
    return `the header ${timestamp.header} is not a time within the last 5 minutes`;
  const before = timestamp === undefined ? '' : `${time}${timestamp.separator}`;
  const given = signaturesIn(written, prefix).map((digits) => Buffer.from(digits, 'hex'));
  const isRight = secrets
    .map((secret) => createHmac('sha256', secret).update(before).update(body).digest())
    .flatMap((expected) => given.map((one) => timingSafeEqual(one, expected)));
  return isRight.includes(true) ? undefined : 'no signature is right';
}

function credentialsProblem(
  authorization: string | undefined,
  secrets: readonly string[],
): string | undefined {
  const [, scheme = '', rest = ''] = /^(bearer|basic) +(.+)$/i.exec(authorization ?? '') ?? [];
  if (scheme === '') return 'the header Authorization has no bearer token and no password';
  const isBasic = scheme.toLowerCase() === 'basic';
  const decoded = isBasic ? Buffer.from(rest, 'base64').toString('utf8') : rest;
  const given = digestOf(isBasic ? decoded.slice(decoded.indexOf(':') + 1) : decoded);
  const isRight = secrets.map((secret) => timingSafeEqual(given, digestOf(secret)));
  return isRight.includes(true) ? undefined : 'the secret is wrong';
}

/** Texts of any length are compared by their digests, in constant time. */
function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function isFrom(address: string | undefined, networks: readonly string[]): boolean {
  if (networks.length === 0) return true;
  const version = isIP(address ?? '');
  if (address === undefined || version === 0) return false;
  const list = new BlockList();
  for (const network of networks) {
    const [base = '', bits] = network.split('/');
    const family = isIP(base);
    if (family !== 0) list.addSubnet(base, Number(bits), family === 4 ? 'ipv4' : 'ipv6');
  }
  return list.check(address, version === 4 ? 'ipv4' : 'ipv6');
}
