import type { Pool, PoolClient } from 'pg';
import { usageError } from '#errors.ts';
import type { NewIntent, StoredIntent, StoredLine } from '#events/log/news.ts';
import type { Verdict } from '#events/log/submission.ts';
import type { OpenCounts, WantedRuns } from '#events/view/run-row.ts';
import type { RunRecord } from '#run/store/port.ts';
import { type AlertOfRun, tellAlerts } from './alerts.ts';
import { type CreatedRun, createRun, type NewTeamRun } from './create-run.ts';
import { inTransaction } from './database.ts';
import { type Dispatch, enqueueLeg } from './dispatch.ts';
import { countOpen, listRuns } from './list-runs.ts';
import { teamRecord } from './record/run.ts';
import { readRun, startOf, type TeamRun } from './runs.ts';
import { alteredRun, type SettledColumns } from './settled.ts';

/** The live output of a run at its worker; not part of the record. */
export type StoredLive = { readonly at: Date; readonly live: unknown };

/** The process of a worker, as it is known to the control plane. */
export type WorkerState = {
  readonly id: string;
  readonly labels: readonly string[];
  readonly program: string;
  readonly state: 'alive' | 'draining' | 'dead' | 'gone';
  readonly beatMs: number;
  readonly held: number;
  readonly places: number;
};

/** The control plane: runs, their lines, intents and live output. */
export class TeamStore {
  readonly #pool: Pool;
  readonly #dispatch: Dispatch;

  constructor(pool: Pool, dispatch: Dispatch) {
    this.#pool = pool;
    this.#dispatch = dispatch;
  }

