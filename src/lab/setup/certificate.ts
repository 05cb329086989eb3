import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { isIPv4 } from 'node:net';

/** A certificate with its private key, both in PEM. */
export type Certificate = {
  readonly cert: string;
  readonly key: string;
  readonly issued: { readonly name: string; readonly key: KeyObject; readonly keyId: Buffer };
};

/** The fields of a certificate. By default it is valid from yesterday for ten days from now. */
type CertificateParts = {
  readonly name: string;
  /** DNS names and IPv4 addresses. */
  readonly names?: readonly string[];
  /** The signer; self-signed if undefined. */
  readonly issuer?: Certificate;
  readonly isAuthority?: boolean;
  /** Days from now. */
  readonly from?: number;
  readonly until?: number;
};

/** Creates an X.509 certificate with a new P-256 key. */
export function makeCertificate(parts: CertificateParts): Certificate {
  const { name, names = [], issuer, isAuthority = false, from = -1, until = 10 } = parts;
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  const keyId = createHash('sha1').update(spki).digest();
  const signer = issuer?.issued ?? { name, key: privateKey, keyId };
  const extensions = sequence(
    extension('551d13', sequence(...(isAuthority ? [der(0x01, Buffer.of(0xff))] : []))),
    extension('551d0e', der(0x04, keyId)),
    extension('551d23', sequence(der(0x80, signer.keyId))),
    ...(names.length > 0 ? [extension('551d11', sequence(...names.map(alternativeName)))] : []),
  );
  const certificate = sequence(
    der(0xa0, der(0x02, Buffer.of(2))),
    der(0x02, Buffer.concat([Buffer.of(1), randomBytes(8)])),
    ECDSA_SHA256,
    distinguishedName(signer.name),
    sequence(time(from), time(until)),
    distinguishedName(name),
    spki,
    der(0xa3, extensions),
  );
  const signature = sign('sha256', certificate, signer.key);
  const signed = sequence(certificate, ECDSA_SHA256, bitString(signature));
  return {
    cert: pem('CERTIFICATE', signed),
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    issued: { name, key: privateKey, keyId },
  };
}

function der(tag: number, content: Uint8Array): Buffer {
  const { length } = content;
  const size =
    length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length];
  return Buffer.concat([Buffer.of(tag, ...size), content]);
}

function sequence(...parts: Uint8Array[]): Buffer {
  return der(0x30, Buffer.concat(parts));
}

function bitString(content: Uint8Array): Buffer {
  return der(0x03, Buffer.concat([Buffer.of(0), content]));
}

function objectId(hex: string): Buffer {
  return der(0x06, Buffer.from(hex, 'hex'));
}

const ECDSA_SHA256 = sequence(objectId('2a8648ce3d040302'));

function extension(id: string, value: Uint8Array): Buffer {
  return sequence(objectId(id), der(0x04, value));
}

function alternativeName(name: string): Buffer {
  if (isIPv4(name)) return der(0x87, Buffer.from(name.split('.').map(Number)));
  return der(0x82, Buffer.from(name));
}

function distinguishedName(name: string): Buffer {
  return sequence(der(0x31, sequence(objectId('550403'), der(0x0c, Buffer.from(name)))));
}

function time(days: number): Buffer {
  const moment = new Date(Date.now() + days * 86_400_000).toISOString();
  return der(0x18, Buffer.from(`${moment.replace(/[-:T]|\..*/g, '')}Z`));
}

function pem(label: string, content: Buffer): string {
  const lines = content.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}
