import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { type PostgresServer, startPostgres } from '#lab/servers/postgres.ts';
import { createShop } from '#lab/shop/database.ts';
import { Operator } from './operator.ts';
import type { Place, Scene, Story } from './screen-story.ts';
import type { OpenTerminal } from './terminal.ts';

/** The server that stories happen on. */
export type Stage = { readonly server: PostgresServer; readonly oncallUrl: string };

/** What is done at every state of a story. */
export type AtScene = (scene: Scene, terminal: OpenTerminal) => Promise<void>;

const END_WITHIN_MS = 5_000;
const RUNBOOKS = new URL('../fixtures/screens/', import.meta.url);

const JOBS = `
  CREATE TABLE job (
    id integer PRIMARY KEY, queue text NOT NULL, attempts integer NOT NULL, claimed_by text, error text
  );
  INSERT INTO job
    SELECT n + 100, 'mail', CASE WHEN n % 4 = 0 THEN 5 ELSE 1 END, 'worker-3',
      CASE WHEN n % 4 = 0 THEN 'bad address: customer ' || n * 7 END
    FROM generate_series(1, 16) AS n;
  INSERT INTO job SELECT n, 'orders', 0, NULL, NULL FROM generate_series(1, 3) AS n;
  GRANT SELECT, UPDATE, DELETE ON job TO oncall;`;

/** Starts a server with the shop's roles. */
export async function openStage(): Promise<Stage> {
  const server = await startPostgres();
  const { oncall } = await createShop(server);
  return { server, oncallUrl: oncall };
}

/** Goes through a story, from state to state; what it has opened is closed at its end. */
export async function play(story: Story, stage: Stage, at: AtScene): Promise<void> {
  const { database } = story;
  const superuserUrl = within(stage.server.superuserUrl, database);
  if (database !== 'shop') await run(stage.server.superuserUrl, `CREATE DATABASE ${database}`);
  await run(superuserUrl, JOBS);
  const kim = new Operator({ DATABASE_URL: within(stage.oncallUrl, database) });
  const terminals = new Terminals(kim);
  try {
    for (const file of readdirSync(RUNBOOKS))
      kim.writeRunbook(basename(file, '.yaml'), readFileSync(new URL(file, RUNBOOKS), 'utf8'));
    const place: Place = {
      kim,
      get terminal() {
        return terminals.current();
      },
      open: (args, operator) => terminals.open(args, operator),
      turnTo: (terminal) => terminals.turnTo(terminal),
      query: (sql) => run(superuserUrl, sql),
    };
    await story.prepare?.(place);
    for (const scene of story.scenes) {
      for (const { act, until } of scene.moves) {
        await act(place);
        await place.terminal.waitFor(until);
      }
      await at(scene, place.terminal);
    }
  } finally {
    await terminals.end();
    await kim.goHome();
  }
}

/** The terminals of a story, one of which is looked at. */
class Terminals {
  readonly #kim: Operator;
  readonly #all: OpenTerminal[] = [];
  #current = -1;

  constructor(kim: Operator) {
    this.#kim = kim;
  }

  open(args: readonly string[], operator?: string): OpenTerminal {
    const env = operator === undefined ? {} : { RUNBOOK_OPERATOR: operator };
    const terminal = this.#kim.open(args, { env });
    this.#current = this.#all.push(terminal) - 1;
    return terminal;
  }

  turnTo(terminal: number): void {
    this.#current = terminal;
  }

  /** Ends what still runs as a machine that shuts down does: a script goes with its run. */
  async end(): Promise<void> {
    for (const terminal of this.#all) if (!terminal.hasExited) terminal.kill('SIGTERM');
    const ended = Promise.all(this.#all.map(({ exited }) => exited));
    await Promise.race([ended, sleep(END_WITHIN_MS, undefined, { ref: false })]);
  }

  current(): OpenTerminal {
    const terminal = this.#all[this.#current];
    if (terminal === undefined) throw new Error('the story has opened no terminal yet');
    return terminal;
  }
}

function within(url: string, database: string): string {
  return url.replace(/\/[^/]*$/, `/${database}`);
}

async function run(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
