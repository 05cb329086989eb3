import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT, environmentError } from '#errors.ts';
import { ownCommand } from '#lab/programs/own-process.ts';
import { type Keeper, startKeeper } from '#lab/servers/keeper.ts';
import { type PostgresServer, startPostgres } from '#lab/servers/postgres.ts';
import { openPool } from '#team/database.ts';
import { migrateEngine } from '#team/engine.ts';
import { migrate } from '#team/migrate.ts';
import { TeamAccess } from '../access.ts';

/** The environment of the demo, and the label of its worker. */
const ENVIRONMENT = 'demo';
/** The name of the demo's alert. */
export const ALERT = 'PostgresConnectionsExhausted';
/** Its text for people. */
const SUMMARY = 'The shop cannot get a connection to shop-db';
/** The source of the demo's alert in its `team.yaml`. */
const SOURCE = 'alertmanager';

const TEAM_YAML = `
environments: { ${ENVIRONMENT}: { label: ${ENVIRONMENT}, hold: 24h } }
alerts:
  sources: { ${SOURCE}: { kind: alertmanager, secret: file:alert-secret } }
  routes:
    - match: { alertname: ${ALERT} }
      run: pool-exhausted
      environment: ${ENVIRONMENT}
      inputs: { idle_for: "\${{ labels.idle_for }}", idle_in_transaction_for: "\${{ labels.idle_for }}" }
`;

const WORKER_YAML = `environments: { ${ENVIRONMENT}: { inputs: { database_url: env:SHOP_DATABASE_URL } } }\n`;

/** The control plane of a demo with the folder of its server and its worker. */
export type DemoControlPlane = {
  readonly keeper: Keeper;
  readonly postgres: PostgresServer;
  /** Its `team.yaml`. */
  readonly config: string;
  /** The bearer token that its source of alerts sends. */
  readonly alertSecret: string;
  /** Creates a token with which a person signs in as an approver. */
  createToken(person: string): Promise<string>;
};

/** Starts and migrates a control plane of its own, and writes the config files of the demo. */
export async function startControlPlane(): Promise<DemoControlPlane> {
  const keeper = await startKeeper();
  try {
    const postgres = await startPostgres({ keeper });
    const url = postgres.superuserUrl;
    await migrateEngine(url);
    await withPool(url, (pool) => migrate(pool));
    const alertSecret = randomBytes(32).toString('base64url');
    const write = (name: string, text: string) => {
      const path = join(keeper.folder, name);
      writeFileSync(path, text, { mode: 0o600 });
      return path;
    };
    write('alert-secret', alertSecret);
    write('runbook.config.yaml', WORKER_YAML);
    return {
      ...{ keeper, postgres, alertSecret, config: write('team.yaml', TEAM_YAML) },
      createToken: (person) =>
        withPool(url, async (pool) => {
          const { text } = await new TeamAccess(pool).createToken({
            ...{ person, role: 'approver', scopes: ['sign-in', 'read'] },
            expiresAt: new Date(Date.now() + 24 * 60 * 60 * 1_000),
          });
          return text;
        }),
    };
  } catch (error) {
    await keeper.close();
    throw error;
  }
}

async function withPool<T>(
  url: string,
  act: (pool: ReturnType<typeof openPool>) => Promise<T>,
): Promise<T> {
  const pool = openPool(url, 'runbook server --demo', 1);
  try {
    return await act(pool);
  } finally {
    await pool.end();
  }
}

/**
 * Starts a worker in the keeper of the control plane, and starts it again after it lost its lease,
 * e.g. while the machine slept. It knows the address of the shop; the server does not.
 */
export async function startDemoWorker(
  { keeper, postgres }: Pick<DemoControlPlane, 'keeper' | 'postgres'>,
  shopUrl: string,
): Promise<void> {
  const start = async (): Promise<void> => {
    const [file, ...args] = ownCommand('worker', '--label', ENVIRONMENT);
    const worker = await keeper.run({
      file,
      args,
      env: {
        ...{ PATH: process.env.PATH ?? '', HOME: keeper.folder },
        RUNBOOK_TEAM_DATABASE_URL: postgres.superuserUrl,
        SHOP_DATABASE_URL: shopUrl,
      },
      logFile: join(keeper.folder, 'worker.log'),
      // Nothing of the demo outlives it, so there is nothing to drain.
      stopSignal: 'SIGKILL',
    });
    void worker.exited.then(({ code }) =>
      code === EXIT.leaseLost ? start().catch(() => undefined) : undefined,
    );
  };
  await start();
}

/** Sends the alert of the demo as Alertmanager does; resolves with the run that it starts. */
export async function sendAlert(
  url: string,
  { alertSecret }: DemoControlPlane,
  idleFor: string,
): Promise<string> {
  const labels = {
    ...{ alertname: ALERT, instance: 'shop-db', severity: 'critical' },
    idle_for: idleFor,
  };
  const alert = {
    ...{
      status: 'firing',
      labels,
      annotations: { summary: SUMMARY },
      fingerprint: 'c0ffee0ddba11',
    },
    ...{ startsAt: new Date().toISOString(), endsAt: '0001-01-01T00:00:00Z' },
  };
  const reply = await fetch(`${url}/hooks/${SOURCE}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${alertSecret}` },
    body: JSON.stringify({
      ...{ version: '4', status: 'firing', receiver: 'runbook', groupLabels: {} },
      alerts: [alert],
    }),
  });
  const { alerts = [] } = (await reply.json()) as { alerts?: readonly { run?: string }[] };
  const run = alerts[0]?.run;
  if (run === undefined) throw environmentError(`the alert started no run (${reply.status})`);
  return run;
}
