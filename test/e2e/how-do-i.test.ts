import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { sshd, startSshServer } from '../support/ssh-server.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { newOperator, type Operator } from './operator.ts';
import { type Answers, type Solved, solve } from './solve-fault.ts';

const page = readFileSync(new URL('../../docs/author/how-do-i.md', import.meta.url), 'utf8');
const ANSWERS = new Map(
  [...page.matchAll(/```yaml\n(name: (\S+)\n.*?)```/gs)].map(([, text = '', name = '']) => [
    name,
    text,
  ]),
);

/** Runs an answer of the page to its end. */
async function run(
  kim: Operator,
  name: string,
  answers: Answers,
  inputs: Readonly<Record<string, string>> = {},
): Promise<Solved> {
  kim.writeRunbook(name, ANSWERS.get(name) ?? '');
  const given = Object.entries(inputs).flatMap(([key, value]) => ['--input', `${key}=${value}`]);
  return await solve(kim, ['run', name, ...given], answers);
}

/** Writes a program into a folder. */
function writeProgram(folder: string, name: string, script: string): void {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/bash\n${script}\n`);
  chmodSync(path, 0o755);
}

/** An operator whose `kubectl` keeps its pods in a file; real ones are in `npm run proof:kubernetes`. */
function withPods(pods: readonly string[], others: string): Operator {
  const programs = temporaryFolder();
  const kim = newOperator({ PATH: `${programs}:${process.env.PATH}` });
  writeProgram(
    programs,
    'kubectl',
    `echo "$@" >> calls
case "$1" in
  get) cat pods ;;
  delete) shift 2; grep -vxF "$1" pods > left || true; mv left pods ;;
  ${others}
esac`,
  );
  kim.writeWork('pods', pods.map((pod) => `pod/${pod}\n`).join(''));
  return kim;
}

/** Starts a web server for a test, and returns its address. */
async function serve(
  answer: (request: IncomingMessage, body: string) => readonly [number, unknown],
): Promise<string> {
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const [status, json] = answer(request, body);
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(json));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => void server.close());
  const { port } = server.address() as { port: number };
  return `http://127.0.0.1:${port}`;
}

