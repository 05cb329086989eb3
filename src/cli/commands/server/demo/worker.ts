import { join } from 'node:path';
import { EXIT } from '#errors.ts';
import { type DemoControlPlane, ENVIRONMENT } from './control-plane.ts';

/**
 * Starts a worker in the keeper of the control plane, and starts it again after it lost its lease,
 * e.g. while the machine slept. It knows the address of the shop; the server does not.
 */
export async function startDemoWorker(
  { keeper, postgres }: Pick<DemoControlPlane, 'keeper' | 'postgres'>,
  shopUrl: string,
): Promise<void> {
  const start = async (): Promise<void> => {
    const worker = await keeper.run({
      file: process.execPath,
      args: [process.argv[1] ?? '', 'worker', '--label', ENVIRONMENT],
      env: {
        ...{ PATH: process.env.PATH ?? '', HOME: keeper.folder },
        RUNBOOK_TEAM_DATABASE_URL: postgres.superuserUrl,
        SHOP_DATABASE_URL: shopUrl,
      },
      logFile: join(keeper.folder, 'worker.log'),
      // Nothing of the demo outlives it, so there is nothing to drain.
      stopSignal: 'SIGKILL',
    });
    void worker.exited.then(({ code }) =>
      code === EXIT.leaseLost ? start().catch(() => undefined) : undefined,
    );
  };
  await start();
}
