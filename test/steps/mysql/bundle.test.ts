import { execFile } from 'node:child_process';
import { symlinkSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type MariadbServer, startMariadb } from '#lab/servers/mariadb.ts';
import { hasMariadb } from '../../support/mysql-session.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const PROGRAM = `
import { openExecutors } from ${JSON.stringify(resolve('src/steps/open-executors.ts'))};
const executors = openExecutors({
  targets: [{ kind: 'database', name: 'db', url: process.argv[2] }],
  runId: 'r1', env: {}, onConnected: (_, facts) => console.log(facts.description),
});
const action = { kind: 'sql', target: 'db', text: process.argv[3], values: JSON.parse(process.argv[4]),
  readOnly: true, timeoutMs: 5000, origin: [] };
const executor = await executors.executorFor(action);
const context = { signal: new AbortController().signal, onOutput() {} };
console.log(JSON.stringify(await executor.execute(action, context)));
await executors.close();
`;

describe.skipIf(!hasMariadb)('in the bundle (with MariaDB: sh bin/test-servers.sh)', () => {
  let server: MariadbServer;

  beforeAll(async () => {
    server = await startMariadb();
  });

  afterAll(() => server.stop());

  test('mysql2 is a chunk of its own, and works from there', async () => {
    const { bundle } = await import(resolve('bin/bundle.js'));
    const folder = temporaryFolder();
    const dist = join(folder, 'dist');
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
    writeFileSync(join(folder, 'program.ts'), PROGRAM);
    symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
    await bundle({ main: join(folder, 'program.ts') }, dist);

    const run = async (text: string, values: readonly unknown[]) => {
      const args = [join(dist, 'main.js'), server.rootUrl, text, JSON.stringify(values)];
      const { stdout, stderr } = await promisify(execFile)(process.execPath, args);
      expect(stderr).toBe('');
      return stdout.trim().split('\n');
    };
    const [connected, outcome] = await run('SELECT 1.5 AS n, "é" AS s', []);
    expect(connected).toBe(`mariadb root@127.0.0.1:${server.port}/mysql`);
    expect(outcome).toContain('"rows":[{"n":1.5,"s":"é"}]');
    expect((await run('SELECT $1 AS n LIMIT $2', [7, 1]))[1]).toContain('"rows":[{"n":7}]');
    expect((await run('SELEC 1', []))[1]).toContain('"kind":"syntax"');

    const main = await readFile(join(dist, 'main.js'), 'utf8');
    expect(main).not.toContain('mysql_native_password');
  });
});
