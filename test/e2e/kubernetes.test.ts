import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { type Cluster, startCluster } from '../support/kubernetes.ts';
import { writeProof } from '../support/written-proof.ts';
import { EXAMPLES } from './examples/solved-example.ts';
import {
  application,
  DATABASE_PORT,
  database,
  LONG,
  SCRIPTS,
  service,
} from './kubernetes-stage.ts';
import { newOperator, type Operator } from './operator.ts';
import { type Answers, type Solved, solve } from './solve-fault.ts';

const isWanted = process.env.RUNBOOK_PROOF_KUBERNETES !== undefined;
const START_MS = 1_500_000;
const TEST_MS = 180_000;
const TITLE = 'Kubernetes (npm run proof:kubernetes, as root on Debian)';

describe.skipIf(!isWanted)(TITLE, { timeout: TEST_MS }, () => {
  let cluster: Cluster;
  const proof: (readonly string[])[] = [];
  let hasFailed = false;

  beforeAll(async () => {
    cluster = await startCluster();
    apply(database(), application());
    await isUp();
  }, START_MS);

  afterEach(({ task }) => {
    hasFailed ||= task.result?.state === 'fail';
  });

  afterAll(async () => {
    const versions = cluster === undefined ? '' : versionsOf(cluster);
    await cluster?.stop();
    if (versions !== '' && proof.length > 0 && !hasFailed) writeProof(versions, proof);
  }, TEST_MS);

  const apply = (...objects: readonly object[]) =>
    cluster.kubectl(['apply', '-f', '-'], objects.map((it) => JSON.stringify(it)).join('\n'));
  const ready = (kind: string, count: number) =>
    cluster.until(
      ['get', kind, '--output=jsonpath={.status.readyReplicas}'],
      (said) => said === String(count),
    );
  const isUp = async () => {
    await ready('statefulset/db', 1);
    await ready('deployment/orders', 2);
  };
  const url = (login = 'shop') => `postgres://${login}@${cluster.host}:${DATABASE_PORT}/postgres`;

  /** Runs a runbook on the operator's machine, and notes what came of it. */
  async function run(
    name: string,
    what: string,
    answers: Answers,
    inputs: readonly string[] = [],
    database_url = url(),
  ): Promise<Solved> {
    const operator = newOperator({ ...cluster.env, DATABASE_URL: database_url });
    return await runAs(operator, name, what, answers, inputs);
  }

  async function runAs(
    operator: Operator,
    name: string,
    what: string,
    answers: Answers,
    inputs: readonly string[] = [],
  ): Promise<Solved> {
    const from = performance.now();
    const given = inputs.flatMap((input) => ['--input', input]);
    const solved = await solve(operator, ['run', name, ...given], answers, cluster.surroundings);
    const seconds = ((performance.now() - from) / 1_000).toFixed(0);
    proof.push([
      `\`${name}\``,
      what,
      name === 'scripts'
        ? solved.findings.slice(3).join(', ')
        : solved.path
            .slice(-4)
            .map((step) => `\`${step}\``)
            .join(' → '),
      solved.outcome,
      `${seconds} s`,
    ]);
    expect(solved.outcome, solved.printed).toBe('resolved');
    return solved;
  }

  test('a script has its values, its input and its exit code, and a failure its kind', async () => {
    apply(database('crash', '-c max_connections=none'));
    await cluster.until(
      ['get', 'pod', 'crash-0', '--output=jsonpath={.status.containerStatuses[0].restartCount}'],
      (said) => Number(said) > 0,
    );
    const operator = newOperator(cluster.env);
    operator.writeRunbook('scripts', SCRIPTS);
    const { findings } = await runAs(
      operator,
      'scripts',
      'values, input, JSON, exit 255, a time-out, errors of the client',
      {},
    );
    expect(findings).toEqual([
      'values: it\'s a "test" $HOME ünï',
      'stdin: 3 lines',
      'json: 4',
      'exit: 255',
      'slow: timeout',
      'left: 0',
      'nopod: not_found',
      'nocontainer: not_found',
      'viewer: no_permission',
      'crash: refused',
    ]);
    cluster.kubectl(['delete', 'statefulset', 'crash', '--wait=true']);
  });

  test('nothing is left in the container when a run is killed', async () => {
    const operator = newOperator(cluster.env);
    operator.writeRunbook('long', LONG);
    const terminal = operator.openRunbook(
      ['run', 'long', '--plain', '--auto'],
      cluster.surroundings,
    );
    const left = () =>
      cluster
        .kubectl([
          'exec',
          'db-0',
          '--',
          'bash',
          '-c',
          "cat /proc/[0-9]*/cmdline 2> /dev/null | tr '\\0' ' ' | grep -o 'sleep 300[2]' || true",
        ])
        .trim();
    while (left() === '' && !terminal.hasExited) await sleep(200);
    expect(left(), terminal.history()).toContain('sleep 3002');
    const from = performance.now();
    terminal.kill('SIGKILL');
    await vi.waitFor(() => expect(left()).toBe(''), { timeout: 30_000, interval: 200 });
    const seconds = ((performance.now() - from) / 1_000).toFixed(1);
    proof.push([
      'a long script',
      'the run is killed with `kill -9`',
      'its processes in the pod end',
      'gone',
      `${seconds} s`,
    ]);
  });

  test('refused: a StatefulSet that is scaled to 0 is scaled up again', async () => {
    cluster.kubectl(['scale', '--replicas=0', 'statefulset/db']);
    await cluster.until(
      ['get', 'pods', '--selector=app=db', '--output=name'],
      (said) => said === '',
    );
    const { findings } = await run('refused', 'the StatefulSet is scaled to 0', {
      cause: { answer: 'the server is stopped' },
      platform: { answer: 'Kubernetes' },
      start_kubernetes: { confirm: true },
    });
    expect(findings.join('\n')).toContain('scaled to 0 replicas');
    await isUp();
  });

  test('refused: the log of a pod that crashes again and again is read', async () => {
    apply(database('db', '-c max_connections=none'));
    await cluster.until(
      ['get', 'pod', 'db-0', '--output=jsonpath={.status.containerStatuses[0].restartCount}'],
      (said) => Number(said) > 0,
    );
    const { findings } = await run('refused', 'the pod crashes again and again', {
      cause: { answer: 'the server is stopped' },
      platform: { answer: 'Kubernetes' },
      start_other: {
        first: async () => {
          apply(database());
          // A pod that is not ready is not replaced by itself.
          cluster.kubectl(['delete', 'pod', 'db-0']);
          await ready('statefulset/db', 1);
        },
        done: 'the setting is corrected',
      },
    });
    expect(findings.join('\n')).toContain('invalid value for parameter "max_connections"');
  });

  test('timeout: a server that hangs is restarted', async () => {
    cluster.signal('postgres', 'SIGSTOP');
    const { findings } = await run('timeout', 'the server process hangs', {
      elsewhere: { answer: 'it accepts the connection but does not respond' },
      hung: { answer: 'the server itself hangs' },
      platform: { answer: 'Kubernetes' },
      restart_kubernetes: { confirm: true },
    });
    expect(findings.join('\n')).toContain('Checked by hand: the server itself hangs');
    await isUp();
  });

  test('stale-connections: the pods of the application are replaced', async () => {
    const { findings } = await run(
      'stale-connections',
      'the pool of the Deployment is dead',
      {
        remedy: { answer: "replace the application's connections" },
        platform: { answer: 'Kubernetes' },
        restart_pods: { confirm: true },
        errors: { answer: 'yes, no new error' },
      },
      ['service=orders'],
    );
    expect(findings.join('\n')).toMatch(/The application has \d+ new connection/);
    await isUp();
  });

  test('config: the Deployment gets the corrected settings', async () => {
    const { findings } = await run(
      'config',
      'the password in the URL is not escaped',
      {
        platform: { answer: 'Kubernetes' },
        change_url: {
          first: async () => {
            cluster.kubectl([
              'set',
              'env',
              'deployment/orders',
              `DATABASE_URL=${url('shop:p%40ss')}`,
            ]);
          },
          done: 'the setting is corrected',
        },
        restart_kubernetes: { confirm: true },
        new_url: { answer: url('shop:p%40ss') },
      },
      ['service=orders'],
      url('shop:p@ss'),
    );
    expect(findings.join('\n')).toContain('which should be written');
  });

  test('crash-looping-pod: an example for authors rolls back a Deployment that crashes', async () => {
    apply(service('api', 'trap "exit 0" TERM; while :; do sleep 1 & wait $!; done'));
    await ready('deployment/api', 2);
    apply(service('api', 'echo DATABASE_URL is not set; exit 78'));
    await cluster.until(
      [
        'get',
        'pods',
        '--selector=app=api',
        '--output=jsonpath={.items[*].status.containerStatuses[0].state.waiting.reason}',
      ],
      (said) => said.includes('CrashLoopBackOff'),
    );
    const { findings } = await runAs(
      newOperator({ ...cluster.env, RUNBOOK_PATH: EXAMPLES }),
      'crash-looping-pod',
      'a new version of a Deployment crashes ([example](../author/examples/README.md))',
      { which: { answer: '1' }, roll_back: { confirm: true } },
      ['deployment=api'],
    );
    expect(findings[0]).toContain('api is at revision 2');
    expect(findings[1]).toMatch(/api-.*\/app \(\d+ restarts?, exit code 78\)/);
    expect(findings[2]).toContain('DATABASE_URL is not set');
    expect(cluster.kubectl(['rollout', 'status', 'deployment/api'])).toContain('successfully');
  });
});

/** The versions of what took part. */
function versionsOf({ kubectl }: Cluster): string {
  const node = kubectl([
    'get',
    'nodes',
    '--output=jsonpath={.items[0].status.nodeInfo.kubeletVersion} {.items[0].status.nodeInfo.containerRuntimeVersion}',
  ]);
  const { clientVersion } = JSON.parse(kubectl(['version', '--client', '--output=json'])) as {
    clientVersion: { gitVersion: string };
  };
  const [kubelet, runtime] = node.split(' ');
  return `kubectl ${clientVersion.gitVersion}, Kubernetes ${kubelet}, ${runtime?.replace('://', ' ')}, Node ${process.version}`;
}
