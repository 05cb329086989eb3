import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SERVERS } from '../../engines.ts';
import type { FaultKind } from '../../fault.ts';
import { makeCertificate } from '../../setup/certificate.ts';
import type { Lab } from '../../setup/lab.ts';
import { serverCertificate } from '../../setup/server-tls.ts';
import { makeTlsFault } from './fault.ts';
import { verifyingUrl } from './tls.ts';

/** The application trusts an authority other than the one that signed the server's certificate. */
const unknownCa: FaultKind = {
  name: 'tls-unknown-ca',
  title: 'The application does not trust the server’s authority',
  engines: SERVERS,
  async make(lab) {
    const other = join(lab.keeper.folder, 'application-ca.pem');
    await writeFile(other, makeCertificate({ name: 'Other CA', isAuthority: true }).cert);
    return makeTlsFault(lab, {
      describe: 'The application trusts an authority that did not sign the server’s certificate.',
      url: verifyingUrl(lab, { sslrootcert: other }),
      inputs: { ca_file: other },
      newUrl: {
        title: 'Give the application the authority that signed the certificate',
        url: verifyingUrl(lab),
      },
    });
  },
};

/** The certificate does not include the name the application connects to. */
const wrongName: FaultKind = {
  name: 'tls-wrong-name',
  title: 'The certificate is for another name',
  engines: SERVERS,
  make: (lab) =>
    makeCertificateFault(lab, 'The certificate is for db.shop.example, not for 127.0.0.1.', {
      names: ['db.shop.example'],
    }),
};

/** The certificate has expired. */
const expiredCertificate: FaultKind = {
  name: 'tls-expired',
  title: 'The server’s certificate has expired',
  engines: SERVERS,
  make: (lab) =>
    makeCertificateFault(lab, 'The certificate of the server expired two days ago.', {
      from: -90,
      until: -2,
    }),
};

/** Faults of a server's certificate. */
export const CERTIFICATE_FAULTS = [unknownCa, wrongName, expiredCertificate];

function makeCertificateFault(
  lab: Lab,
  describe: string,
  wrong: Parameters<typeof serverCertificate>[1],
) {
  return makeTlsFault(lab, {
    describe,
    url: verifyingUrl(lab),
    byHand: [
      {
        name: 'install-certificate',
        title: 'Put a valid certificate where the server reads it',
        do: () => lab.tls.reinstall(),
      },
    ],
    async make() {
      await lab.tls.install(serverCertificate(lab.tls.authority, wrong));
      await lab.reloadTls();
    },
    async undo() {
      await lab.tls.reinstall();
      await lab.reloadTls();
    },
  });
}
