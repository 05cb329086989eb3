import type { FaultKind } from '../../fault.ts';
import { freePort } from '../../network/free-port.ts';
import { changedUrl } from '../../setup/changed-url.ts';
import { breakWay, openBystanders } from '../application-way.ts';

/** The application is configured with a port on which nothing listens. */
export const REFUSED_CLOSED_PORT: FaultKind = {
  name: 'refused-closed-port',
  title: 'The configuration names a port on which nothing listens',
  engines: ['postgres', 'postgres-system', 'mariadb'],
  async make(lab) {
    const port = await freePort();
    return breakWay(lab, {
      layer: 'tcp',
      runbook: 'refused',
      describe: `The application connects to port ${port}, the server listens on ${lab.server.port}.`,
      url: changedUrl(lab.urls.shop, { port }),
      isMisconfigured: true,
      bystanders: await openBystanders(lab),
      async restore() {},
    });
  },
};
