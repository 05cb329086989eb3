import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type DockerBox, IMAGE, openDocker } from '../../support/targets/docker.ts';

/** A shop of two services in a Docker daemon of its own: the database, and an application that keeps one session. */
export type ComposeShop = {
  readonly box: DockerBox;
  /** The URL with which the application connects. */
  readonly url: string;
  readonly adminUrl: string;
  /** The file that describes the shop to `docker compose`. */
  readonly file: string;
  /** Writes the URL that the application gets with its next container. */
  configure(url: string): void;
  compose(...words: readonly string[]): Promise<string>;
  /** Runs a statement in the database as its superuser. */
  sql(statement: string): Promise<string>;
};

/** The container of the database. */
export const DATABASE = 'shop-db-1';
const PORT = '5455';

/** Starts Docker, and the shop in it. */
export async function startComposeShop(): Promise<ComposeShop> {
  const box = await openDocker();
  const file = join(box.folder, 'compose.yaml');
  const url = `postgres://shop@127.0.0.1:${PORT}/shop`;
  const configure = (used: string) => writeFileSync(file, composeFile(used));
  const compose = (...words: readonly string[]) => box.docker('compose', '--file', file, ...words);
  const psql = ['psql', '-qtA', '-h', '127.0.0.1', '-p', PORT, '-U', 'postgres', '-c'];
  const sql = (text: string) => box.run([...psql, text]);
  configure(url);
  try {
    await compose('up', '--detach', '--wait', 'db');
    await sql('CREATE ROLE shop LOGIN');
    await sql('CREATE DATABASE shop OWNER shop');
    await compose('up', '--detach', 'app');
  } catch (error) {
    await box.close();
    throw error;
  }
  const adminUrl = `postgres://postgres@127.0.0.1:${PORT}/shop`;
  return { box, url, adminUrl, file, configure, compose, sql };
}

// An application that opens its pool once: whatever becomes of the session, it opens no other.
const APPLICATION = 'psql "$$DATABASE_URL" -c "SELECT pg_sleep(3600)" & wait; sleep 3600 & wait';

// An application that has leaked five sessions since it began, and none since it was restarted.
const LEAK =
  'trap exit TERM; open() { sleep 3600 | psql "$$DATABASE_URL" & }; ' +
  '[ -e /tmp/old ] || for one in 1 2 3 4 5; do open; done; touch /tmp/old; open; wait';

function composeFile(url: string): string {
  return `name: shop
services:
  db:
    image: ${IMAGE}
    network_mode: host
    stop_signal: SIGINT
    environment: { PGPORT: "${PORT}" }
    healthcheck: { test: [CMD, pg_isready, -h, 127.0.0.1, -p, "${PORT}"], interval: 1s, retries: 60 }
  app:
    image: ${IMAGE}
    network_mode: host
    entrypoint: [bash, -c, 'trap exit TERM; ${APPLICATION}']
    environment: { DATABASE_URL: "${url}", PGAPPNAME: shop-web }
  leaky:
    image: ${IMAGE}
    network_mode: host
    profiles: [leak]
    entrypoint: [bash, -c, '${LEAK}']
    environment: { DATABASE_URL: "${url}", PGAPPNAME: shop-leaky }
`;
}
