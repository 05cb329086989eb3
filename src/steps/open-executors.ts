import { setTimeout as delay } from 'node:timers/promises';
import type { ActionKind } from '#runbook/kinds/action-kinds.ts';
import { catalogOf, type Engine } from '#runbook/model/engines.ts';
import { type Action, type ConnectAction, targetOf } from '#safety/actions/action.ts';
import type { Place } from '#safety/actions/place.ts';
import { CATALOGS } from './database/catalogs.ts';
import { describeDatabase, parseDatabaseUrl } from './database/url.ts';
import type { ConnectionFacts, Executor, StepOutcome } from './executor.ts';
import type { Client } from './remote/client.ts';
import type { Environment } from './shell/environment.ts';
import { longestTimer } from './timer-limit.ts';

/** A target of a runbook, with its address. */
export type ResolvedTarget =
  | { readonly kind: 'local'; readonly name: string }
  | (Place & { readonly name: string })
  | {
      readonly kind: 'database';
      readonly name: string;
      /** The engine that the runbook names; if none, the one of the URL. */
      readonly engine?: Engine | undefined;
      readonly url: string;
      /** Tried if no ordinary connection slot is free. */
      readonly reserveUrl?: string | undefined;
    };

/** The facts of a connection, with a description, e.g. `postgres app@db1:5432/shop`. */
export type TargetConnection = ConnectionFacts & { readonly description: string };

/** The options of a run's executors. */
export type OpenExecutorsOptions = {
  readonly targets: readonly ResolvedTarget[];
  readonly runId: string;
  /** Called with every database connection that is made. */
  readonly onConnected: (target: string, facts: TargetConnection) => void;
  /** The environment that scripts get a part of. */
  readonly env: Environment;
};

/** The executors of a run, by kind of action and target. */
export interface OpenExecutors {
  executorFor(action: Action): Promise<Executor>;
  /** Ends running actions and closes connections. Idempotent. */
  close(): Promise<void>;
}

/** Returns the executors of a run. Each is loaded, and each connection made, on first use. */
export function openExecutors(options: OpenExecutorsOptions): OpenExecutors {
  const opened = new Map<string, Promise<Executor>>();
  return {
    executorFor(action) {
      const { kind } = action.kind === 'connect' ? { kind: servedBy(action) } : action;
      const key = `${kind} ${targetOf(action) ?? ''}`;
      const executor = opened.get(key) ?? open(action, options);
      opened.set(key, executor);
      return executor;
    },
    async close() {
      const executors = await Promise.allSettled(opened.values());
      const closable = executors.flatMap((executor) =>
        executor.status === 'fulfilled' ? [executor.value.close()] : [],
      );
      await Promise.allSettled(closable);
    },
  };
}

async function open(action: Action, options: OpenExecutorsOptions): Promise<Executor> {
  if (action.kind === 'wait') return createWaitExecutor();
  const kind = action.kind === 'connect' ? servedBy(action) : action.kind;
  const name = targetOf(action);
  const target = options.targets.find((one) => one.name === name);
  const opened = await EXECUTORS[kind](options, target);
  return opened ?? refusing(`there is no target "${name}" that can run ${action.kind}`);
}

type OpenExecutor = (
  of: OpenExecutorsOptions,
  on?: ResolvedTarget,
) => Promise<Executor | undefined>;

/** Opens the executor of each kind of action; undefined if a target cannot run it. */
const EXECUTORS: Readonly<Record<ActionKind, OpenExecutor>> = {
  sql: async (options, target) =>
    target?.kind === 'database' ? openDatabase(target, options) : undefined,
  shell: async ({ env }, target) =>
    target === undefined || target.kind === 'database' ? undefined : openShell(target, env),
  http: async () => (await import('./http/executor.ts')).createHttpExecutor(),
  probe: async ({ env, runId }) => {
    const { createProbeExecutor } = await import('./probe/executor.ts');
    return createProbeExecutor({ applicationName: `runbook/${runId}`, env });
  },
};

function servedBy({ script }: ConnectAction): 'sql' | 'shell' {
  return script === undefined ? 'sql' : 'shell';
}

async function openShell(
  target: Exclude<ResolvedTarget, { kind: 'database' }>,
  env: Environment,
): Promise<Executor> {
  if (target.kind === 'local')
    return (await import('./shell/executor.ts')).createShellExecutor({ env });
  const { createRemoteExecutor } = await import('./remote/executor.ts');
  return createRemoteExecutor({ client: await openClient(target, env), env });
}

async function openClient(
  target: Exclude<ResolvedTarget, { kind: 'database' | 'local' }>,
  env: Environment,
): Promise<Client> {
  switch (target.kind) {
    case 'ssh':
      return (await import('./remote/ssh.ts')).createSshClient({
        destination: target.destination,
        env,
      });
    case 'docker':
      return (await import('./remote/docker.ts')).createDockerClient(target.container);
    case 'kubernetes':
      return (await import('./remote/kubernetes.ts')).createKubernetesClient(target);
  }
}

async function openDatabase(
  { name, engine: named, url, reserveUrl }: Extract<ResolvedTarget, { kind: 'database' }>,
  { runId, onConnected }: OpenExecutorsOptions,
): Promise<Executor> {
  const engine = parseDatabaseUrl(url)?.engine;
  if (engine === undefined) return refusing(`the address of "${name}" is not a database URL`);
  const connection = {
    url,
    reserveUrl,
    applicationName: `runbook/${runId}`,
    onConnected: (facts: ConnectionFacts) =>
      onConnected(name, { ...facts, description: describeDatabase(facts) }),
  };
  const create = await CATALOGS[catalogOf(named ?? engine)].executor();
  return create(connection);
}

/** Returns an executor for an action that cannot run: every step fails with the message. */
function refusing(message: string): Executor {
  return {
    execute: async () => ({ status: 'failed', error: { kind: 'config', message } }),
    async close() {},
  };
}

/** Returns an executor for pauses. `result.ms` is the duration in milliseconds. */
function createWaitExecutor(): Executor {
  return {
    async execute(action, { signal }): Promise<StepOutcome> {
      if (action.kind !== 'wait') throw new TypeError(`a pause cannot run ${action.kind}`);
      const startedAt = performance.now();
      try {
        await delay(longestTimer(action.ms), undefined, { signal });
      } catch {
        return {
          status: 'failed',
          error: { kind: 'cancelled', message: 'the pause was ended by the operator' },
        };
      }
      return { status: 'succeeded', result: { ms: Math.round(performance.now() - startedAt) } };
    },
    async close() {},
  };
}