  /** Creates a run and queues its first leg, in one transaction. */
  async createRun(run: NewTeamRun): Promise<CreatedRun> {
    return await inTransaction(this.#pool, (tx) => createRun(tx, this.#dispatch, run));
  }

  /** Resolves with a run, or undefined if there is none with that ID. */
  async run(id: string): Promise<TeamRun | undefined> {
    return await readRun(this.#pool, id);
  }

  /** Resolves with the number of open runs among the wanted ones. */
  async counts(wanted: Partial<WantedRuns> = {}): Promise<OpenCounts> {
    return await countOpen(this.#pool, wanted);
  }

  /** Resolves with runs, most recent first; those that wait by severity, then by how long. */
  async runs(list: Partial<WantedRuns> = {}): Promise<readonly TeamRun[]> {
    return await listRuns(this.#pool, list);
  }

  /** Returns a run behind the ports of a run: its journal, outputs and runbooks, to read. */
  record(id: string): RunRecord {
    return teamRecord(this.#pool, id);
  }

  /** Resolves with the lines of a run after a number. */
  async lines(id: string, after = 0): Promise<readonly StoredLine[]> {
    const { rows } = await this.#pool.query<StoredLine>(
      'SELECT seq, line FROM runbook.run_event WHERE run_id = $1 AND seq > $2 ORDER BY seq',
      [id, after],
    );
    return rows;
  }

  /**
   * Stores an intent, and queues a leg if nobody holds the run, in one transaction. Resolves with its
   * number. Rejects with a usage error if there is no such run, if it has finished, or if the intent
   * would bring a secret here.
   */
  async addIntent(intent: NewIntent): Promise<string> {
    const { run: id, person, via, atSeq, key, roles, signedInAt, environment, digest } = intent;
    // The key of one person must not swallow the intent of another.
    const ownKey = key === undefined ? null : `${person} ${key}`;
    return await inTransaction(this.#pool, async (tx) => {
      const { rows } = await tx.query<LockedRun>(
        `SELECT id, label, replay, severity, holder, leg, finished_at, environment, inputs,
           text_sha256 AS "textSha256" FROM runbook.run WHERE id = $1 FOR NO KEY UPDATE`,
        [id],
      );
      const [run] = rows;
      if (run === undefined) throw usageError(`there is no run "${id}"`);
      if (run.finished_at !== null) throw usageError(`the run ${id} has finished`);
      await refuseAltered(tx, run, intent);
      const added = await tx.query<{ id: string }>(
        `INSERT INTO runbook.run_intent (run_id, person, via, at_seq, intent, key, roles, signed_in_at,
           environment, digest)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (run_id, key) DO NOTHING RETURNING id`,
        [
          ...[id, person, via, atSeq ?? null, JSON.stringify(intent.intent), ownKey],
          ...[roles, signedInAt ?? null, environment, digest ?? null],
        ],
      );
      const first = added.rows[0]?.id ?? (await intentWithKey(tx, id, ownKey));
      if (run.holder === null && run.leg === null)
        await enqueueLeg(tx, this.#dispatch, run, { isAwaited: true });
      return first;
    });
  }

  /** Tells open runs what is new about their alerts. */
  async tellAlerts(alerts: readonly AlertOfRun[]): Promise<void> {
    await tellAlerts(this.#pool, this.#dispatch, alerts);
  }

  /** Resolves with the intents of a run after a number, in order. */
  async intents(id: string, after = '0'): Promise<readonly StoredIntent[]> {
    const { rows } = await this.#pool.query<IntentRow>(
      `SELECT id, person, via, at_seq, intent, created_at, answer FROM runbook.run_intent
       WHERE run_id = $1 AND id > $2 ORDER BY id`,
      [id, after],
    );
    return rows.map(intentOf);
  }

  /** Keeps a run from being parked until a time, and wakes it if it is. */
  async look(id: string, viewer: { person: string; via: string; ms: number }): Promise<void> {
    const { person, via, ms } = viewer;
    const { rows } = await this.#pool.query<{
      holder: string | null;
      finished: boolean;
      environment: string;
    }>(
      `UPDATE runbook.run SET watched_until = now() + $2 * interval '1 millisecond'
       WHERE id = $1 RETURNING holder, finished_at IS NOT NULL AS finished, environment`,
      [id, ms],
    );
    const [run] = rows;
    if (run === undefined) throw usageError(`there is no run "${id}"`);
    if (run.holder === null && !run.finished)
      await this.addIntent({
        ...{ run: id, person, via, intent: { type: 'look' } },
        ...{ roles: [], signedInAt: undefined, environment: run.environment },
      });
  }

  /** Resolves with the live output of a run, if it has any. */
  async live(id: string): Promise<StoredLive | undefined> {
    const { rows } = await this.#pool.query<StoredLive>(
      'SELECT at, live FROM runbook.run_live WHERE run_id = $1',
      [id],
    );
    return rows[0];
  }

  /** Resolves with the workers that are not gone. */
  async workers(): Promise<readonly WorkerState[]> {
    const { rows } = await this.#pool.query<WorkerState>(
      `SELECT w.id, w.labels, w.program, w.state, w.places,
         (extract(epoch FROM now() - w.beat_at) * 1000)::int AS "beatMs",
         (SELECT count(*)::int FROM runbook.run r WHERE r.holder = w.id) AS held
       FROM runbook.worker w WHERE w.state IN ('alive', 'draining') ORDER BY w.id`,
    );
    return rows;
  }
}

type LockedRun = SettledColumns & {
  readonly id: string;
  readonly replay: number;
  readonly severity: string;
  readonly holder: string | null;
  readonly leg: string | null;
  readonly finished_at: Date | null;
};

/** The columns of an intent. */
export type IntentRow = Pick<StoredIntent, 'id' | 'person' | 'via' | 'intent'> & {
  readonly at_seq: number | null;
  readonly created_at: Date;
  readonly answer: string | null;
};

/** Returns the intent in its columns. */
export function intentOf({ at_seq, created_at, answer, ...row }: IntentRow): StoredIntent {
  return {
    ...{ id: row.id, person: row.person, via: row.via, intent: row.intent },
    ...{ atSeq: at_seq ?? undefined, createdAt: created_at },
    verdict: answer === null ? undefined : (JSON.parse(answer) as Verdict),
  };
}

async function intentWithKey(tx: PoolClient, run: string, key: string | null) {
  const { rows } = await tx.query<{ id: string }>(
    'SELECT id FROM runbook.run_intent WHERE run_id = $1 AND key = $2',
    [run, key],
  );
  return rows[0]?.id ?? '0';
}

/**
 * Roles count where they were given, and a row is believed as far as the run began with it. Secret
 * inputs have their values on the worker only.
 */
async function refuseAltered(
  tx: PoolClient,
  row: LockedRun,
  { environment, intent }: NewIntent,
): Promise<void> {
  const started = await startOf(tx, row.id);
  const altered = started && alteredRun(row, started);
  if (altered !== undefined) throw usageError(altered);
  if (environment !== row.environment)
    throw usageError(`the run ${row.id} is not one of ${environment}`);
  if (intent.type !== 'edit') return;
  const secret = started?.inputs.find((it) => it.secret && intent.inputs[it.name] !== undefined);
  if (secret !== undefined)
    throw usageError(`the input "${secret.name}" is secret: change it where the worker runs`);
}
