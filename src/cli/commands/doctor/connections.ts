import { engineName, isConsole, oldVersionNote } from '#runbook/model/engines.ts';
import type { StepError } from '#runbook/model/step-error.ts';
import type { Json, Row } from '#runbook/model/value.ts';
import type { Action } from '#safety/actions/action.ts';
import type { StepOutcome } from '#steps/executor.ts';
import {
  type OpenExecutorsOptions,
  openExecutors,
  type ResolvedTarget,
  type TargetConnection,
} from '#steps/open-executors.ts';
import { createProbeExecutor } from '#steps/probe/executor.ts';
import { formatDuration } from '#text/duration.ts';
import type { Section } from './check.ts';
import type { UsedTarget } from './environment.ts';
import { toolVersion } from './machine.ts';
import { missingRights, type Right, statementsOn } from './rights.ts';

type Fields = Readonly<Record<string, Json>>;
type Remote = Exclude<ResolvedTarget, { kind: 'local' | 'database' }>;
type Failure = Exclude<StepOutcome, { status: 'succeeded' }>;
type Database = Extract<ResolvedTarget, { kind: 'database' }>;

/**
 * Together with the earlier checks, this keeps `doctor` under ten seconds even if every host is
 * down.
 */
const CONNECT_MS = 4_000;

const TOOLS: Readonly<Record<Remote['kind'], readonly string[]>> = {
  ssh: ['ssh', '-V'],
  docker: ['docker', '--version'],
  kubernetes: ['kubectl', 'version', '--client'],
};

/** The statement sent to a server, in a read-only transaction. */
const SLOTS = {
  postgres: `SELECT current_setting('max_connections')::int AS slots,
    current_setting('superuser_reserved_connections')::int
    + coalesce(current_setting('reserved_connections', true), '0')::int AS reserved`,
  mysql: 'SELECT @@max_connections AS slots, NULL AS reserved',
} as const;

/** Checks the connections to targets, each once and all concurrently. */
export class Connections {
  readonly #isNamed: boolean;
  readonly #known = new Map<string, Promise<unknown>>();

  /** Without a named runbook, a missing pooler is not a problem. */
  constructor({ isNamed }: { readonly isNamed: boolean }) {
    this.#isNamed = isNamed;
  }

  /** Adds the checks of each target to the section. */
  async check(targets: readonly UsedTarget[], section: Section): Promise<void> {
    const byPlace = Map.groupBy(targets, (target) => JSON.stringify(target.resolved));
    const said = await Promise.all([...byPlace.values()].map((uses) => this.#say(uses, section)));
    for (const say of said.flat()) say();
  }

  async #say(uses: readonly UsedTarget[], section: Section): Promise<readonly (() => void)[]> {
    const [first] = uses;
    if (first === undefined) return [];
    const { resolved, facts } = first;
    const { name, description } = facts;
    switch (resolved.kind) {
      case 'local':
        return [];
      case 'database':
        return this.#sayDatabase(resolved, `${name}: ${description}`, uses, section);
      default: {
        const end = await this.#once(JSON.stringify(resolved), () => reachRemote(resolved));
        if (end === undefined) return [() => section.ok(`${name}: ${description} is reachable`)];
        return [() => section.problem(`${name}: ${description}: ${end.message}`, end.hint)];
      }
    }
  }

  async #sayDatabase(
    target: Database,
    title: string,
    uses: readonly UsedTarget[],
    section: Section,
  ): Promise<readonly (() => void)[]> {
    const { engine, url, reserveUrl } = target;
    if (isConsole(engine)) {
      const end = await this.#once(JSON.stringify(target), () => reachConsole(target));
      if (typeof end === 'string') return [() => section.ok(`${title}, ${end}`)];
      const status = this.#isNamed ? 'problem' : 'warning';
      return [() => section[status](`${title}: ${failureOf(end)}`, end.error.hint)];
    }
    const login = (one: string) => this.#once(one, () => logIn(one));
    const [own, reserve] = await Promise.all([
      login(url),
      reserveUrl === undefined ? undefined : login(reserveUrl),
    ]);
    const lacking = own.status === 'succeeded' ? await rightsLacking(target, own.result, uses) : [];
    return [
      () => {
        if (own.status === 'succeeded') sayFacts(own.result, title, section);
        else section.problem(`${title}: ${failureOf(own)}`, own.error.hint);
      },
      () => {
        for (const { name, purpose } of lacking)
          section.warning(
            `${title}: ${own.result?.role ?? 'the login'} lacks ${name}, so that runbooks cannot ${purpose}`,
          );
      },
      () => {
        if (reserve === undefined) return;
        if (reserve.status === 'succeeded')
          section.ok(`${title}, reserve: ${factsOf(reserve.result)}`);
        else section.warning(`${title}, reserve: ${failureOf(reserve)}`, reserve.error.hint);
      },
    ];
  }

  #once<T>(key: string, get: () => Promise<T>): Promise<T> {
    const known = this.#known.get(key) as Promise<T> | undefined;
    const made = known ?? get();
    this.#known.set(key, made);
    return made;
  }
}

