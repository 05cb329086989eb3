import pg from 'pg';
import { afterAll, beforeAll, onTestFinished } from 'vitest';
import { startPostgres } from '#lab/servers/postgres.ts';
import type { RunStore } from '#run/store/port.ts';
import { openPool } from '#team/database.ts';
import type { Dispatch, LegOf, LegOptions } from '#team/dispatch.ts';
import { migrate } from '#team/migrate.ts';
import { beingWritten, RowsJournal } from '#team/record/journal.ts';
import { partsOutputs } from '#team/record/outputs.ts';
import { teamRecord } from '#team/record/run.ts';
import { Writer } from '#team/record/writer.ts';
import { TeamStore } from '#team/store.ts';
import { claimRun, releaseRun } from '#team/work/claim.ts';

type QueuedLeg = LegOf & LegOptions & { readonly leg: string };

/** A dispatch that only writes down what it is asked for. */
export type RecordedDispatch = Dispatch & {
  readonly queued: QueuedLeg[];
};

/** Returns a dispatch that gives no leg to anybody. */
export function recordedDispatch(): RecordedDispatch {
  const queued: QueuedLeg[] = [];
  return {
    queued,
    enqueue: async (_, run, later = {}) => {
      const leg = `${run.id}/${queued.length + 1}`;
      queued.push({ ...run, leg, ...later });
      return leg;
    },
    cancel: async () => undefined,
    forget: async () => 0,
    givenTo: async () => [],
    open: async (legs) => legs.map((leg) => ({ leg, worker: undefined })),
  };
}

/** A PostgreSQL server that outlives the tests: on it, each control plane is a database of its own. */
const SHARED_SERVER = process.env.RUNBOOK_TEST_POSTGRES;

/** A control plane of its own for the tests of one file. */
export type ControlPlane = {
  readonly pool: pg.Pool;
  readonly dispatch: RecordedDispatch;
  readonly store: TeamStore;
  readonly writer: Writer;
  readonly url: string;
};

/** Starts a migrated control plane before the tests of a file, and stops it after them. */
export function controlPlane(): () => ControlPlane {
  let plane: ControlPlane | undefined;
  let remove: (() => Promise<void>) | undefined;
  beforeAll(async () => {
    const database = await (SHARED_SERVER === undefined ? ownServer() : ownDatabase(SHARED_SERVER));
    const { url } = database;
    remove = database.remove;
    const pool = openPool(url, 'runbook test');
    await migrate(pool);
    const dispatch = recordedDispatch();
    plane = {
      pool,
      dispatch,
      store: new TeamStore(pool, dispatch),
      writer: new Writer(pool),
      url,
    };
  });
  afterAll(async () => {
    await plane?.pool.end();
    await remove?.();
  });
  return () => {
    if (plane === undefined) throw new Error('the control plane has not started');
    return plane;
  };
}

type TestDatabase = { readonly url: string; readonly remove: () => Promise<void> };

async function ownServer(): Promise<TestDatabase> {
  const server = await startPostgres({ settings: { max_connections: 100 } });
  return { url: server.superuserUrl, remove: () => server.stop() };
}

/** The server has one control plane at a time: with it goes everything that its tests created on the server. */
async function ownDatabase(serverUrl: string): Promise<TestDatabase> {
  const name = `control_plane_${nextNumber()}`;
  await asSuperuser(serverUrl, (client) => client.query(`CREATE DATABASE ${name}`));
  const remove = () =>
    asSuperuser(serverUrl, async (client) => {
      const { rows } = await client.query<{ drop: string }>(CREATED_ON_SERVER);
      for (const { drop } of rows) await client.query(drop);
    });
  return { url: inDatabase(serverUrl, name), remove };
}

const CREATED_ON_SERVER = `
  SELECT format('DROP DATABASE %I WITH (FORCE)', datname) AS drop FROM pg_database
  WHERE NOT datistemplate AND datname <> 'postgres'
  UNION ALL
  SELECT format('DROP ROLE %I', rolname) FROM pg_roles WHERE oid >= 16384`;

async function asSuperuser(
  url: string,
  act: (client: pg.Client) => Promise<unknown>,
): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await act(client);
  } finally {
    await client.end();
  }
}

/** Returns the URL of another database on the same server. */
export function inDatabase(url: string, database: string): string {
  const other = new URL(url);
  other.pathname = `/${database}`;
  return other.href;
}

/** Returns the URL of another login to the same database. */
export function loginUrl(url: string, user: string, password: string): string {
  return Object.assign(new URL(url), { username: user, password }).href;
}

/** Notes a worker that is alive, and resolves with its ID. */
export async function addWorker({ pool }: ControlPlane, id = `worker-${nextNumber()}`) {
  await pool.query(
    "INSERT INTO runbook.worker (id, labels, program, replay) VALUES ($1, '{default}', 'test', 1)",
    [id],
  );
  return id;
}

let count = 0;
function nextNumber(): number {
  count += 1;
  return count;
}

/** Creates a run that waits for its first leg, and resolves with its ID. */
export async function queuedRun({ store }: ControlPlane, text = 'name: waits\n'): Promise<string> {
  const { run } = await store.createRun({
    runbook: { name: 'waits', title: 'It waits', severity: 'high' },
    text: { file: 'waits.yaml', text },
    environment: 'prod',
    label: 'default',
    inputs: {},
    startedBy: 'ada',
    source: 'cli',
    replay: 1,
  });
  if (run === undefined) throw new Error('no run was created');
  return run;
}

/** The control plane as a storage of runs, whose journals are claimed when they are opened. */
export function teamStorage(plane: () => ControlPlane): Pick<RunStore, 'create'> {
  return {
    async create({ source }) {
      const { pool, writer, dispatch } = plane();
      const id = await queuedRun(plane(), source.text);
      const worker = await addWorker(plane());
      let epoch = '0';
      return teamRecord(pool, id, {
        isClaimed: false,
        outputs: partsOutputs(pool, () => ({ id, epoch }), []),
        async open({ clock }) {
          const claim = await claimRun(pool, id, worker);
          if (claim === undefined) throw beingWritten(id);
          ({ epoch } = claim);
          const journal = new RowsJournal({
            ...{ claim, writer, clock, onLost: () => undefined },
            onClosed: () => releaseRun(pool, dispatch, claim, { why: 'rests' }),
          });
          return { journal, head: claim.head };
        },
      });
    },
  };
}

/** A connection of the test's own, closed when the test has finished. */
export async function connection(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  onTestFinished(() => client.end());
  return client;
}
