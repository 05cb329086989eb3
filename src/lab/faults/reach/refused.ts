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

/** The server was stopped, which ended all sessions. */
export const REFUSED_STOPPED: FaultKind = {
  name: 'refused-stopped',
  title: 'The server is stopped',
  engines: ['postgres', 'postgres-system', 'mariadb'],
  async make(lab) {
    const { server } = lab;
    await server.stop();
    let runs = false;
    const start = async () => {
      if (runs) return;
      await server.restart();
      runs = true;
    };
    return breakWay(lab, {
      layer: 'tcp',
      runbook: 'refused',
      describe: `The server on port ${server.port} is stopped.`,
      url: lab.urls.shop,
      byHand: [{ name: 'start-database', title: 'Start the database', do: start }],
      restore: start,
    });
  },
};

const OTHER_ADDRESS = '127.0.0.2';

/** The server listens on one address of the machine, and the application connects to another. */
export const REFUSED_OTHER_INTERFACE: FaultKind = {
  name: 'refused-other-interface',
  title: 'The server listens on another address of its machine',
  engines: ['postgres', 'postgres-system', 'mariadb'],
  async make(lab) {
    return breakWay(lab, {
      layer: 'tcp',
      runbook: 'refused',
      describe: `The server listens on 127.0.0.1 only, the application connects to ${OTHER_ADDRESS}.`,
      url: changedUrl(lab.urls.shop, { host: OTHER_ADDRESS }),
      isMisconfigured: true,
      bystanders: await openBystanders(lab),
      async restore() {},
    });
  },
};
