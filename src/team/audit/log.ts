import type { Pool, PoolClient } from 'pg';
import { inTransaction } from '../database.ts';
import {
  type AuditEntry,
  type AuditLine,
  type ChainHead,
  headOf,
  NO_HEAD,
  nextLine,
  readLine,
} from './chain.ts';

/** An entry about something that is recorded once, e.g. that a worker came. */
type Fact = AuditEntry & { readonly about?: string };

const PAGE = 1_000;

/** The audit of a control plane: chained lines, to which every server adds. */
export class Audit {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /** Adds an entry. */
  async note(entry: AuditEntry): Promise<void> {
    await this.#add(async () => [entry]);
  }

  /**
   * Adds what processes without rights on the audit did: workers that came or were declared dead, and
   * intents that workers refused. Any number of servers may do this at a time.
   */
  async collect(): Promise<void> {
    if ((await newFacts(this.#pool)).length > 0) await this.#add(newFacts);
  }

  /** Yields the entries in order; the last value is the reason why the chain is broken, if it is. */
  async *entries(): AsyncGenerator<
    { readonly line: string; readonly read: AuditLine },
    string | undefined
  > {
    let head: ChainHead = NO_HEAD;
    for (;;) {
      const { rows } = await this.#pool.query<{ seq: string; line: string }>(
        `SELECT seq, line FROM runbook.audit WHERE seq > $1 ORDER BY seq LIMIT ${PAGE}`,
        [head.seq],
      );
      for (const { seq, line } of rows) {
        const read = readLine(head, { seq: Number(seq), line });
        if (typeof read === 'string') return read;
        head = headOf(read.seq, line);
        yield { line, read };
      }
      if (rows.length < PAGE) return undefined;
    }
  }

  /** One process at a time: a line contains the hash of the one before it. */
  async #add(facts: (tx: PoolClient) => Promise<readonly Fact[]>): Promise<void> {
    await inTransaction(this.#pool, async (tx) => {
      await tx.query('SELECT pg_advisory_xact_lock(7214, 1)');
      const { rows } = await tx.query<{ seq: string; line: string }>(
        'SELECT seq, line FROM runbook.audit ORDER BY seq DESC LIMIT 1',
      );
      const [last] = rows;
      let head = last === undefined ? NO_HEAD : headOf(Number(last.seq), last.line);
      for (const { about, ...entry } of await facts(tx)) {
        const { rows: clock } = await tx.query<{ now: Date }>('SELECT clock_timestamp() AS now');
        const at = (clock[0]?.now ?? new Date()).toISOString();
        const { line, head: next } = nextLine(head, at, entry);
        await tx.query('INSERT INTO runbook.audit (seq, at, line, about) VALUES ($1, $2, $3, $4)', [
          next.seq,
          at,
          line,
          about ?? null,
        ]);
        head = next;
      }
    });
  }
}

/** Older facts were collected, or happened while no server was running for as long. */
const FACTS = `
SELECT about, what, person, run, more FROM (
  SELECT 'came ' || id AS about, 'worker-came' AS what, NULL AS person, NULL AS run,
    jsonb_build_object('worker', id, 'labels', array_to_string(labels, ', '), 'program', program) AS more,
    started_at AS at
  FROM runbook.worker
  UNION ALL
  SELECT 'dead ' || id, 'worker-dead', NULL, NULL, jsonb_build_object('worker', id), beat_at
  FROM runbook.worker WHERE state = 'dead'
  UNION ALL
  SELECT 'intent ' || id, 'intent-refused', person, run_id,
    jsonb_build_object('intent', intent->>'type', 'code', answer::jsonb->>'code', 'by', 'worker'),
    done_at
  FROM runbook.run_intent WHERE answer LIKE '{"accepted":false%'
) AS fact
WHERE at > now() - interval '7 days'
  AND NOT EXISTS (SELECT 1 FROM runbook.audit a WHERE a.about = fact.about)
ORDER BY at LIMIT ${PAGE}`;

async function newFacts(database: Pick<PoolClient, 'query'>): Promise<readonly Fact[]> {
  const { rows } = await database.query<FactRow>(FACTS);
  return rows.map(({ about, what, person, run, more }) => ({
    ...{ about, what, more },
    ...(person === null ? {} : { person }),
    ...(run === null ? {} : { run }),
  }));
}

type FactRow = {
  readonly about: string;
  readonly what: AuditEntry['what'];
  readonly person: string | null;
  readonly run: string | null;
  readonly more: Readonly<Record<string, string>>;
};
