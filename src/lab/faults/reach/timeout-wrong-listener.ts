import type { FaultKind } from '../../fault.ts';
import { type Endpoint, startSilentServer } from '../../network/endpoint.ts';
import { startFullBacklog } from '../../network/full-backlog.ts';
import { changedUrl } from '../../setup/changed-url.ts';
import type { Lab } from '../../setup/lab.ts';
import { breakWay, openBystanders } from '../application-way.ts';

/** The listener accepts no connections, and the kernel's queue is full. */
export const TIMEOUT_FULL_BACKLOG = wrongListener({
  name: 'timeout-full-backlog',
  title: 'The queue of connections is full',
  start: ({ keeper }) => startFullBacklog(keeper),
  describe: (port) => `What listens on port ${port} takes no connection, and its queue is full.`,
});

/** The listener accepts connections and sends nothing. */
export const TIMEOUT_SILENT = wrongListener({
  name: 'timeout-silent',
  title: 'Something listens on the port and never answers',
  start: () => startSilentServer(),
  describe: (port) => `What listens on port ${port} takes connections and never says a word.`,
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
    engines: ['postgres', 'postgres-system', 'mariadb'],
    async make(lab) {
      const endpoint = await kind.start(lab);
      return breakWay(lab, {
        layer: 'tcp',
        runbook: 'timeout',
        describe: `${kind.describe(endpoint.port)} The server is on ${lab.server.port}.`,
        url: changedUrl(lab.urls.shop, { port: endpoint.port }),
        isMisconfigured: true,
        bystanders: await openBystanders(lab),
        restore: () => endpoint.close(),
      });
    },
  };
}
