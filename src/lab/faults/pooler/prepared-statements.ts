import pg from 'pg';
import type { FaultKind, MadeFault } from '../../fault.ts';
import { once, openBystanders } from '../workload/sessions.ts';
import { poolerInputs, withPooler } from './lab.ts';

const WITHIN_MS = 3_000;

/**
 * The application uses named prepared statements, and the pooler switches its server connection.
 */
export const POOLER_PREPARED_STATEMENTS: FaultKind = {
  name: 'pooler-prepared-statements',
  title: 'prepared statements are lost between transactions',
  engines: ['pgbouncer'],
  async make(lab) {
    const pooled = withPooler(lab);
    const bystanders = await openBystanders(lab);
    let prepares = true;
    return {
      layer: 'pool',
      runbook: 'pgbouncer',
      inputs: poolerInputs(pooled),
      describe:
        'PgBouncer pools transactions, and the shop uses statements that it has prepared in an earlier one.',
      complaint: 'error: prepared statement "product_by_id" does not exist (26000)',
      appUrl: () => lab.urls.shop,
      byHand: [
        {
          name: 'turn-off-prepared-statements',
          title: 'Deploy the shop without named prepared statements',
          async do() {
            prepares = false;
          },
        },
      ],
      async check() {
        const read = await readTwice(lab.urls.shop, prepares);
        return { gone: read === 'works', collateral: await bystanders.lost(), facts: { read } };
      },
      undo: once(() => bystanders.end()),
    } satisfies MadeFault;
  },
};

/** Reads, lets another session take the server connection, and reads again. */
async function readTwice(url: string, prepares: boolean): Promise<string> {
  const settings = { connectionString: url, query_timeout: WITHIN_MS };
  const shop = new pg.Client({ ...settings, application_name: 'shop-web' });
  const other = new pg.Client({ ...settings, application_name: 'shop-checkout' });
  for (const client of [shop, other]) client.on('error', () => {});
  const read = {
    text: 'SELECT name FROM product WHERE id = $1',
    values: [1],
    ...(prepares && { name: 'product_by_id' }),
  };
  try {
    await Promise.all([shop.connect(), other.connect()]);
    await shop.query(read);
    await other.query('BEGIN');
    await shop.query(read);
    return 'works';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    await Promise.all([shop.end(), other.end()].map((ended) => ended.catch(() => {})));
  }
}
