import type { ByHand, MadeFault } from '../../fault.ts';
import { type Lab, type PostgresLab, superuserUrl } from '../../setup/lab.ts';
import { madeFault } from '../made-fault.ts';
import { askAnew, type Bystanders, untilTrue } from '../sessions.ts';

/** A state of the server in which it does not serve the shop. */
type ServerState = {
  readonly runbook: 'server-not-ready' | 'read-only';
  readonly describe: string;
  /** The application's statement, which fails while the fault is active. */
  readonly statement: string;
  readonly byHand?: readonly ByHand[];
  /** The healthy sessions; a new one of the warehouse is checked in any case. */
  readonly bystanders?: Bystanders;
  undo(): Promise<unknown>;
};

/** Creates the fault of a server that is up but does not serve the shop. */
export async function madeState(lab: Lab, state: ServerState): Promise<MadeFault> {
  const { runbook, statement } = state;
  const ask = () => askAnew(lab, [statement]);
  return madeFault(lab, {
    ...state,
    layer: runbook === 'read-only' ? 'database' : 'login',
    inputs: { admin_url: superuserUrl(lab) },
    complaint: `error: ${await ask()}`,
    async check() {
      const shop = await ask();
      const warehouse = await askAnew(lab, ['SELECT 1'], lab.urls.warehouse);
      const gone = shop === 'works';
      const isLost = gone && warehouse !== 'works';
      const lost = isLost ? [`the warehouse is not served: ${warehouse}`] : [];
      return { gone, lost, facts: { shop, warehouse } };
    },
  });
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
  if (lab.engine !== 'postgres' && lab.engine !== 'postgres-system')
    throw new Error(`this fault is PostgreSQL's, and the lab is ${lab.engine}`);
  return lab;
}