test('every answer of the page is a runbook without a warning', async () => {
  const kim = newOperator();
  const asked = page.match(/^## .*\?$/gm) ?? [];
  expect(ANSWERS.size).toBe(asked.length);
  for (const [name, text] of ANSWERS) kim.writeRunbook(name, text);
  const files = [...ANSWERS.keys()].map((name) => `runbooks/${name}.yaml`);
  const { code, stdout, stderr } = await kim.run(['validate', '--strict', ...files]);
  expect(code, stdout + stderr).toBe(0);
});

test('a token opens an API, and is nowhere in the record', async () => {
  const token = 'tok-4711-very-secret';
  let state = 'hanging';
  const api_url = await serve(({ headers, method }) => {
    if (headers.authorization !== `Bearer ${token}`) return [401, {}];
    if (method === 'POST') state = 'running';
    return [200, { state }];
  });
  const kim = newOperator({ OPS_API_TOKEN: token });
  const { outcome, printed } = await run(
    kim,
    'api-restart',
    { restart: { confirm: true } },
    { api_url },
  );
  expect({ outcome, state }).toEqual({ outcome: 'resolved', state: 'running' });
  expect(printed + JSON.stringify(kim.journal())).not.toContain(token);
});

test('a value cannot break out of the JSON that is sent', async () => {
  const sent: unknown[] = [];
  const api_url = await serve((_, body) => {
    sent.push(JSON.parse(body));
    return [200, {}];
  });
  const reason = 'x", "paused": false, "y": "';
  const { outcome } = await run(
    newOperator(),
    'pause-queue',
    { pause: { confirm: true } },
    { api_url, reason },
  );
  expect(outcome).toBe('resolved');
  expect(sent).toEqual([expect.objectContaining({ paused: true, reason })]);
});

test.each([
  [3, 'resolved'],
  [Infinity, 'escalated'],
])('a health check is polled until it succeeds (after %d checks: %s)', async (after, outcome) => {
  let checks = 0;
  const health_url = await serve(() => {
    checks += 1;
    return checks > after ? [200, { status: 'ok' }] : [503, { status: 'migrating' }];
  });
  const kim = newOperator();
  ANSWERS.set('wait-for-health', (ANSWERS.get('wait-for-health') ?? '').replace('30s', '4s'));
  const run_ = await run(kim, 'wait-for-health', {}, { health_url });
  expect(run_).toMatchObject({ outcome });
});

test.each([
  [{}, 'get pods --output=name'],
  [{ namespace: 'shop' }, 'get pods --namespace shop --output=name'],
])('a flag is passed only when it is set: %o', async (inputs, call) => {
  const kim = withPods(['a', 'b'], '');
  const { findings } = await run(kim, 'list-pods', {}, inputs as Record<string, string>);
  expect(kim.readWork('calls')).toBe(`${call}\n`);
  expect(findings).toEqual(['2 pods: pod/a, pod/b.']);
});

test('two values are asked for, and the first is checked before anything runs', async () => {
  const kim = newOperator();
  mkdirSync(join(kim.home, 'work', 'pools'));
  kim.writeWork('pools/orders', '2\n');
  const answers: Answers = {
    reason: [{ answer: 'a sale; rm -rf "$HOME"' }, { answer: 'tomorrow' }],
    scale: { confirm: true },
  };
  const { outcome } = await run(kim, 'scale-workers', answers, { pool: 'orders', workers: '6' });
  expect(outcome).toBe('resolved');
  expect(kim.readWork('pools/orders')).toBe('6\n');
  expect(kim.readWork('changes.log')).toBe('tomorrow: a sale; rm -rf "$HOME"\n');
  const { code } = await kim.run([
    'run',
    'scale-workers',
    '--input',
    'pool=others',
    '--input',
    'workers=6',
  ]);
  expect(code).not.toBe(0);
});

test('the pod that was shown is the pod that is deleted', async () => {
  const kim = withPods(['oldest', 'newer'], '');
  const { outcome } = await run(kim, 'restart-oldest-pod', { restart: { confirm: true } });
  expect({ outcome, pods: kim.readWork('pods') }).toEqual({
    outcome: 'resolved',
    pods: 'pod/newer\n',
  });
});

test.skipIf(sshd === undefined)(
  'hosts are restarted one after the other, and none is begun after one that failed (sshd: sh bin/test-servers.sh)',
  async () => {
    const server = await startSshServer();
    onTestFinished(() => server.stop());
    const script = join(server.folder, 'restart-workers');
    const states = ['running', 'stuck', 'running'].map(
      (state, nth) => `${nth}) echo ${state} > state ;;`,
    );
    writeFileSync(
      script,
      `#!/bin/sh\ncd "$HOME"; n=$(cat n 2>/dev/null || echo 0); echo $((n + 1)) > n\ncase $n in ${states.join(' ')} esac\n`,
    );
    chmodSync(script, 0o755);
    const kim = newOperator({ PATH: server.env.PATH ?? '' });
    ANSWERS.set('restart-hosts', (ANSWERS.get('restart-hosts') ?? '').replace('10s', '1s'));
    const { outcome, findings } = await run(
      kim,
      'restart-hosts',
      {
        restart: [{ confirm: true }, { confirm: true }, { key: '' }],
      },
      { hosts: 'lab,lab-sh,lab-dash' },
    );
    expect({ outcome, findings }).toEqual({
      outcome: 'unresolved',
      findings: ['Restarted: lab. Not restarted: lab-sh, lab-dash.'],
    });
  },
);

/** An operator with two services, which note the order of their restarts. */
function withServices(): Operator {
  const kim = newOperator();
  mkdirSync(join(kim.home, 'work', 'state'));
  const restart = 'echo "$2" >> order; echo running > "state/$2"';
  writeProgram(join(kim.home, 'work'), 'service', restart);
  return kim;
}

test('services are restarted in order', async () => {
  const kim = withServices();
  const both = { proxy: { confirm: true }, application: { confirm: true } } as const;
  expect(await run(kim, 'restart-in-order', both)).toMatchObject({ outcome: 'resolved' });
  expect(kim.readWork('order')).toBe('proxy\napplication\n');
});

test('a no ends a restart in order', async () => {
  const kim = withServices();
  const no = await run(kim, 'restart-in-order', { proxy: { decline: 'not now' } });
  expect(no).toMatchObject({ outcome: 'unresolved', path: ['proxy', 'stopped'] });
  expect(kim.readWork('order')).toBe('');
});

test.each([
  ['ada', 'resolved', 'v1\nv2\n'],
  ['Kim', 'escalated', 'v2\nv1\n'],
])('a rollback needs somebody else: %s', async (who, outcome, deployed) => {
  const kim = newOperator();
  kim.writeWork('deployed', 'v2\nv1\n');
  writeProgram(
    join(kim.home, 'work'),
    'deploy',
    'old=$(head -n 1 deployed); printf "%s\\n%s\\n" "$1" "$old" > deployed',
  );
  const answers: Answers = { opinion: { answer: who }, roll_back: { confirm: true } };
  expect(await run(kim, 'roll-back', answers)).toMatchObject({ outcome });
  expect(kim.readWork('deployed')).toBe(deployed);
});

test('a node is drained again after what blocked it is gone', async () => {
  const drain = `drain) [ -e room ] || { echo "Cannot evict pod: disruption budget" >&2; exit 1; }; : > pods ;;`;
  const kim = withPods(['a', 'b'], drain);
  const { outcome, path } = await run(
    kim,
    'drain-node',
    {
      drain: [{ confirm: true }, { confirm: true }],
      unblock: { first: async () => kim.writeWork('room', ''), done: 'one more replica' },
    },
    { node: 'node-7' },
  );
  expect({ outcome, path }).toEqual({
    outcome: 'resolved',
    path: ['pods', 'drain', 'unblock', 'drain', 'empty'],
  });
});
