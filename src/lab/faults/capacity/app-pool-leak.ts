import { errorLine } from '../../client.ts';
import { SERVERS } from '../../engines.ts';
import type { FaultKind } from '../../fault.ts';
import { untilTrue } from '../sessions.ts';
import { type AppPool, openAppPool } from './app-pool.ts';
import { idleFor, makeCapacityFault } from './fault.ts';

const POOL_SIZE = 5;
const IDLE_SECONDS = 2;

/** An application that leaks the connections of its pool, on a server with free slots. */
export const APP_POOL_LEAK: FaultKind = {
  name: 'app-pool-leak',
  title: 'The application leaks the connections of its own pool',
  engines: SERVERS,
  make(lab) {
    let pool: AppPool | undefined;
    const start = () => {
      pool = openAppPool(lab.urls.shop, POOL_SIZE);
      return pool;
    };
    return makeCapacityFault(lab, {
      layer: 'pool',
      runbook: 'pool-exhausted',
      describe: `shop-web has a pool of ${POOL_SIZE} connections and has given none of them back; the server has free slots.`,
      inputs: { idle_for: `${IDLE_SECONDS}s`, idle_in_transaction_for: `${IDLE_SECONDS}s` },
      byHand: [
        {
          name: 'restart-application',
          title: 'Restart shop-web',
          async do() {
            await pool?.end();
            const fresh = start();
            // A login on a busy machine can take longer than the pool waits for it.
            await untilTrue(() =>
              serve(fresh).then(
                () => true,
                () => false,
              ),
            );
          },
        },
      ],
      async make() {
        const leaking = start();
        for (let taken = 0; taken < POOL_SIZE; taken += 1) {
          const connection = await leaking.take();
          await connection.ask('SELECT id, name FROM product LIMIT 20');
        }
        await idleFor(IDLE_SECONDS);
        return refusalBy(leaking);
      },
      suffers: () => (pool === undefined ? Promise.resolve('there is no pool') : refusalBy(pool)),
      undo: async () => pool?.end(),
    });
  },
};

async function serve(pool: AppPool): Promise<void> {
  const connection = await pool.take();
  try {
    await connection.ask('SELECT count(*) FROM product');
  } finally {
    connection.release();
  }
}

/**
 * Returns the first error of several concurrent requests, since a single one may stay in the pool's
 * queue forever.
 */
async function refusalBy(pool: AppPool): Promise<string> {
  const requests = Array.from({ length: POOL_SIZE }, () => serve(pool).then(() => ''));
  const ends = await Promise.any([
    Promise.all(requests),
    ...requests.map((request) =>
      request.then(
        () => new Promise<never>(() => {}),
        (error: unknown) => [errorLine(error)],
      ),
    ),
  ]);
  return ends.find((end) => end !== '') ?? '';
}
