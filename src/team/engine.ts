import { randomUUID } from 'node:crypto';
import { DBOS, DBOSClient, StatusString } from '@dbos-inc/dbos-sdk';
import { SEVERITIES } from '#runbook/model/terms.ts';
import type { Dispatch, LegOf, LegOptions } from './dispatch.ts';

/** The name of the engine's application and of its workflow: rows of other versions have them too. */
const APPLICATION = 'runbook';
const LEG = 'leg';

/** The interval at which a queue is asked for legs. */
const POLL_MS = 200;

/** The order of legs in a queue: what a person waits for, then by the severity of their runs. */
const AWAITED = 0;
const RISING: readonly string[] = SEVERITIES;

/** The workers' own connections are the only ones that report errors; those of the engine retry. */
const SILENT = {
  info: () => undefined,
  debug: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

const LEGS = { workflowName: LEG, loadInput: false, loadOutput: false };
const PENDING = StatusString.PENDING;
const OPEN = [StatusString.ENQUEUED, StatusString.DELAYED, PENDING];
const ENDED = [StatusString.SUCCESS, StatusString.ERROR, StatusString.CANCELLED];

const queueOf = (label: string) => `label-${label}`;
const versionOf = (replay: number) => `replay-${replay}`;

/**
 * The engine would set this timeout with a query that the pool does not await, which pg warns of on
 * the terminal; it leaves it alone where the URL has it.
 */
const IDLE_TRANSACTION = '-c idle_in_transaction_session_timeout=60000';

function engineUrl(url: string): string {
  const own = new URL(url);
  const options = own.searchParams.get('options');
  own.searchParams.set('options', options ? `${options} ${IDLE_TRANSACTION}` : IDLE_TRANSACTION);
  return own.href;
}

/** Creates or migrates the engine's own schema. */
export async function migrateEngine(url: string): Promise<void> {
  await DBOS.migrate(url);
}

/** Opens the engine to queue legs. */
export async function openDispatch(
  url: string,
): Promise<Dispatch & { readonly close: () => Promise<void> }> {
  const client = await DBOSClient.create({
    systemDatabaseUrl: engineUrl(url),
    applicationName: APPLICATION,
    systemDatabasePoolSize: 3,
    logger: SILENT,
  });
  return {
    async enqueue(tx, run, options = {}) {
      const leg = `${run.id}/${randomUUID().slice(0, 8)}`;
      await client.enqueueInTransaction(
        tx,
        { ...optionsOf(run, options), workflowID: leg },
        run.id,
      );
      return leg;
    },
    async cancel(legs) {
      if (legs.length > 0) await client.cancelWorkflows([...legs]);
    },
    async forget(before, most) {
      const limits = { completedBefore: before.toISOString(), limit: most };
      const ended = await client.listWorkflows({ ...LEGS, ...limits, status: ENDED });
      const ids = ended.map(({ workflowID }) => workflowID);
      if (ids.length > 0) await client.deleteWorkflows(ids);
      return ids.length;
    },
    async givenTo(worker) {
      const given = await client.listWorkflows({ ...LEGS, status: PENDING, executorId: worker });
      return given.map(({ workflowID }) => workflowID);
    },
    async open(legs) {
      if (legs.length === 0) return [];
      const open = await client.listWorkflows({ ...LEGS, workflowIDs: [...legs], status: OPEN });
      return open.map(({ workflowID: leg, status, executorId }) => {
        return { leg, worker: status === PENDING ? executorId : undefined };
      });
    },
    close: () => client.destroy(),
  };
}

function optionsOf({ label, replay, severity }: LegOf, { delaySeconds, isAwaited }: LegOptions) {
  return {
    queueName: queueOf(label),
    workflowName: LEG,
    appVersion: versionOf(replay),
    priority: isAwaited ? AWAITED : RISING.length - RISING.indexOf(severity),
    ...(delaySeconds === undefined ? {} : { delaySeconds }),
  };
}

/** The part of a worker that the engine gives legs to. */
export type LegTaker = {
  readonly url: string;
  readonly worker: string;
  readonly labels: readonly string[];
  readonly replay: number;
  /** The most legs at a time. */
  readonly concurrency: number;
  /** Executes a leg; must not reject. */
  readonly leg: (run: string) => Promise<void>;
};

/**
 * Takes legs from the queues of the labels, once a process. A leg is a workflow without steps: all it
 * does is fenced by the journal, so that being given it twice does no harm. The returned function
 * takes no more legs and resolves once those at work have ended.
 */
export async function takeLegs(taker: LegTaker): Promise<() => Promise<void>> {
  const { url, worker, labels, replay, concurrency, leg } = taker;
  DBOS.setConfig({
    name: APPLICATION,
    systemDatabaseUrl: engineUrl(url),
    systemDatabasePoolSize: 5,
    executorID: worker,
    applicationVersion: versionOf(replay),
    listenQueues: labels.map(queueOf),
    runMigrations: false,
    logger: SILENT,
  });
  DBOS.registerWorkflow(leg, { name: LEG });
  await DBOS.launch();
  for (const label of labels)
    await DBOS.registerQueue(queueOf(label), {
      workerConcurrency: concurrency,
      minPollingIntervalMs: POLL_MS,
      onConflict: 'always_update',
    });
  return () => DBOS.shutdown({ workflowCompletionTimeoutMS: 2 ** 31 - 1 });
}
