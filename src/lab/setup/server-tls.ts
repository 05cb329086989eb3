import { chmod, chown, mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Keeper } from '../servers/keeper.ts';
import { findServerUser } from '../servers/system-user.ts';
import { type Certificate, makeCertificate } from './certificate.ts';

/** The certificate files of a server, and the authority its clients trust. */
export type ServerTls = {
  readonly authority: Certificate;
  /** The authority's certificate, readable by every user. */
  readonly caFile: string;
  readonly certFile: string;
  readonly keyFile: string;
  /** Replaces the certificate. The server must then reload it. */
  install(certificate: Certificate): Promise<void>;
  /** Restores the certificate that is valid for 127.0.0.1 and localhost. */
  reinstall(): Promise<void>;
};

/**
 * Creates an authority and a server certificate in the keeper's directory, readable by the server.
 */
export async function createServerTls(keeper: Keeper): Promise<ServerTls> {
  const user = await findServerUser();
  const folder = await mkdtemp(join(keeper.folder, 'tls-'));
  await chmod(folder, 0o755);
  const authority = makeCertificate({ name: 'Lab CA', isAuthority: true });
  const valid = serverCertificate(authority);
  const [caFile, certFile, keyFile] = ['ca.pem', 'server.pem', 'server.key'].map((name) =>
    join(folder, name),
  ) as [string, string, string];
  await writeFile(caFile, authority.cert);
  const install = async ({ cert, key }: Certificate) => {
    await writeFile(certFile, cert);
    await writeFile(keyFile, key, { mode: 0o600 });
    if (user !== undefined) await chown(keyFile, user.uid, user.gid);
  };
  await install(valid);
  return { authority, caFile, certFile, keyFile, install, reinstall: () => install(valid) };
}

/** Creates a certificate for the lab's servers, with deliberate errors. */
export function serverCertificate(
  issuer: Certificate,
  wrong: {
    readonly names?: readonly string[];
    readonly from?: number;
    readonly until?: number;
  } = {},
): Certificate {
  return makeCertificate({ name: 'db', names: ['localhost', '127.0.0.1'], issuer, ...wrong });
}
