import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, relative } from 'node:path';
import { EXIT, messageOf, usageError } from '#errors.ts';
import { type GateChange, gateChanges } from '#report/document/gate-changes.ts';
import { fence } from '#report/markdown/blocks.ts';
import type { Runbook } from '#runbook/model/runbook.ts';
import { counted } from '#text/count.ts';
import { missingArgument } from '../command-line.ts';
import type { CommandLine } from '../command-spec.ts';
import { readSource, runbooksOf } from '../library/find-runbook.ts';
import { loadRunbook } from '../library/load-runbook.ts';
import { diff as spec } from '../specs/runbooks.ts';

/** `runbook diff`: prints what differs at the gates of runbooks since a commit. */
export async function diff({ argument, options }: CommandLine<typeof spec>): Promise<number> {
  if (argument === undefined) throw missingArgument(spec.argument);
  const folders = options.dir.length === 0 ? ['runbooks'] : options.dir;
  const changes: RunbookChanges[] = [];
  for (const folder of folders) changes.push(...(await changesIn(folder, argument)));
  const told = changes.filter(({ gates }) => gates.length > 0);
  const form = options.markdown ? markdownOf : textOf;
  process.stdout.write(told.map(form).join('\n'));
  const sum = told.flatMap(({ gates }) => gates).length;
  if (sum === 0) process.stdout.write(`No gate differs from ${argument}.\n`);
  return sum === 0 ? EXIT.ok : EXIT.unresolved;
}

type RunbookChanges = { readonly name: string; readonly gates: readonly GateChange[] };

async function changesIn(folder: string, revision: string): Promise<readonly RunbookChanges[]> {
  if (!existsSync(folder)) throw usageError(`there is no folder ${folder}`);
  const scratch = mkdtempSync(join(tmpdir(), 'runbook-diff-'));
  try {
    const before = await loaded(filesOf(revision, folder, scratch));
    const after = await loaded(folder);
    const names = new Set([...after.keys(), ...before.keys()]);
    return [...names]
      .toSorted()
      .map((name) => ({ name, gates: gateChanges(before.get(name), after.get(name)) }));
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Copies a folder as it was in a commit into another one; it may not have been there. */
function filesOf(revision: string, folder: string, scratch: string): string {
  const git = (...args: readonly string[]) =>
    execFileSync('git', ['-C', folder, ...args], { maxBuffer: 1 << 28, stdio: 'pipe' });
  try {
    const top = git('rev-parse', '--show-toplevel').toString().trim();
    const commit = git('rev-parse', '--verify', '--end-of-options', `${revision}^{commit}`);
    const path = relative(top, realpathSync(folder));
    const whole = path === '' ? [] : ['--', path];
    const isThere = git('-C', top, 'ls-tree', commit.toString().trim(), ...whole).length > 0;
    if (!isThere) return scratch;
    const archive = git('-C', top, 'archive', commit.toString().trim(), ...whole);
    execFileSync('tar', ['-xf', '-', '-C', scratch], { input: archive });
    return join(scratch, path);
  } catch (error) {
    const [reason] = messageOf(error).split('\n').slice(-2);
    throw usageError(`${revision} cannot be read from git in ${folder}: ${reason}`);
  }
}

async function loaded(folder: string): Promise<ReadonlyMap<string, Runbook>> {
  const all = new Map<string, Runbook>();
  for (const { name, file } of runbooksOf([folder]))
    all.set(name, await loadRunbook({ ...readSource(file), file: basename(file) }, [folder]));
  return all;
}

function textOf({ name, gates }: RunbookChanges): string {
  const shown = gates.flatMap(({ step, what, gone, added }) => [
    `  ${step}: ${what}`,
    ...gone.map((line) => `    - ${line}`),
    ...added.map((line) => `    + ${line}`),
  ]);
  return [`${name}: ${counted(gates.length, 'gate')}`, ...shown, ''].join('\n');
}

/** Code hosts color such blocks. */
function markdownOf({ name, gates }: RunbookChanges): string {
  const shown = gates.flatMap(({ step, title, what, gone, added }) => [
    `**${title}** (\`${step}\`): ${what}`,
    '',
    fence(
      [...gone.map((line) => `- ${line}`), ...added.map((line) => `+ ${line}`)].join('\n'),
      'diff',
    ),
    '',
  ]);
  return [`### ${name}`, '', ...shown].join('\n');
}
