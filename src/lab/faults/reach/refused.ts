import { SERVERS } from '../../engines.ts';
import type { FaultKind } from '../../fault.ts';
import { freePort } from '../../network/free-port.ts';
import { changedUrl } from '../../setup/changed-url.ts';
import { breakWay } from '../application-way.ts';

/** The application is configured with a port on which nothing listens. */
const CLOSED_PORT: FaultKind = {
  name: 'refused-closed-port',
  title: 'The configuration names a port on which nothing listens',
  engines: SERVERS,
  async make(lab) {
    const port = await freePort();
    return breakWay(lab, {
      layer: 'tcp',
      runbook: 'refused',
      describe: `The application connects to port ${port}, the server listens on ${lab.server.port}.`,
      url: changedUrl(lab.urls.shop, { port }),
      isMisconfigured: true,
    });
  },
};

/** The server was stopped, which ended all sessions. */
const STOPPED: FaultKind = {
  name: 'refused-stopped',
  title: 'The server is stopped',
  engines: SERVERS,
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
      bystanders: null,
      restore: start,
    });
  },
};

const OTHER_ADDRESS = '127.0.0.2';

/** The server listens on one address of the machine, and the application connects to another. */
const OTHER_INTERFACE: FaultKind = {
  name: 'refused-other-interface',
  title: 'The server listens on another address of its machine',
  engines: SERVERS,
  make: (lab) =>
    breakWay(lab, {
      layer: 'tcp',
      runbook: 'refused',
      describe: `The server listens on 127.0.0.1 only, the application connects to ${OTHER_ADDRESS}.`,
      url: changedUrl(lab.urls.shop, { host: OTHER_ADDRESS }),
      isMisconfigured: true,
    }),
};

/** Faults of a connection that is refused. */
export const REFUSED_FAULTS = [CLOSED_PORT, STOPPED, OTHER_INTERFACE];
