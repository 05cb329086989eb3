import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { askInOrder, askOnce, openClient } from '../client.ts';
import { startKeeper } from '../servers/keeper.ts';
import { type PostgresServer, startPostgres } from '../servers/postgres.ts';
import { createShop } from '../shop/database.ts';
import { HOST_RULES, MAX_CONNECTIONS, type PostgresLab } from './lab.ts';
import { createServerTls } from './server-tls.ts';

const POLL_MS = 10;

/** Starts a PostgreSQL with TLS, a shop and a warehouse. */
export async function startPostgresLab(engine: PostgresLab['engine']): Promise<PostgresLab> {
  const keeper = await startKeeper();
  try {
    const tls = await createServerTls(keeper);
    const server = await startPostgres({
      keeper,
      ...(engine === 'postgres-system' && { binaries: 'system' }),
      hba: HOST_RULES,
      settings: {
        max_connections: MAX_CONNECTIONS,
        max_prepared_transactions: 2,
        ssl: 'on',
        ssl_cert_file: tls.certFile,
        ssl_key_file: tls.keyFile,
      },
    });
    const urls = await createShop(server);
    const reload = () => reloadAndWait(server);
    return {
      engine,
      keeper,
      server,
      tls,
      urls: { shop: urls.shop, oncall: urls.oncall, warehouse: await createWarehouse(server) },
      admin: (...statements) => asSuperuser(server, statements),
      open: (url = urls.shop, options = {}) => openClient(url, options),
      reload,
      reloadTls: reload,
      async setHostRules(lines) {
        await writeFile(join(server.dataDir, 'pg_hba.conf'), `${lines.join('\n')}\n`);
        await reload();
      },
      close: () => keeper.close(),
    };
  } catch (error) {
    await keeper.close();
    throw error;
  }
}

function asSuperuser(server: PostgresServer, statements: readonly string[]) {
  return askInOrder(inShop(server), statements, { name: 'lab' });
}

function inShop(server: PostgresServer): string {
  return server.superuserUrl.replace(/postgres$/, 'shop');
}

async function createWarehouse(server: PostgresServer): Promise<string> {
  const password = randomBytes(9).toString('base64url');
  await asSuperuser(server, [
    `CREATE ROLE warehouse LOGIN PASSWORD '${password}'`,
    'CREATE DATABASE warehouse OWNER warehouse',
  ]);
  return server.url({ user: 'warehouse', password, database: 'warehouse' });
}

/**
 * Reloads the settings and waits for the effect: a new session reports when the postmaster read its
 * files.
 */
async function reloadAndWait({ superuserUrl }: PostgresServer): Promise<void> {
  const loaded = () =>
    askOnce(superuserUrl, 'SELECT pg_conf_load_time()::text AS at', { name: 'lab' });
  const [before] = await loaded();
  await askOnce(superuserUrl, 'SELECT pg_reload_conf()', { name: 'lab' });
  while ((await loaded())[0]?.at === before?.at) await sleep(POLL_MS);
}
