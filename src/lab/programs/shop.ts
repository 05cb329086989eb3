import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { messageOf } from '#errors.ts';

/**
 * The shop of the lab, as one process with two services. `shop-checkout` works correctly, and one
 * of its sessions waits for a row that `shop-web` holds. `shop-web` keeps the connection of every
 * request until the server has none left; from then on it closes new ones, and does not replace
 * those it loses, as if the leaking request had stopped.
 */
const url = process.env.SHOP_URL ?? '';
const BUSY_SESSIONS = 3;
const BUSY_PAUSE_MS = 50;
const REQUEST_PAUSE_MS = 400;
const FILL_PAUSE_MS = 40;
/** A session that has just ended still takes a slot for a moment: one refusal proves nothing. */
const REFUSALS_WHEN_FULL = 8;
const RESERVED_PRODUCT = 7;

await Promise.all(Array.from({ length: BUSY_SESSIONS }, openBusySession));
await forgetTransaction('SELECT count(*) FROM product WHERE stock > 0');
await forgetTransaction(`UPDATE product SET stock = stock - 1 WHERE id = ${RESERVED_PRODUCT}`);
void waitForReservedProduct(await connect('shop-checkout'));
await leakUntilFull();
log('every connection is taken');
await serveRequests();

async function connect(service: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, application_name: service });
  client.on('error', (error) => log(`${service} lost a connection: ${error.message}`));
  await client.connect();
  return client;
}

async function openBusySession(): Promise<void> {
  const client = await connect('shop-checkout');
  void stayBusy(client);
}

async function stayBusy(client: pg.Client): Promise<void> {
  try {
    for (let id = 1; ; id = (id % 200) + 1) {
      await client.query('SELECT name, price_cents, stock FROM product WHERE id = $1', [id]);
      await sleep(BUSY_PAUSE_MS);
    }
  } catch (error) {
    log(`shop-checkout gives up a session: ${messageOf(error)}`);
  }
}

async function forgetTransaction(statement: string): Promise<void> {
  const client = await connect('shop-web');
  await client.query('BEGIN');
  await client.query(statement);
}

async function waitForReservedProduct(client: pg.Client): Promise<void> {
  try {
    await client.query('UPDATE product SET stock = stock + 1 WHERE id = $1', [RESERVED_PRODUCT]);
    log('shop-checkout got the product it waited for');
    await stayBusy(client);
  } catch (error) {
    log(`shop-checkout did not get the product: ${messageOf(error)}`);
  }
}

async function request(): Promise<pg.Client> {
  const client = await connect('shop-web');
  await client.query('SELECT id, name, price_cents FROM product WHERE stock > 0 LIMIT 20');
  return client;
}

async function leakUntilFull(): Promise<void> {
  for (let refusals = 0; refusals < REFUSALS_WHEN_FULL; ) {
    const refused = await request().then(
      () => false,
      () => true,
    );
    refusals = refused ? refusals + 1 : 0;
    if (refused) await sleep(FILL_PAUSE_MS);
  }
}

async function serveRequests(): Promise<never> {
  for (let last = ''; ; await sleep(REQUEST_PAUSE_MS)) {
    const answer = await request().then(
      (client) => client.end().then(() => 'requests are served'),
      (error: unknown) => `requests fail: ${messageOf(error)}`,
    );
    if (answer !== last) log(answer);
    last = answer;
  }
}

function log(text: string): void {
  process.stdout.write(`${text}\n`);
}
