import type { LookupFunction } from 'node:net';
import { askOnce, type Client } from '../client.ts';
import type { ByHand, FaultCheck, FaultLayer, MadeFault } from '../fault.ts';
import type { Lab } from '../setup/lab.ts';
import { isServed } from './workload/sessions.ts';

/** A fault between the application and its server. */
type BrokenWay = {
  readonly layer: FaultLayer;
  readonly runbook: string;
  readonly describe: string;
  /** The URL the application is configured with. */
  readonly url: string;
  /** A client's error; the error of the shop's own driver if undefined. */
  readonly complaint?: string;
  readonly inputs?: Readonly<Record<string, string>>;
  readonly surroundings?: readonly string[];
  /** Resolves names where the application runs. */
  readonly lookup?: LookupFunction;
  /** The manual actions, besides correcting the URL of a misconfigured application. */
  readonly byHand?: readonly ByHand[];
  /** Set if the application's configuration is wrong. */
  readonly isMisconfigured?: true;
  /** Sessions opened before the fault was created, which have to survive it. */
  readonly bystanders?: readonly Bystander[];
  /** Removes the obstacle. */
  restore(): Promise<void>;
};

/** A session that is unrelated to the fault. */
type Bystander = { readonly name: string; readonly client: Client };

const WITHIN_MS = 1_500;

/** Opens one session each of the warehouse, the operator on call and a healthy application. */
export async function openBystanders(lab: Lab): Promise<readonly Bystander[]> {
  const { urls } = lab;
  const open = async (name: string, url: string): Promise<Bystander> => ({
    name,
    client: await lab.open(url, { name }),
  });
  return Promise.all([
    open('warehouse', urls.warehouse),
    open('oncall-console', urls.oncall),
    open('shop-checkout', urls.shop),
  ]);
}

/** Creates a fault on the way to a server, with an affected application. */
export async function breakWay(lab: Lab, way: BrokenWay): Promise<MadeFault> {
  const { layer, runbook, describe, lookup, surroundings, bystanders = [] } = way;
  let { url } = way;
  const writeRightUrl: ByHand = {
    name: 'correct-url',
    title: 'Correct the URL in the application’s configuration, and restart it',
    async do() {
      url = lab.urls.shop;
    },
  };
  const options = { withinMs: WITHIN_MS, ...(lookup !== undefined && { lookup }) };
  const attempt = () => attemptLogin(() => askOnce(url, 'SELECT 1 AS served', options));
  const complaint = way.complaint ?? (await attempt()).problem ?? '';
  let restored: Promise<void> | undefined;
  return {
    ...{ layer, runbook, describe, complaint },
    inputs: { database_url: url, ...way.inputs },
    ...(surroundings !== undefined && { surroundings }),
    byHand: [...(way.byHand ?? []), ...(way.isMisconfigured ? [writeRightUrl] : [])],
    appUrl: () => url,
    check: async () => checked(await attempt(), bystanders),
    undo() {
      restored ??= (async () => {
        await way.restore();
        await Promise.all(bystanders.map(({ client }) => client.end()));
      })();
      return restored;
    },
  };
}

type Attempt = { readonly ms: number; readonly problem: string | undefined };

async function attemptLogin(login: () => Promise<unknown>): Promise<Attempt> {
  const startedAt = performance.now();
  const problem = await login().then(() => undefined, describeError);
  return { ms: Math.round(performance.now() - startedAt), problem };
}

/**
 * Formats an error as Node does for an uncaught one, but without its properties, which may include
 * the URL.
 */
function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error && !error.message.includes(String(error.code)) ? error.code : '';
  return `${error.name}${code ? ` [${code}]` : ''}: ${error.message}`;
}

async function checked(
  { ms, problem }: Attempt,
  bystanders: readonly Bystander[],
): Promise<FaultCheck> {
  const gone = problem === undefined;
  const lost: string[] = [];
  for (const { name, client } of bystanders)
    if (client.isLost() || (gone && !(await isServed(client))))
      lost.push(`The session of ${name}, which was healthy, is lost.`);
  return { gone, collateral: lost, facts: { ms, problem: problem ?? null } };
}
