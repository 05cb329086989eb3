import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { because } from '../../support/because.ts';
import { solveExample } from './solved-example.ts';

const MIB = 1024 * 1024;
const SIZE_MIB = 20;

let path: string;

/** A file system of its own needs root, and jq is what the runbook itself asks for. */
const missing = ((): string | undefined => {
  if (process.getuid?.() !== 0) return 'only root mounts a file system';
  try {
    execFileSync('jq', ['--version']);
    mounted()();
    return undefined;
  } catch (error) {
    return String(error);
  }
})();

/** Mounts a small file system and returns what removes it. */
function mounted(): () => void {
  path = mkdtempSync(join(tmpdir(), 'runbook-disk-'));
  const remove = () => rmSync(path, { recursive: true });
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE_MIB}m`, 'runbook-disk', path]);
  } catch (error) {
    remove();
    throw error;
  }
  return () => {
    execFileSync('umount', ['--lazy', path]);
    remove();
  };
}

beforeEach(() => {
  onTestFinished(mounted());
  mkdirSync(join(path, 'log'));
});

function fill(name: string, mib: number): string {
  const file = join(path, name);
  writeFileSync(file, Buffer.alloc(mib * MIB));
  return file;
}

/** Opens a file in a process of its own, as a service does with its log. */
function holder(file: string): ChildProcess {
  const log = openSync(file, 'a');
  const child = spawn('sleep', ['300'], { stdio: ['ignore', log, 'ignore'] });
  closeSync(log);
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

function makeOld(file: string): void {
  const then = Date.now() / 1000 - 3 * 86_400;
  utimesSync(file, then, then);
}

test.skipIf(missing !== undefined)(
  `a deleted log that a service keeps open is found, shown and emptied${because(missing)}`,
  async () => {
    const log = fill('log/shop.log', 19);
    const { pid } = holder(log);
    rmSync(log);
    const {
      outcome,
      findings,
      path: steps,
      kim,
    } = await solveExample('disk-filling', { path }, { release: { confirm: true } });
    expect({ outcome, steps: steps.slice(-3) }).toEqual({
      outcome: 'resolved',
      steps: ['release', 'space_now', 'freed'],
    });
    expect(findings.join('\n')).toContain(`shop.log (deleted) (19 MiB, sleep)`);
    expect(JSON.stringify(kim.events('gate.opened'))).toContain(`/proc/${pid}/fd/1`);
    expect(readFileSync(`/proc/${pid}/fd/1`)).toHaveLength(0);
  },
);

test.skipIf(missing !== undefined)(
  `rotated logs of some age are deleted, and if that is not enough the open log is emptied${because(missing)}`,
  async () => {
    const young = fill('log/shop.log.1', 3);
    const old = fill('log/shop.log.2.gz', 1);
    makeOld(old);
    const data = fill('data.db', 1);
    makeOld(data);
    const log = fill('log/shop.log', 14);
    holder(log);
    const {
      outcome,
      path: steps,
      kim,
    } = await solveExample(
      'disk-filling',
      { path },
      { delete_rotated: { confirm: true }, truncate_logs: { confirm: true } },
    );
    expect({ outcome, steps: steps.slice(-3) }).toEqual({
      outcome: 'resolved',
      steps: ['delete_rotated', 'truncate_logs', 'freed'],
    });
    const [rotated, open] = kim.events('gate.opened').map(({ preview }) => preview?.rows);
    expect(rotated).toMatchObject([{ file: 'log/shop.log.2.gz' }]);
    expect(open).toMatchObject([{ file: 'log/shop.log', mib: 14 }]);
    expect([young, data, log].map((file) => statSync(file).size / MIB)).toEqual([3, 1, 0]);
    expect(() => statSync(old)).toThrow('ENOENT');
  },
);

test.skipIf(missing !== undefined)(
  `without confirmation every file stays, and a person has to decide${because(missing)}`,
  async () => {
    const old = fill('log/shop.log.1', 19);
    makeOld(old);
    const { outcome } = await solveExample(
      'disk-filling',
      { path },
      { delete_rotated: { decline: 'the auditors need them' } },
    );
    expect(outcome).toBe('escalated');
    expect(statSync(old).size).toBe(19 * MIB);
  },
);
