import type { ByHand, MadeFault } from '../../fault.ts';
import type { Lab, PostgresLab } from '../../setup/lab.ts';
import { superuserUrl } from '../login/fault.ts';
import { askAnew, once, untilTrue } from '../work/sessions.ts';

/** A state of the server in which it does not serve the shop. */
export type ServerState = {
  readonly lab: Lab;
  readonly runbook: 'server-not-ready' | 'read-only';
  readonly describe: string;
  /** What the application does in vain; it fails while the fault is there. */
  readonly statement: string;
  readonly byHand?: readonly ByHand[];
  /** Returns what was healthy and is lost, besides that the warehouse is served. */
  readonly lost?: () => Promise<readonly string[]>;
  undo(): Promise<unknown>;
};

/** Returns the fault of a server that is there and does not do its work. */
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

/** Waits until the server says this to a new login of the shop; `works` when it lets it in. */
export function untilSaid(lab: Lab, text: string): Promise<void> {
  return untilTrue(async () => (await askAnew(lab, ['SELECT 1'])).includes(text));
}

/** Tells an engine's lab that has a PostgreSQL of its own; throws for another. */
export function postgresOf(lab: Lab): PostgresLab {
  if (lab.engine === 'mariadb' || lab.engine === 'pgbouncer')
    throw new Error(`this fault is PostgreSQL's, and the lab is ${lab.engine}`);
  return lab;
}
