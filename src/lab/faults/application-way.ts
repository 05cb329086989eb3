import type { LookupFunction } from 'node:net';
import { askOnce } from '../client.ts';
import type { ByHand, FaultLayer, MadeFault } from '../fault.ts';
import type { Lab } from '../setup/lab.ts';
import { type Bystanders, once, openBystanders } from './sessions.ts';

/** A fault between the application and its server. */
type BrokenWay = {
  readonly layer: FaultLayer;
  readonly runbook: string;
  readonly describe: string;
  /** The URL the application is configured with. */
  readonly url: string;
  /** A client's error; the error of the shop's own driver if undefined. */
  readonly complaint?: string;
  /** The application's statement, which fails while the fault is active. @default a plain read */
  readonly statement?: string;
  /** The logins that all have to work: over a bad line one of them may, by luck. @default 1 */
  readonly logins?: number;
  /** How long a login may take, in milliseconds. @default 1500 */
  readonly withinMs?: number;
  readonly inputs?: Readonly<Record<string, string>>;
  readonly surroundings?: readonly string[];
  /** Resolves names where the application runs. */
  readonly lookup?: LookupFunction;
  /** The manual actions, besides correcting the URL of a misconfigured application. */
  readonly byHand?: readonly ByHand[];
  /** Set if the application's configuration is wrong. */
  readonly isMisconfigured?: true;
  /** Sessions that have to survive the fault; null if none can. @default opened now */
  readonly bystanders?: Bystanders | null;
  /** Removes the obstacle. */
  restore?(): Promise<void>;
};

const WITHIN_MS = 1_500;

/** Creates a fault on the way to a server, with an affected application. */
export async function breakWay(lab: Lab, way: BrokenWay): Promise<MadeFault> {
  const { layer, runbook, describe, lookup, surroundings, statement = 'SELECT 1' } = way;
  const bystanders = way.bystanders === undefined ? await openBystanders(lab) : way.bystanders;
  let { url } = way;
  const writeRightUrl: ByHand = {
    name: 'correct-url',
    title: 'Correct the URL in the application’s configuration, and restart it',
    async do() {
      url = lab.urls.shop;
    },
  };
  const { withinMs = WITHIN_MS, logins = 1 } = way;
  const options = { withinMs, ...(lookup !== undefined && { lookup }) };
  const attempt = () =>
    attemptLogin(async () => {
      for (let left = logins; left > 0; left -= 1) await askOnce(url, statement, options);
    });
  const complaint = way.complaint ?? (await attempt()).problem ?? '';
  return {
    ...{ layer, runbook, describe, complaint },
    inputs: { database_url: url, ...way.inputs },
    ...(surroundings !== undefined && { surroundings }),
    byHand: [...(way.byHand ?? []), ...(way.isMisconfigured ? [writeRightUrl] : [])],
    appUrl: () => url,
    async check() {
      const { ms, problem } = await attempt();
      const gone = problem === undefined;
      const collateral = (await bystanders?.lost(gone)) ?? [];
      return { gone, collateral, facts: { ms, problem: problem ?? null } };
    },
    undo: once(async () => {
      await way.restore?.();
      await bystanders?.end();
    }),
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
