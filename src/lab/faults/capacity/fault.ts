import { setTimeout as sleep } from 'node:timers/promises';
import { askOnce, type Client } from '../../drivers/client.ts';
import type { ByHand, FaultCheck, FaultLayer, MadeFault } from '../../fault.ts';
import { isPostgres, type Lab } from '../../setup/lab.ts';

/** What takes the connections away from the shop, and how it is taken back. */
export type CapacityFault = {
  /** @default capacity */
  readonly layer?: FaultLayer;
  /** @default too-many-connections */
  readonly runbook?: string;
  readonly describe: string;
  readonly inputs?: Readonly<Record<string, string>>;
  readonly byHand?: readonly ByHand[];
  /** Makes it, with sessions of others open already; returns the error line it ends with. */
  make(): Promise<string>;
  /** What the sufferer is told now; empty when it is served. @default a new login of the shop */
  suffers?(): Promise<string>;
  /** What was healthy or only waited, and is lost, a sentence each. */
  lost?(): readonly string[];
  readonly facts?: () => FaultCheck['facts'];
  undo(): Promise<unknown>;
};

const BUSY_PAUSE_MS = 60;
const POLL_MS = 20;

/** Makes a fault of too few connections on a lab that is well, with sessions of others open meanwhile. */
export async function makeCapacityFault(lab: Lab, fault: CapacityFault): Promise<MadeFault> {
  const bystanders = [
    await openBusy(lab, 'shop-checkout', lab.urls.shop),
    await openBusy(lab, 'warehouse', lab.urls.warehouse),
    await openBusy(lab, 'oncall', lab.urls.oncall),
  ];
  let isUndone = false;
  const undo = async () => {
    if (isUndone) return;
    isUndone = true;
    await Promise.all(bystanders.map((bystander) => bystander.end()));
    await fault.undo();
    await waitUntilEmpty(lab);
  };
  try {
    const complaint = await fault.make();
    return {
      layer: fault.layer ?? 'capacity',
      runbook: fault.runbook ?? 'too-many-connections',
      inputs: { database_url: lab.urls.shop, admin_url: adminUrl(lab), ...fault.inputs },
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

/** Returns the URL of somebody who gets in when the server is full, and may end sessions. */
export function adminUrl(lab: Lab): string {
  return isPostgres(lab)
    ? lab.server.superuserUrl.replace(/postgres$/, 'shop')
    : lab.server.rootUrl.replace(/mysql$/, 'shop');
}

/** Returns what a driver says to a new login that reads; empty when it works. */
export async function refusalOf(url: string): Promise<string> {
  try {
    await askOnce(url, 'SELECT count(*) FROM product');
    return '';
  } catch (error) {
    return errorLine(error);
  }
}

/** Writes an error as Node does when nobody catches it. */
export function errorLine(error: unknown): string {
  const { name = 'Error', message = '' } = error instanceof Error ? error : {};
  return `${name}: ${message}`;
}

/** Opens sessions one after the other until the server refuses; returns them and its refusal. */
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

/** Waits until sessions that have just become idle have been so for that long. */
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

/** A session that has ended still takes a slot for a moment. */
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
