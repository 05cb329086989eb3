import { setTimeout as sleep } from 'node:timers/promises';
import { type Client, errorLine } from '../../client.ts';
import { isMysql, type Lab } from '../../setup/lab.ts';

/** An application's pool that hands out its sessions without validating them. */
export type ApplicationPool = {
  /** Returns the server's numbers of its sessions. */
  ids(): readonly number[];
  /** Serves one request with every session in turn. Returns the errors. */
  serve(): Promise<readonly string[]>;
  /** Starts a long request. Resolves with its error; empty if it is served. */
  startLongRequest(): Promise<string>;
  /** Replaces every session, as a restart of the application does. */
  recycle(): Promise<void>;
  /** From now on, replaces a session before its use if it has been idle for longer than this. */
  keepIdleAtMost(ms: number): void;
  /** Serves requests continuously, as an application in use does. */
  startLoad(): void;
  /** Stops serving requests until it is started again. */
  pauseLoad(): Promise<void>;
  end(): Promise<void>;
};

/** The options of a pool. */
type PoolOptions = {
  /** The application name of its sessions. @default shop-web */
  readonly name?: string;
  readonly url?: string;
  /** The timeout of a request, in milliseconds. @default 5000 */
  readonly withinMs?: number;
};

const SIZE = 3;
const LOAD_EVERY_MS = 200;

type Held = { readonly client: Client; readonly usedAt: number };

/** Opens the pool of an application that assumes that connections last forever. */
export async function openApplicationPool(
  lab: Lab,
  options: PoolOptions = {},
): Promise<ApplicationPool> {
  const { name = 'shop-web', url = lab.urls.shop, withinMs = 5_000 } = options;
  const take = async (): Promise<Held> => ({
    client: await lab.open(url, { name, withinMs }),
    usedAt: Date.now(),
  });
  const fill = () => Promise.all(Array.from({ length: SIZE }, take));
  let held = await fill();
  let longestIdleMs = Number.POSITIVE_INFINITY;

  async function use(one: Held): Promise<{ readonly now: Held; readonly failure?: string }> {
    try {
      const isTooOld = Date.now() - one.usedAt > longestIdleMs;
      if (isTooOld) await one.client.end();
      const { client } = isTooOld ? await take() : one;
      await client.ask('SELECT count(*) FROM product');
      return { now: { client, usedAt: Date.now() } };
    } catch (error) {
      return { now: one, failure: errorLine(error) };
    }
  }

  // A round of requests at a time: each one replaces the sessions.
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <Result>(work: () => Promise<Result>): Promise<Result> => {
    const next = last.then(work);
    last = next.catch(() => {});
    return next;
  };
  const serve = () =>
    inTurn(async (): Promise<readonly string[]> => {
      const used = await Promise.all(held.map(use));
      held = used.map(({ now }) => now);
      return used.flatMap(({ failure }) => (failure === undefined ? [] : [failure]));
    });

  let load: AbortController | undefined;
  let loading: Promise<unknown> = Promise.resolve();
  const pauseLoad = async (): Promise<void> => {
    load?.abort();
    await loading;
  };

  return {
    ids: () => held.map(({ client }) => client.id),
    serve,
    startLongRequest() {
      // MySQL answers a SLEEP on its own even when it is interrupted.
      const statement = isMysql(lab)
        ? 'SELECT 1 FROM product WHERE SLEEP(60)'
        : 'SELECT pg_sleep(60)';
      const request = held[0]?.client.ask(statement);
      return Promise.resolve(request).then(() => '', errorLine);
    },
    recycle: () =>
      inTurn(async () => {
        await Promise.all(held.map(({ client }) => client.end()));
        held = await fill();
      }),
    keepIdleAtMost(ms) {
      longestIdleMs = ms;
    },
    startLoad() {
      load = new AbortController();
      const { signal } = load;
      loading = (async () => {
        for (; !signal.aborted; await sleep(LOAD_EVERY_MS)) await serve();
      })();
    },
    pauseLoad,
    async end() {
      await pauseLoad();
      await Promise.all(held.map(({ client }) => client.end()));
    },
  };
}
