/** The port of the database, on the node's own network. */
export const DATABASE_PORT = 5455;

const PULL = { imagePullPolicy: 'Never' };

/** A StatefulSet with PostgreSQL, whose arguments a test changes. */
export function database(name = 'db', args = ''): object {
  return {
    ...{ apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name } },
    spec: {
      ...{ serviceName: name, replicas: 1, selector: { matchLabels: { app: name } } },
      template: {
        metadata: { labels: { app: name } },
        spec: {
          ...{ hostNetwork: true, terminationGracePeriodSeconds: 3 },
          containers: [
            {
              ...{ name: 'postgres', image: 'docker.io/runbook/database:1', ...PULL },
              env: [{ name: 'ARGUMENTS', value: args }],
              readinessProbe: { tcpSocket: { port: DATABASE_PORT }, periodSeconds: 1 },
            },
          ],
        },
      },
    },
  };
}

/** A Deployment of an application whose pods hold a connection each, as a pool does. */
export function application(name = 'orders'): object {
  const hold = [
    'trap "exit 0" TERM',
    // The pods' bridge is the node as well.
    `until { exec 3<>/dev/tcp/10.56.0.1/${DATABASE_PORT}; } 2>/dev/null; do sleep 0.5; done`,
    `echo ${hello().toString('base64')} | base64 -d >&3`,
    'cat <&3 >/dev/null &',
    'while :; do sleep 2 & wait $!; done',
  ];
  return {
    ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name } },
    spec: {
      ...{ replicas: 2, selector: { matchLabels: { app: name } } },
      template: {
        metadata: { labels: { app: name } },
        spec: {
          terminationGracePeriodSeconds: 1,
          containers: [
            {
              ...{ name: 'app', image: 'docker.io/runbook/hold:1', ...PULL },
              command: ['bash', '-c', hold.join('\n')],
              env: [{ name: 'DB_POOL_SIZE', value: '1' }],
            },
          ],
        },
      },
    },
  };
}

/** A Deployment of two pods that run a script each. */
export function service(name: string, script: string): object {
  return {
    ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name } },
    spec: {
      ...{ replicas: 2, selector: { matchLabels: { app: name } } },
      template: {
        metadata: { labels: { app: name } },
        spec: {
          terminationGracePeriodSeconds: 1,
          containers: [
            {
              ...{ name: 'app', image: 'docker.io/runbook/hold:1', ...PULL },
              command: ['bash', '-c', script],
            },
          ],
        },
      },
    },
  };
}

/** The first message of a PostgreSQL client; the server asks for no password here. */
function hello(): Buffer {
  const fields = ['user', 'shop', 'database', 'postgres', 'application_name', 'orders'];
  const text = Buffer.from(`${fields.map((field) => `${field}\0`).join('')}\0`);
  const head = Buffer.alloc(8);
  head.writeInt32BE(head.length + text.length, 0);
  head.writeInt32BE(196_608, 4);
  return Buffer.concat([head, text]);
}

/** Scripts in a container: values, input, exit codes and a time-out, and what the clients say of failures. */
export const SCRIPTS = `name: scripts
title: Scripts in a container
severity: low
summary: Shows how a script in a real container behaves.
targets:
  box: { kubernetes: { context: proof, namespace: default, pod: db-0, container: postgres } }
  app: { kubernetes: { deployment: orders } }
  nopod: { kubernetes: { pod: nope } }
  nocontainer: { kubernetes: { pod: db-0, container: none } }
  viewer: { kubernetes: { context: view, pod: db-0 } }
  crash: { kubernetes: { pod: crash-0 } }
steps:
  - id: values
    on: box
    effect: read
    env: { GREETING: "it's a \\"test\\" $HOME ünï" }
    shell: echo "$GREETING"; cat /proc/self/comm >&2
    next: [{ finding: "values: \${{ result.stdout.trim() }}", goto: lines }]
  - id: lines
    on: app
    effect: read
    stdin: "a\\nb\\nc\\n"
    shell: cat
    parse: lines
    next: [{ finding: "stdin: \${{ result.lines.size() }} lines", goto: json }]
  - id: json
    on: box
    effect: read
    shell: echo '{"n":4}'
    parse: json
    next: [{ finding: "json: \${{ result.json.n }}", goto: code }]
  - id: code
    on: box
    effect: read
    shell: exit 255
    ok_exit: [255]
    next: [{ finding: "exit: \${{ result.exit_code }}", goto: slow }]
  - id: slow
    on: box
    effect: read
    timeout: 3s
    read_because: It waits.
    shell: trap 'echo got TERM' TERM; sleep 3001 & wait; sleep 3001
    next: [{ if: 'error.kind != "none"', finding: "slow: \${{ error.kind }}", goto: left }, { goto: left }]
  - id: left
    on: box
    effect: read
    shell: cat /proc/[0-9]*/cmdline 2> /dev/null | tr '\\0' ' ' | grep -c 'sleep 300[1]' || true
    next: [{ finding: "left: \${{ result.stdout.trim() }}", goto: e_nopod }]
${['nopod', 'nocontainer', 'viewer', 'crash']
  .map(
    (name, index, all) => `  - id: e_${name}
    on: ${name}
    effect: read
    shell: echo reached
    next: [{ if: 'error.kind != "none"', finding: "${name}: \${{ error.kind }}", goto: ${after(all[index + 1])} }, { finding: reached, goto: ${after(all[index + 1])} }]`,
  )
  .join('\n')}
  - id: done
    finish: { outcome: resolved, summary: done }
`;

function after(name: string | undefined): string {
  return name === undefined ? 'done' : `e_${name}`;
}

/** A script that outlives any test, to be killed. */
export const LONG = `name: long
title: A long script
severity: low
summary: Runs until it is killed.
targets:
  box: { kubernetes: { pod: db-0 } }
steps:
  - id: long
    on: box
    effect: read
    timeout: 5m
    read_because: It waits.
    shell: echo begun; sleep 3002 & sleep 3002
    next: [{ goto: done }]
  - id: done
    finish: { outcome: resolved, summary: done }
`;
