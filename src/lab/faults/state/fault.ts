import type { ByHand, MadeFault } from '../../fault.ts';
import { type Lab, type PostgresLab, superuserUrl } from '../../setup/lab.ts';
import { askAnew, once, untilTrue } from '../workload/sessions.ts';

/** A state of the server in which it does not serve the shop. */
type ServerState = {
  readonly lab: Lab;
  readonly runbook: 'server-not-ready' | 'read-only';
  readonly describe: string;
  /** The application's statement, which fails while the fault is active. */
  readonly statement: string;
  readonly byHand?: readonly ByHand[];
  /** Returns the healthy sessions that were lost; the warehouse is checked in any case. */
  readonly lost?: () => Promise<readonly string[]>;
  undo(): Promise<unknown>;
};

/** Creates the fault of a server that is up but does not serve the shop. */
export async function madeState(state: ServerState): Promise<MadeFault> {
  const { lab, runbook, describe, statement, byHand = [] } = state;
  const ask = () => askAnew(lab, [statement]);
  const complaint = await ask();
  return {
    layer: runbook === 'read-only' ? 'database' : 'login',
    runbook,
    inputs: { database_url: lab.urls.shop, admin_url: superuserUrl(lab) },
    ...{ describe, byHand },
    complaint: `error: ${complaint}`,
    appUrl: () => lab.urls.shop,
    async check() {
      const shop = await ask();
      const warehouse = await askAnew(lab, ['SELECT 1'], lab.urls.warehouse);
      const lost = (await state.lost?.()) ?? [];
      const unserved = warehouse === 'works' ? [] : [`the warehouse is not served: ${warehouse}`];
      const gone = shop === 'works';
      return { gone, collateral: [...lost, ...(gone ? unserved : [])], facts: { shop, warehouse } };
    },
    undo: once(async () => {
      await state.undo();
    }),
  };
}

/**
 * Waits until a new login of the shop gets an error with this text; `works` waits for a successful
 * login.
 */
export function untilSaid(lab: Lab, text: string): Promise<void> {
  return untilTrue(async () => (await askAnew(lab, ['SELECT 1'])).includes(text));
}

/** Returns a lab with a PostgreSQL server and no pooler. Throws for any other. */
export function postgresOf(lab: Lab): PostgresLab {
  if (lab.engine === 'mariadb' || lab.engine === 'pgbouncer')
    throw new Error(`this fault is PostgreSQL's, and the lab is ${lab.engine}`);
  return lab;
}
