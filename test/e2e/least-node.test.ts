import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { because } from '../support/because.ts';
import { LAUNCHER, requireBuild } from '../support/built-command.ts';
import { endExhaustion, exhaustedShop } from './exhausted-shop.ts';
import { newOperator } from './operator.ts';

const { leastNodeFolder } = (await import(resolve('bin/fetched-folders.js'))) as {
  readonly leastNodeFolder: string;
};

const node = join(leastNodeFolder, 'bin/node');
const missing = existsSync(node) ? undefined : 'it could not be fetched from npm';
const root = fileURLToPath(new URL('../../', import.meta.url));

/** Runs a program on the least Node. */
async function onIt(...args: readonly string[]): Promise<string> {
  const options = { cwd: root, maxBuffer: 64 * 1024 * 1024 };
  return (await promisify(execFile)(node, [...args], options)).stdout;
}

describe.skipIf(missing !== undefined)(`the least Node that is promised${because(missing)}`, () => {
  const shop = exhaustedShop({ idleSeconds: 2 });

  test('is the one of package.json', async () => {
    const { engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    expect(`>=${(await onIt('--version')).trim()}`).toBe(`${engines.node.replace('>=', '>=v')}.0`);
  });

  test('rehearses every case of the library', async () => {
    requireBuild();
    expect(await onIt(LAUNCHER, 'test', 'runbooks')).toMatch(/\n\d+ passed {2}\S/);
  });

  test('runs a runbook against a real server, in a terminal', async () => {
    const kim = newOperator(shop.env);
    const terminal = kim.openProgram(node, [LAUNCHER, ...shop.args]);
    expect(await endExhaustion(terminal)).toMatchObject({ code: 0 });
    expect(kim.events('run.finished')).toMatchObject([{ outcome: 'resolved' }]);
  });
});
