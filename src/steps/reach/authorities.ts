import { readFileSync } from 'node:fs';
import { environmentError } from '#errors.ts';

const CERTIFICATE =
  /-----BEGIN (?:TRUSTED )?CERTIFICATE-----[^-]+-----END (?:TRUSTED )?CERTIFICATE-----/g;

/**
 * Returns the certificates of a PEM text, or of the file at that path. Throws a RunbookError for a
 * file that cannot be read, and if there is no certificate: trusting no authority by mistake would
 * look like a bad server.
 */
export function readAuthorities(ca: string): readonly string[] {
  const isText = ca.includes('-----BEGIN');
  const text = isText ? ca : readFile(ca);
  const certificates = text.match(CERTIFICATE) ?? [];
  if (certificates.length > 0) return certificates;
  throw environmentError(`${isText ? 'ca' : ca} holds no certificate in PEM form`);
}

function readFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw environmentError(`the certificate authorities cannot be read: ${path}`, undefined, error);
  }
}
