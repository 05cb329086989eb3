import type { FaultKind } from '../../fault.ts';
import { breakWay, openBystanders } from '../application-way.ts';

/**
 * The process that accepts connections is stopped (SIGSTOP): the kernel still completes them, and
 * nothing answers. Sessions of PostgreSQL keep running; those of MariaDB are its threads and wait.
 */
export const TIMEOUT_STOPPED_POSTMASTER: FaultKind = {
  name: 'timeout-stopped-postmaster',
  title: 'The server process is held and answers nobody',
  engines: ['postgres', 'postgres-system', 'mariadb'],
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
      describe: `The server process ${pid} on port ${port} is held.`,
      url: lab.urls.shop,
      byHand: [{ name: 'continue-server', title: 'Continue the server process.', do: release }],
      bystanders,
      restore: release,
    });
  },
};
