import pg from 'pg';

/** A session of the server, identified by both fields: process IDs are reused. */
export type Session = {
  readonly pid: number;
  /** PostgreSQL's own text, to the microsecond. */
  readonly backendStart: string;
};

/** The shop's sessions by activity. */
export type ShopSessions = {
  /** Idle connections that requests of `shop-web` leaked, oldest first. */
  readonly leaked: readonly Session[];
  /** Abandoned transactions of `shop-web`; one of them holds a row lock. */
  readonly idleInTransaction: readonly Session[];
  /** Sessions of `shop-checkout` that wait for that row. */
  readonly lockWaiter: readonly Session[];
  /** Working sessions of `shop-checkout`. */
  readonly healthy: readonly Session[];
  /** The idle time of the leaked session used last, in seconds; 0 without one. */
  readonly idleSeconds: number;
};

type ActivityRow = Session & {
  readonly service: string;
  readonly state: string;
  readonly waits: boolean;
  readonly idleSeconds: number;
};

const ACTIVITY = `
  SELECT pid, backend_start::text AS "backendStart", application_name AS service, state,
         wait_event_type IS NOT DISTINCT FROM 'Lock' AS waits,
         extract(epoch FROM now() - state_change)::float8 AS "idleSeconds"
    FROM pg_stat_activity
   WHERE backend_type = 'client backend' AND usename = 'shop'
   ORDER BY backend_start`;

/** Reads the shop's sessions through a superuser's connection, which has a reserved slot. */
export async function readShopSessions(superuserUrl: string): Promise<ShopSessions> {
  const client = new pg.Client({ connectionString: superuserUrl, application_name: 'lab' });
  client.on('error', () => {});
  await client.connect();
  try {
    const { rows } = await client.query<ActivityRow>(ACTIVITY);
    return group(rows);
  } finally {
    await client.end();
  }
}

function group(rows: readonly ActivityRow[]): ShopSessions {
  const pick = (wanted: (row: ActivityRow) => boolean): readonly Session[] =>
    rows.filter(wanted).map(({ pid, backendStart }) => ({ pid, backendStart }));
  const isLeaked = (row: ActivityRow) => row.service === 'shop-web' && row.state === 'idle';
  const idle = rows.filter(isLeaked).map((row) => row.idleSeconds);
  return {
    leaked: pick(isLeaked),
    idleInTransaction: pick((row) => row.state === 'idle in transaction'),
    lockWaiter: pick((row) => row.service === 'shop-checkout' && row.waits),
    healthy: pick((row) => row.service === 'shop-checkout' && !row.waits),
    idleSeconds: idle.length === 0 ? 0 : Math.min(...idle),
  };
}

/** Returns those of `sessions` that the shop no longer has. */
export function missingFrom(now: ShopSessions, sessions: readonly Session[]): readonly Session[] {
  const alive = [now.leaked, now.idleInTransaction, now.lockWaiter, now.healthy].flat();
  return sessions.filter(
    (it) => !alive.some((a) => a.pid === it.pid && a.backendStart === it.backendStart),
  );
}
