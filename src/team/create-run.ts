import type { PoolClient } from 'pg';
import type { RunAlert } from '#events/log/run-alert.ts';
import { sha256 } from '#run/sha256.ts';
import { newRunId } from '#run/store/id.ts';
import type { RunMode } from '#runbook/model/terms.ts';
import type { Source } from '#runbook/yaml/source.ts';
import { tellAlert } from './alerts.ts';
import { type Dispatch, enqueueLeg } from './dispatch.ts';

/** The trigger of a run. */
export type RunSource = 'alert' | 'schedule' | 'api' | 'cli';

/** A run that is to be created. */
export type NewTeamRun = {
  readonly runbook: { readonly name: string; readonly title: string; readonly severity: string };
  readonly text: Source;
  readonly environment: string;
  readonly label: string;
  readonly mode?: RunMode;
  /** Texts of inputs by name; none may be secret. */
  readonly inputs: Readonly<Record<string, string>>;
  readonly startedBy: string;
  readonly source: RunSource;
  readonly replay: number;
  /** The time after which it is parked when it waits; that of the worker if undefined. */
  readonly holdMs?: number | undefined;
  /** The alert that starts it. */
  readonly alert?: RunAlert | undefined;
  /** Of several open runs with one fingerprint there is only the first. */
  readonly fingerprint?: string | undefined;
  /** The most open runs of this runbook in this environment. */
  readonly maxOpen?: number | undefined;
  /** Of several runs of one person with one key there is only the first. */
  readonly key?: string | undefined;
};

/** The result of creating a run. */
export type CreatedRun =
  | { readonly decision: 'started' | 'joined'; readonly run: string }
  | { readonly decision: 'limited'; readonly run?: undefined };

/** Creates a run and queues its first leg, in a transaction. */
export async function createRun(
  tx: PoolClient,
  dispatch: Dispatch,
  run: NewTeamRun,
): Promise<CreatedRun> {
  const { fingerprint } = run;
  if (run.maxOpen !== undefined)
    await tx.query('SELECT pg_advisory_xact_lock(7212, hashtext($1))', [
      `${run.environment} ${run.runbook.name}`,
    ]);
  const joined = (await runWithKey(tx, run)) ?? (await openRunOf(tx, fingerprint));
  if (joined !== undefined) return { decision: 'joined', run: joined };
  if (await isFull(tx, run)) return { decision: 'limited' };
  const id = await insertRun(tx, run);
  // One with the fingerprint was created meanwhile: that is the run to join.
  if (id === undefined) {
    const other = await openRunOf(tx, fingerprint);
    return other === undefined ? { decision: 'limited' } : { decision: 'joined', run: other };
  }
  const { label, replay, alert } = run;
  if (alert !== undefined) await tellAlert(tx, { run: id, alert });
  await enqueueLeg(tx, dispatch, { id, label, replay, severity: run.runbook.severity });
  return { decision: 'started', run: id };
}

async function openRunOf(tx: PoolClient, fingerprint: string | undefined) {
  if (fingerprint === undefined) return undefined;
  const { rows } = await tx.query<{ id: string }>(
    'SELECT id FROM runbook.run WHERE fingerprint = $1 AND finished_at IS NULL',
    [fingerprint],
  );
  return rows[0]?.id;
}

/** A second request with the key waits here for the first. */
async function runWithKey(tx: PoolClient, { startedBy, key }: NewTeamRun) {
  if (key === undefined) return undefined;
  await tx.query('SELECT pg_advisory_xact_lock(7213, hashtext($1))', [`${startedBy} ${key}`]);
  const { rows } = await tx.query<{ id: string }>(
    'SELECT id FROM runbook.run WHERE started_by = $1 AND start_key = $2',
    [startedBy, key],
  );
  return rows[0]?.id;
}

async function isFull(tx: PoolClient, { maxOpen, environment, runbook }: NewTeamRun) {
  if (maxOpen === undefined) return false;
  const { rows } = await tx.query<{ open: number }>(
    'SELECT count(*)::int AS open FROM runbook.run WHERE environment = $1 AND runbook = $2 AND finished_at IS NULL',
    [environment, runbook.name],
  );
  return (rows[0]?.open ?? 0) >= maxOpen;
}

/** The most characters of a runbook's name in an ID: the names of sessions hold 63 bytes. */
const NAME_IN_ID = 30;

/** Resolves with the ID of the new run; undefined if one with its fingerprint was just created. */
async function insertRun(tx: PoolClient, run: NewTeamRun): Promise<string | undefined> {
  const digest = await keepText(tx, run.runbook.name, run.text);
  const { rows } = await tx.query<{ now: Date }>('SELECT now() AS now');
  const name = run.runbook.name.slice(0, NAME_IN_ID).replace(/-+$/, '');
  const id = newRunId(name, rows[0]?.now ?? new Date(), Math.random, 8);
  const { rowCount } = await tx.query(
    `INSERT INTO runbook.run (id, runbook, text_sha256, environment, label, mode, severity, inputs,
       started_by, source, fingerprint, replay, title, start_key, hold_ms)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
     ON CONFLICT (fingerprint) WHERE finished_at IS NULL AND fingerprint IS NOT NULL DO NOTHING`,
    [
      ...[id, run.runbook.name, digest, run.environment, run.label, run.mode ?? 'live'],
      ...[run.runbook.severity, JSON.stringify(run.inputs), run.startedBy, run.source],
      ...[run.fingerprint ?? null, run.replay, run.runbook.title, run.key ?? null],
      run.holdMs ?? null,
    ],
  );
  return rowCount === 0 ? undefined : id;
}

/** Keeps the text of a runbook and resolves with its digest. */
export async function keepText(
  database: Pick<PoolClient, 'query'>,
  name: string,
  { file, text }: Source,
): Promise<string> {
  const digest = sha256(text);
  await database.query(
    'INSERT INTO runbook.runbook_text (sha256, name, file, text) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING',
    [digest, name, file, text],
  );
  return digest;
}
