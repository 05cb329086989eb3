import { environmentError } from '#errors.ts';
import type { FaultKind } from '../../fault.ts';
import { isPostgres } from '../../setup/lab.ts';
import { makeLoginFault } from './fault.ts';
import { verifyingUrl } from './tls-server-policy.ts';

/** The first major version that supports direct TLS. */
const DIRECT_SINCE = 17;

/** The application uses direct TLS, which the server is too old for. */
export const directRefused: FaultKind = {
  name: 'tls-direct-refused',
  title: 'The application begins with TLS at once and the server does not know that',
  engines: ['postgres-system'],
  async make(lab) {
    if (!isPostgres(lab) || lab.server.majorVersion >= DIRECT_SINCE)
      throw environmentError(`this fault needs a PostgreSQL before ${DIRECT_SINCE}`);
    return makeLoginFault(lab, {
      layer: 'tls',
      runbook: 'ssl',
      describe: `The URL says sslnegotiation=direct, which servers before PostgreSQL ${DIRECT_SINCE} hang up on.`,
      url: verifyingUrl(lab, { sslnegotiation: 'direct' }),
      inputs: { ca_file: lab.tls.caFile },
      byHand: (application) => [
        {
          name: 'correct-url',
          title: 'Take sslnegotiation=direct out of the URL',
          do: async () => application.use(verifyingUrl(lab)),
        },
      ],
    });
  },
};
