import { SERVERS } from '../../engines.ts';
import type { FaultKind } from '../../fault.ts';
import { type Endpoint, startSilentServer } from '../../network/endpoint.ts';
import { missingFirewall, startFirewall } from '../../network/firewall.ts';
import { startFullBacklog } from '../../network/full-backlog.ts';
import { changedUrl } from '../../setup/changed-url.ts';
import type { Lab } from '../../setup/lab.ts';
import { breakWay } from '../application-way.ts';
import { openBystanders } from '../sessions.ts';

/** A firewall between the application and the server drops packets. */
const DROPPED: FaultKind = {
  name: 'timeout-dropped',
  title: 'A firewall drops the packets',
  engines: SERVERS,
  missing: missingFirewall,
  async make(lab) {
    const firewall = await startFirewall(lab.keeper, lab.server.port);
    await firewall.drop();
    let isOpen = false;
    const open = async () => {
      if (isOpen) return;
      await firewall.pass();
      isOpen = true;
    };
    return breakWay(lab, {
      layer: 'tcp',
      runbook: 'timeout',
      describe: `A firewall in front of ${firewall.host}:${firewall.port} drops every answer.`,
      url: changedUrl(lab.urls.shop, { host: firewall.host, port: firewall.port }),
      byHand: [{ name: 'open-firewall', title: 'Open the firewall for the packets', do: open }],
      restore: () => firewall.close(),
    });
  },
};

/** The listener accepts no connections, and the kernel's queue is full. */
const FULL_BACKLOG = wrongListener({
  name: 'timeout-full-backlog',
  title: 'The queue of connections is full',
  start: ({ keeper }) => startFullBacklog(keeper),
  describe: (port) => `The listener on port ${port} accepts no connection, and its queue is full.`,
});

/** The listener accepts connections and sends nothing. */
const SILENT = wrongListener({
  name: 'timeout-silent',
  title: 'Something listens on the port and never answers',
  start: () => startSilentServer(),
  describe: (port) => `The listener on port ${port} accepts connections and sends nothing.`,
});

function wrongListener(kind: {
  readonly name: string;
  readonly title: string;
  start(lab: Lab): Promise<Endpoint>;
  describe(port: number): string;
}): FaultKind {
  return {
    name: kind.name,
    title: kind.title,
    engines: SERVERS,
    async make(lab) {
      const endpoint = await kind.start(lab);
      return breakWay(lab, {
        layer: 'tcp',
        runbook: 'timeout',
        describe: `${kind.describe(endpoint.port)} The server is on ${lab.server.port}.`,
        url: changedUrl(lab.urls.shop, { port: endpoint.port }),
        isMisconfigured: true,
        restore: () => endpoint.close(),
      });
    },
  };
}

/**
 * The process that accepts connections is stopped (SIGSTOP): the kernel still completes them, and
 * nothing answers. Sessions of PostgreSQL keep running; those of MariaDB are its threads and wait.
 */
const STOPPED_POSTMASTER: FaultKind = {
  name: 'timeout-stopped-postmaster',
  title: 'The server process is stopped and answers nobody',
  engines: SERVERS,
  async make(lab) {
    const { pid, port } = lab.server;
    const bystanders = await openBystanders(lab);
    process.kill(pid, 'SIGSTOP');
    const release = async () => {
      process.kill(lab.server.pid, 'SIGCONT');
    };
    return breakWay(lab, {
      layer: 'tcp',
      runbook: 'timeout',
      describe: `The server process ${pid} on port ${port} is stopped (SIGSTOP).`,
      url: lab.urls.shop,
      byHand: [{ name: 'continue-server', title: 'Continue the server process', do: release }],
      bystanders,
      restore: release,
    });
  },
};

/** Faults of a connection that nothing answers. */
export const TIMEOUT_FAULTS = [DROPPED, FULL_BACKLOG, SILENT, STOPPED_POSTMASTER];
