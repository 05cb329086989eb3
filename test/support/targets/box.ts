import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { findProgram } from '#lab/setup/find-program.ts';

/** Processes with pids, mounts and a network of their own, as on a machine of their own. */
export type Box = {
  /** A folder that is seen inside and outside, and removed with the box. */
  readonly folder: string;
  /** The words before a command that is to run in the box, in a folder. */
  inside(cwd: string): readonly string[];
  /** Runs a command there to its end, and returns what it printed. */
  run(command: readonly string[], env?: Readonly<Record<string, string>>): Promise<string>;
  /** Ends everything in the box and removes it. */
  close(): Promise<void>;
};

const PATH = `${process.env.PATH}:/usr/sbin:/sbin`;
const UP_WITHIN_MS = 60_000;

/** Returns the reason why no box can be opened here, or none with these programs; undefined if one can. */
export async function missingBox(programs: readonly string[]): Promise<string | undefined> {
  if (process.getuid?.() !== 0) return 'only root can make a machine of its own';
  for (const name of ['bash', 'ip', 'unshare', 'nsenter', ...programs])
    if ((await findProgram(name)) === undefined) return `the program ${name} is not installed`;
  const kinds = ['--mount', '--net', '--pid', '--ipc', '--uts', '--fork'];
  const refused = await run('unshare', [...kinds, 'true']).catch((error: Error) => error.message);
  return typeof refused === 'string' ? 'the kernel allows no namespaces' : undefined;
}

/** Opens a box whose process 1 is a script of this folder, and waits until that says `up`. */
export async function openBox(script: string): Promise<Box> {
  // A system that starts in it may clear its /tmp.
  const folder = mkdtempSync('/var/tmp/runbook-box-');
  const at = (name: string) => join(import.meta.dirname, name);
  const group = basename(folder);
  const child = spawn('bash', [at('box.sh'), at(script), group, folder], {
    ...{ stdio: ['pipe', 'pipe', 'pipe'], detached: true, env: { ...process.env, PATH } },
  });
  await said(child, 'up');
  const [init = 0] = childrenOf(childrenOf(child.pid ?? 0)[0] ?? 0);
  const enter = ['nsenter', '--target', String(init), '--all', '--', 'env', '-C'];
  return {
    folder,
    inside: (cwd) => [...enter, cwd],
    async run(command, env) {
      const [file = '', ...words] = [...enter, '/', ...command];
      const { stdout } = await run(file, words, { env: { ...process.env, PATH, ...env } });
      return stdout;
    },
    async close() {
      const over = new Promise((resolve) => child.once('exit', resolve));
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.stdin?.end();
      await over;
    },
  };
}

const run = promisify(execFile);

function childrenOf(pid: number): readonly number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return text.split(' ').filter(Boolean).map(Number);
}

/** Resolves when a program has printed a word; rejects with its errors when it ends before. */
function said(child: ChildProcess, word: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let printed = '';
    let errors = '';
    const late = setTimeout(() => {
      child.stdin?.end();
      reject(new Error(`the box is not up after ${UP_WITHIN_MS} ms: ${errors}`));
    }, UP_WITHIN_MS);
    child.stdout?.on('data', (chunk: Buffer) => {
      printed += chunk.toString();
      if (!printed.includes(word)) return;
      clearTimeout(late);
      resolve();
    });
    child.stderr?.on('data', (chunk: Buffer) => {
      errors += chunk.toString();
    });
    child.once('exit', () => {
      clearTimeout(late);
      reject(new Error(`the box ended before it was up: ${errors}`));
    });
  });
}
