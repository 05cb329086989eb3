import type { FaultKind } from '../../fault.ts';
import { breakWay } from '../application-way.ts';

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
      byHand: [{ name: 'start-database', title: 'Start the database.', do: start }],
      restore: start,
    });
  },
};