async function logIn(url: string): Promise<StepOutcome> {
  const statement = /^postgres/i.test(url) ? SLOTS.postgres : SLOTS.mysql;
  const executor = createProbeExecutor({ applicationName: 'runbook/doctor', env: process.env });
  return await executor.execute(
    { kind: 'probe', probe: 'login', params: { url, statement }, timeoutMs: CONNECT_MS },
    { signal: new AbortController().signal, onOutput: () => {} },
  );
}

/** Returns the rights that the runbooks of a target need and its login lacks. */
async function rightsLacking(
  target: Database,
  { engine }: Fields,
  uses: readonly UsedTarget[],
): Promise<readonly Right[]> {
  const statements = uses.flatMap(({ runbook, facts }) =>
    statementsOn(runbook, facts.name, String(engine)),
  );
  // One connection for all of them: a server without a free slot has none to spare.
  const executors = openExecutors({
    ...{ targets: [target], runId: 'doctor', env: process.env, onConnected: () => {} },
  });
  try {
    return await missingRights(String(engine), statements, async (text) => {
      const outcome = await executeWith(executors, {
        ...{ kind: 'sql', target: target.name, text, values: [], origin: [] },
        ...{ readOnly: true, timeoutMs: CONNECT_MS },
      });
      return outcome.status === 'succeeded' ? (outcome.result.rows as readonly Row[]) : undefined;
    });
  } finally {
    await executors.close();
  }
}

/** Asks a console for its version, as a run does. Returns its facts, or the failure. */
async function reachConsole(target: Database): Promise<string | Failure> {
  const startedAt = performance.now();
  let facts: TargetConnection | undefined;
  const outcome = await executeOn(
    target,
    {
      ...{ kind: 'sql', target: target.name, text: 'SHOW VERSION', values: [], origin: [] },
      ...{ readOnly: true, timeoutMs: CONNECT_MS },
    },
    (_, connected) => {
      facts = connected;
    },
  );
  if (outcome.status !== 'succeeded') return outcome;
  const { engine = '', version, tls } = facts ?? {};
  const way = tls === true ? 'TLS' : 'not encrypted';
  const ms = Math.round(performance.now() - startedAt);
  return `${engineName(engine)} ${version}, ${way}, ${formatDuration(ms)}`;
}

/** Runs `true` on the target of a script, over the same connection as a run. */
async function reachRemote(target: Remote): Promise<StepError | undefined> {
  const [tool = '', ...args] = TOOLS[target.kind];
  if ((await toolVersion(tool, args)) === undefined)
    return { kind: 'not_found', message: `${tool} is not installed`, hint: `install ${tool}` };
  const action = {
    kind: 'shell',
    target: target.name,
    script: 'true',
    env: {},
    cwd: undefined,
    stdin: undefined,
    okExit: [0],
    parse: 'text',
    interactive: false,
    readOnly: true,
    timeoutMs: CONNECT_MS,
  } as const;
  const outcome = await executeOn(target, action);
  return outcome.status === 'succeeded' ? undefined : outcome.error;
}

async function executeOn(
  target: ResolvedTarget,
  action: Action,
  onConnected: OpenExecutorsOptions['onConnected'] = () => {},
): Promise<StepOutcome> {
  const executors = openExecutors({
    ...{ targets: [target], runId: 'doctor', env: process.env, onConnected },
  });
  try {
    return await executeWith(executors, action);
  } finally {
    await executors.close();
  }
}

async function executeWith(
  executors: ReturnType<typeof openExecutors>,
  action: Action,
): Promise<StepOutcome> {
  const executor = await executors.executorFor(action);
  return await executor.execute(action, {
    signal: AbortSignal.timeout(CONNECT_MS),
    onOutput: () => {},
  });
}

/**
 * Describes the facts of a login, e.g. `PostgreSQL 18.4 as app, 100 slots (3 reserved), TLSv1.3, 12
 * ms`.
 */
function factsOf(result: Fields): string {
  const { engine, version, role, protocol, ms, row, in_recovery, read_only } = result;
  const { slots, reserved } = (row ?? {}) as Fields;
  const kept = typeof reserved === 'number' ? ` (${reserved} reserved)` : '';
  return [
    `${engineName(String(engine))} ${version ?? ''}`.trim() + (role ? ` as ${role}` : ''),
    ...(in_recovery === true ? ['a standby'] : read_only === true ? ['read-only'] : []),
    ...(slots === undefined ? [] : [`${slots} slots${kept}`]),
    protocol === null ? 'not encrypted' : String(protocol),
    formatDuration(Number(ms)),
  ].join(', ');
}

function sayFacts(result: Fields, title: string, section: Section): void {
  section.ok(`${title}, ${factsOf(result)}`);
  const old = oldVersionNote(String(result.engine), String(result.version));
  if (old !== undefined) section.warning(`${title}: ${old}`);
}

/**
 * Returns the phase and the reason of a failed login, e.g. `auth: password authentication failed`.
 */
function failureOf({ error, result }: Failure): string {
  const stage = result?.failed_stage ?? error.phase;
  return `${stage ? `${stage}: ` : ''}${error.message} (${error.kind})`;
}
