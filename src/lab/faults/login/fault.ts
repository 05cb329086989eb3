import { errorLine } from '../../client.ts';
import type { ByHand, FaultLayer, MadeFault } from '../../fault.ts';
import { type Lab, superuserUrl } from '../../setup/lab.ts';
import { once, openBystanders } from '../sessions.ts';

type NewUrl = Pick<ByHand, 'title'> & {
  /** @default correct-url */
  readonly name?: string;
  readonly url: string;
};

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
  readonly byHand?: readonly ByHand[];
  /** The manual actions that give the application another URL. */
  readonly newUrl?: NewUrl | readonly NewUrl[];
  /** Set if a restart of the server is the fix: existing sessions are not expected to survive. */
  readonly restarts?: true;
  /** Creates the fault on the server; undefined if only the application's URL is wrong. */
  make?(): Promise<unknown>;
  undo?(): Promise<unknown>;
};

/** Creates a fault of the shop's login on a healthy lab, with other sessions open meanwhile. */
export async function makeLoginFault(lab: Lab, fault: LoginFault): Promise<MadeFault> {
  const { describe, newUrl = [], byHand = [] } = fault;
  let url = fault.url ?? lab.urls.shop;
  const broken = url;
  await fault.make?.();
  const bystanders = await openBystanders(lab, ['warehouse', 'oncall']);
  const failure = await lookAtShop(lab, url);
  if (failure === undefined) throw new Error('the login works, so there is no fault');
  const changesOfUrl = [newUrl].flat().map(
    ({ name = 'correct-url', title, url: next }): ByHand => ({
      ...{ name, title },
      async do() {
        url = next;
      },
    }),
  );
  return {
    layer: fault.layer ?? 'login',
    runbook: fault.runbook ?? 'auth',
    inputs: {
      database_url: fault.runbookUrl ?? broken,
      admin_url: superuserUrl(lab),
      ...fault.inputs,
    },
    ...{ describe, complaint: errorLine(failure) },
    appUrl: () => url,
    byHand: [...byHand, ...changesOfUrl],
    async check() {
      const failed = await lookAtShop(lab, url);
      const collateral = fault.restarts ? [] : await bystanders.lost();
      const login = failed?.message ?? 'works';
      return { gone: failed === undefined, collateral, facts: { login } };
    },
    undo: once(async () => {
      await bystanders.end();
      await fault.undo?.();
    }),
  };
}

/** A fault of TLS: the parts that differ from one to the next. */
export function makeTlsFault(lab: Lab, fault: LoginFault): Promise<MadeFault> {
  const inputs = { ca_file: lab.tls.caFile, ...fault.inputs };
  return makeLoginFault(lab, { layer: 'tls', runbook: 'ssl', ...fault, inputs });
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
