import type { FaultKind } from '../../fault.ts';
import { askAnew } from '../workload/sessions.ts';
import { madeState, postgresOf, untilSaid } from './fault.ts';

/** The server waits for its last client before it stops. */
export const NOT_READY_SHUTTING_DOWN: FaultKind = {
  name: 'not-ready-shutting-down',
  title: 'The server is shutting down and waits for a client',
  engines: ['postgres', 'postgres-system'],
  async make(any) {
    const lab = postgresOf(any);
    const { server } = lab;
    const report = await lab.open(lab.urls.shop, { name: 'shop-report' });
    await report.ask('SELECT 1');
    process.kill(server.pid, 'SIGTERM');
    await untilSaid(lab, 'shutting down');
    return madeState({
      ...{ lab, runbook: 'server-not-ready', statement: 'SELECT 1' },
      describe: 'The server was told to stop, and shop-report is still connected.',
      byHand: [
        {
          name: 'end-last-client',
          title: 'End the client that the server waits for, so that it stops, and start it again.',
          async do() {
            await report.end();
            await server.restart();
          },
        },
      ],
      async undo() {
        await report.end();
        if ((await askAnew(lab, ['SELECT 1'])) !== 'works') await server.restart();
      },
    });
  },
};
