import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FaultKind } from '../../fault.ts';
import { makeCertificate } from '../../setup/certificate.ts';
import type { Lab } from '../../setup/lab.ts';
import { serverCertificate } from '../../setup/server-tls.ts';
import { makeLoginFault } from './fault.ts';
import { verifyingUrl } from './tls.ts';

const EVERY_SERVER = ['postgres', 'postgres-system', 'mariadb'] as const;

/** The application trusts an authority other than the one that signed the server's certificate. */
export const unknownCa: FaultKind = {
  name: 'tls-unknown-ca',
  title: 'The application does not trust the server’s authority',
  engines: EVERY_SERVER,
  async make(lab) {
    const other = join(lab.keeper.folder, 'application-ca.pem');
    await writeFile(other, makeCertificate({ name: 'Other CA', isAuthority: true }).cert);
    return makeLoginFault(lab, {
      layer: 'tls',
      runbook: 'ssl',
      describe: 'The application trusts an authority that did not sign the server’s certificate.',
      url: verifyingUrl(lab, { sslrootcert: other }),
      inputs: { ca_file: other },
      byHand: (application) => [
        {
          name: 'correct-url',
          title: 'Give the application the authority that signed the certificate',
          do: async () => application.use(verifyingUrl(lab)),
        },
      ],
    });
  },
};

/** The certificate does not include the name the application connects to. */
export const wrongName: FaultKind = {
  name: 'tls-wrong-name',
  title: 'The certificate is for another name',
  engines: EVERY_SERVER,
  make: (lab) =>
    makeCertificateFault(lab, 'The certificate is for db.shop.example, not for 127.0.0.1.', {
      names: ['db.shop.example'],
    }),
};

/** The certificate has expired. */
export const expiredCertificate: FaultKind = {
  name: 'tls-expired',
  title: 'The server’s certificate has expired',
  engines: EVERY_SERVER,
  make: (lab) =>
    makeCertificateFault(lab, 'The certificate of the server expired two days ago.', {
      from: -90,
      until: -2,
    }),
};

function makeCertificateFault(
  lab: Lab,
  describe: string,
  wrong: Parameters<typeof serverCertificate>[1],
) {
  return makeLoginFault(lab, {
    layer: 'tls',
    runbook: 'ssl',
    describe,
    url: verifyingUrl(lab),
    inputs: { ca_file: lab.tls.caFile },
    byHand: () => [
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
