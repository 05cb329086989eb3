import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '#errors.ts';
import { askDoor } from '../app/door.ts';
import type { Sufferer } from '../app/game-day.ts';
import { logLine } from '../app/log-line.ts';
import { type Client, openClient } from '../client.ts';

/**
 * The shop's web application in a drill: one connection with a small load, a URL that is read from
 * a file before every request, and a health page.
 */
const [urlFile = '', door = ''] = process.argv.slice(2);
const PAUSE_MS = 400;
const WITHIN_MS = 3_000;
/** A request that takes longer is reported as hanging. */
const PATIENCE_MS = 1_500;
/** A health check waits this long for a request that begins after it. */
const ANEW_WITHIN_MS = 4_000;
const POLL_MS = 50;

const READ = 'SELECT id, name, price_cents FROM product WHERE stock > 0 ORDER BY id LIMIT 20';
const WRITE = 'UPDATE product SET stock = stock WHERE id = 1';

type Session = { readonly url: string; readonly client: Client };

let session: Session | undefined;
let asking: Promise<Sufferer> | undefined;
let begunAt = Date.now();
/** The time at which the last finished request began. */
let answeredSince = 0;
/** The error of the last request; undefined if it was served. */
let trouble: string | undefined = 'no request has been served yet';

const page = createServer(async (request, response) => {
  if (request.url === '/health?anew') await untilAnsweredAnew();
  const isHealth = request.url?.split('?')[0] === '/health';
  const found = isHealth ? await health() : { status: 404, text: 'GET /health' };
  response.writeHead(found.status, { 'content-type': 'text/plain; charset=utf-8' });
  response.end(`${found.text}\n`);
});
page.listen(0, '127.0.0.1', () => {
  const address = page.address();
  if (address !== null && typeof address === 'object') say(`http://127.0.0.1:${address.port}`);
  void serve();
});

async function serve(): Promise<never> {
  for (let told: string | undefined; ; await sleep(PAUSE_MS)) {
    begunAt = Date.now();
    trouble = await request().then(() => undefined, messageOf);
    answeredSince = begunAt;
    begunAt = Number.POSITIVE_INFINITY;
    const line = trouble === undefined ? 'requests are served' : `requests fail: ${trouble}`;
    if (line !== told) say(line);
    told = line;
  }
}

/** Waits for the end of a request that has begun after this call. */
async function untilAnsweredAnew(): Promise<void> {
  const askedAt = Date.now();
  while (answeredSince <= askedAt && Date.now() < askedAt + ANEW_WITHIN_MS) await sleep(POLL_MS);
}

async function request(): Promise<void> {
  const url = await readFile(urlFile, 'utf8');
  if (session !== undefined && (session.url !== url || session.client.isLost())) await hangUp();
  try {
    session ??= { url, client: await openClient(url, { name: 'shop-front', withinMs: WITHIN_MS }) };
    await session.client.ask(READ);
    await session.client.ask(WRITE);
  } catch (error) {
    void hangUp();
    throw error;
  }
}

async function hangUp(): Promise<void> {
  const old = session;
  session = undefined;
  await old?.client.end();
}

async function health(): Promise<{ readonly status: number; readonly text: string }> {
  const waited = Date.now() - begunAt;
  if (trouble === undefined && waited > PATIENCE_MS)
    return down(`a request has waited ${(waited / 1_000).toFixed(1)} s for the database`);
  if (trouble !== undefined) return down(trouble);
  // Some faults affect another part of the shop, which only the drill can check.
  asking ??= askDoor(door, 'look')
    .then((answer) => JSON.parse(answer) as Sufferer)
    .catch((error) => ({ served: false, complaint: messageOf(error) }))
    .finally(() => {
      asking = undefined;
    });
  const { served, complaint } = await asking;
  return served ? { status: 200, text: 'ok' } : down(complaint);
}

function down(reason: string): { readonly status: number; readonly text: string } {
  return { status: 503, text: `unavailable: ${reason}` };
}

function say(text: string): void {
  process.stdout.write(logLine(text));
}
