import type { Client } from '../../client.ts';
import type { ByHand, FaultCheck, FaultLayer, MadeFault } from '../../fault.ts';
import { type Lab, type LabUser, superuserUrl } from '../../setup/lab.ts';
import { isServed } from '../workload/sessions.ts';

/** A fault of the shop's login, and its undo. */
type LoginFault = {
  /** @default login */
  readonly layer?: FaultLayer;
  /** @default auth */
  readonly runbook?: string;
  readonly describe: string;
  /** The URL the application connects with; the lab's own if undefined. */
  readonly url?: string;
  /** Inputs of the runbook besides the two URLs. */
  readonly inputs?: Readonly<Record<string, string>>;
  /** The URL input of the runbook, if it differs from the application's. */
  readonly runbookUrl?: string;
  readonly byHand?: (application: Application) => readonly ByHand[];
  /** Set if a restart of the server is the fix: existing sessions are not expected to survive. */
  readonly restarts?: true;
  /** Creates the fault on the server; undefined if only the application's URL is wrong. */
  make?(): Promise<unknown>;
  undo?(): Promise<unknown>;
};

/** The application's configuration during the fault. */
type Application = {
  /** Sets the URL it connects with. */
  use(url: string): void;
};

const BYSTANDERS: readonly LabUser[] = ['warehouse', 'oncall'];

/** Creates a fault of the shop's login on a healthy lab, with other sessions open meanwhile. */
export async function makeLoginFault(lab: Lab, fault: LoginFault): Promise<MadeFault> {
  let url = fault.url ?? lab.urls.shop;
  const broken = url;
  await fault.make?.();
  const bystanders = await Promise.all(
    BYSTANDERS.map(async (user) => [user, await lab.open(lab.urls[user], { name: user })] as const),
  );
  const application: Application = {
    use(next) {
      url = next;
    },
  };
  const complaint = await complaintOf(lab, url);
  let isUndone = false;
  return {
    layer: fault.layer ?? 'login',
    runbook: fault.runbook ?? 'auth',
    inputs: {
      database_url: fault.runbookUrl ?? broken,
      admin_url: superuserUrl(lab),
      ...fault.inputs,
    },
    describe: fault.describe,
    complaint,
    appUrl: () => url,
    byHand: fault.byHand?.(application) ?? [],
    check: () => checkLogin(lab, url, fault.restarts ? [] : bystanders),
    async undo() {
      if (isUndone) return;
      isUndone = true;
      await Promise.all(bystanders.map(([, session]) => session.end()));
      await fault.undo?.();
    },
  };
}

/** Returns the error line of a real login, as Node writes it. Throws if the login works. */
async function complaintOf(lab: Lab, url: string): Promise<string> {
  const failure = await lookAtShop(lab, url);
  if (failure === undefined) throw new Error('the login works, so there is no fault');
  return `${failure.name}: ${failure.message}`;
}

async function checkLogin(
  lab: Lab,
  url: string,
  bystanders: readonly (readonly [LabUser, Client])[],
): Promise<FaultCheck> {
  const failure = await lookAtShop(lab, url);
  const lost = await Promise.all(
    bystanders.map(async ([user, session]) =>
      (await isServed(session)) ? [] : [`the session ${session.id} of ${user} was ended`],
    ),
  );
  return {
    gone: failure === undefined,
    collateral: lost.flat(),
    facts: { login: failure?.message ?? 'works' },
  };
}

async function lookAtShop(lab: Lab, url: string): Promise<Error | undefined> {
  try {
    const session = await lab.open(url);
    try {
      await session.ask('SELECT count(*) FROM product');
    } finally {
      await session.end();
    }
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}
