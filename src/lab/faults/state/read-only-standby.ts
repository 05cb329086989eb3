import type { FaultKind } from '../../fault.ts';
import { openBystanders } from '../workload/sessions.ts';
import { madeState, postgresOf } from './fault.ts';
import { signalFile } from './not-ready-starting.ts';

/** The server the application is connected to has become a standby without a primary. */
export const READ_ONLY_STANDBY: FaultKind = {
  name: 'read-only-standby',
  title: 'The application is connected to a demoted primary',
  engines: ['postgres', 'postgres-system'],
  async make(any) {
    const lab = postgresOf(any);
    const { server } = lab;
    await server.stop();
    await signalFile(server, 'standby.signal');
    await server.restart();
    const bystanders = await openBystanders(lab);
    return madeState({
      ...{ lab, runbook: 'read-only' },
      describe: 'The server was demoted to a standby, and no primary is left.',
      statement: 'UPDATE product SET stock = stock WHERE id = 1',
      lost: () => bystanders.lost(),
      async undo() {
        await bystanders.end();
        const [row] = await lab.admin('SELECT pg_is_in_recovery() AS recovers');
        if (row?.recovers === true) await lab.admin('SELECT pg_promote(true, 30)');
      },
    });
  },
};
