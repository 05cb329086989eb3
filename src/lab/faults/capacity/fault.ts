import { setTimeout as sleep } from 'node:timers/promises';
import { askOnce, type Client, errorLine } from '../../client.ts';
import type { ByHand, FaultCheck, FaultLayer, MadeFault } from '../../fault.ts';
import { isPostgres, type Lab, superuserUrl } from '../../setup/lab.ts';
import { once } from '../sessions.ts';

/** A fault that takes the shop's connections, and its undo. */
type CapacityFault = {
  /** @default capacity */
  readonly layer?: FaultLayer;
  /** @default too-many-connections */
  readonly runbook?: string;
  readonly describe: string;
  readonly inputs?: Readonly<Record<string, string>>;
  readonly byHand?: readonly ByHand[];
  /** Creates the fault, while other sessions are already open. Returns the resulting error line. */
  make(): Promise<string>;
  /**
   * Returns the current error of the affected user; empty if it is served. @default a new login of
   * the shop
   */
  suffers?(): Promise<string>;
  /** The healthy or waiting sessions that were lost, one sentence each. */
  lost?(): readonly string[];
  readonly facts?: () => FaultCheck['facts'];
  undo(): Promise<unknown>;
};

const BUSY_PAUSE_MS = 60;
const POLL_MS = 20;

/** Creates a connection capacity fault on a healthy lab, with other sessions open meanwhile. */
export async function makeCapacityFault(lab: Lab, fault: CapacityFault): Promise<MadeFault> {
  const bystanders = [
    await openBusy(lab, 'shop-checkout', lab.urls.shop),
    await openBusy(lab, 'warehouse', lab.urls.warehouse),
    await openBusy(lab, 'oncall', lab.urls.oncall),
  ];
  const undo = once(async () => {
    await Promise.all(bystanders.map((bystander) => bystander.end()));
    await fault.undo();
    await waitUntilEmpty(lab);
  });
  try {
    const complaint = await fault.make();
    return {
      layer: fault.layer ?? 'capacity',
      runbook: fault.runbook ?? 'too-many-connections',
      inputs: { database_url: lab.urls.shop, admin_url: superuserUrl(lab), ...fault.inputs },
      describe: fault.describe,
      complaint,
      appUrl: () => lab.urls.shop,
      byHand: fault.byHand ?? [],
      async check() {
        const suffered = await (fault.suffers?.() ?? refusalOf(lab.urls.shop));
        const gone = bystanders.filter((bystander) => bystander.isLost());
        return {
          gone: suffered === '',
          collateral: [
            ...gone.map(({ name }) => `a session of ${name} that was at work was ended`),
            ...(fault.lost?.() ?? []),
          ],
          facts: { suffered, ...fault.facts?.() },
        };
      },
      undo,
    };
  } catch (error) {
    await undo();
    throw error;
  }
}

/** Returns the driver's error for a new login that reads; empty if it works. */
function refusalOf(url: string): Promise<string> {
  return askOnce(url, 'SELECT count(*) FROM product').then(() => '', errorLine);
}

/** Opens sessions one after the other until the server refuses. Returns them and the refusal. */
export async function openUntilRefused(
  open: (number: number) => Promise<Client>,
): Promise<{ readonly sessions: readonly Client[]; readonly refusal: string }> {
  const sessions: Client[] = [];
  for (;;) {
    try {
      sessions.push(await open(sessions.length));
    } catch (error) {
      return { sessions, refusal: errorLine(error) };
    }
  }
}

/** Waits until sessions that have just become idle have been idle for that long. */
export function idleFor(seconds: number): Promise<void> {
  return sleep(seconds * 1_000 + POLL_MS);
}

type Busy = Pick<Client, 'isLost' | 'end'> & { readonly name: string };

async function openBusy(lab: Lab, name: string, url: string): Promise<Busy> {
  const client = await lab.open(url, { name });
  let ended = false;
  let failed = false;
  const work = (async () => {
    while (!ended) {
      await client.ask('SELECT 1');
      await sleep(BUSY_PAUSE_MS);
    }
  })().catch(() => {
    failed = true;
  });
  return {
    name,
    isLost: () => failed || client.isLost(),
    async end() {
      ended = true;
      await work;
      await client.end();
    },
  };
}

/** Waits until the server has released all slots: an ended session still takes one for a moment. */
async function waitUntilEmpty(lab: Lab): Promise<void> {
  const sessions = isPostgres(lab)
    ? "SELECT count(*)::int AS n FROM pg_stat_activity WHERE usename IN ('shop', 'oncall', 'warehouse')"
    : `SELECT count(*) AS n FROM information_schema.processlist
        WHERE user IN ('shop', 'oncall', 'warehouse')`;
  for (;;) {
    const [row] = await lab.admin(sessions).catch(() => []);
    if (Number(row?.n ?? 1) === 0) return;
    await sleep(POLL_MS);
  }
}
