import { execFile } from 'node:child_process';
import {
  accessSync,
  constants,
  existsSync,
  rmSync,
  statfsSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { messageOf } from '#errors.ts';
import { stateFolder } from '#run/store/file/folders.ts';
import manifest from '../../../../package.json' with { type: 'json' };
import { shownPath, userConfigPath } from '../../config/files.ts';
import { surroundingsHere } from '../../surroundings.ts';
import { terminalSize } from '../../terminal-size.ts';
import { PROGRAM } from '../../version.ts';
import { type Check, Section } from './check.ts';

const TOOL_MS = 3_000;
const SMALLEST = { columns: 80, rows: 24 } as const;
const LEAST_FREE_BYTES = 50 * 1024 * 1024;

/** Returns the checks of the program and its runtime. */
export async function programChecks(): Promise<readonly Check[]> {
  const section = new Section('program');
  const { version, platform, arch } = process;
  const wanted = manifest.engines.node.replace('>=', '');
  const text = `${PROGRAM} on Node ${version.slice(1)} (${platform} ${arch})`;
  if (isAtLeast(version.slice(1), wanted)) section.ok(text);
  else section.problem(text, `Node ${wanted} or newer is required`);
  const bash = await toolVersion('bash');
  if (bash === undefined) section.problem('bash is not installed', 'shell steps require it');
  else section.ok(bash);
  section.ok(`your operator name is ${surroundingsHere().operator}`);
  return section.checks;
}

/** Returns the first line of `tool --version`, or undefined if the tool does not exist. */
export async function toolVersion(
  tool: string,
  args: readonly string[] = ['--version'],
): Promise<string | undefined> {
  try {
    const started = promisify(execFile)(tool, [...args], { timeout: TOOL_MS });
    started.child.stdin?.end();
    const { stdout, stderr } = await started;
    return (stdout.trim() || stderr.trim()).split('\n', 1)[0] ?? tool;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? undefined : `${tool} is installed`;
  }
}

/** Returns the checks of the terminal. */
export function terminalChecks(): readonly Check[] {
  const section = new Section('terminal');
  const { stdin, stdout, env } = process;
  if (!stdin.isTTY || !stdout.isTTY) {
    section.ok('no terminal: runs print lines, and no change can be confirmed');
    return section.checks;
  }
  const { columns, rows } = terminalSize() ?? { columns: 0, rows: 0 };
  const size = `${columns} × ${rows}`;
  if (columns === 0)
    section.warning('its size is unknown: runs print lines', 'set it: stty rows 24 cols 80');
  else if (columns >= SMALLEST.columns && rows >= SMALLEST.rows) section.ok(size);
  else
    section.warning(
      `${size}: the screen shows only the current step`,
      `from ${SMALLEST.columns} × ${SMALLEST.rows} it shows everything`,
    );
  if (env.CI === 'true' || env.TERM === 'dumb')
    section.ok('CI=true or TERM=dumb: runs print lines and prompts');
  section.ok(stdout.hasColors() ? 'colors' : 'no colors');
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || '';
  if (/utf-?8/i.test(locale)) section.ok(`UTF-8 (${locale})`);
  else
    section.warning(
      `the locale is not UTF-8 (${locale || 'not set'})`,
      'symbols may not display correctly; export LANG=C.UTF-8',
    );
  return section.checks;
}

/** Returns whether runs can be recorded, and the location of the operator's files. */
export function folderChecks(): readonly Check[] {
  const section = new Section('folders');
  const state = stateFolder(process.env, homedir());
  const problem = cannotWrite(state);
  if (problem === undefined) section.ok(`runs are stored in ${shownPath(state)}`);
  else
    section.problem(
      `runs cannot be stored in ${shownPath(state)}: ${problem}`,
      'a run that cannot be recorded does not start; set RUNBOOK_STATE to another folder',
    );
  const free = freeBytes(state);
  if (free !== undefined && free < LEAST_FREE_BYTES)
    section.warning(`${Math.floor(free / 1024 / 1024)} MB are free there`, 'free disk space');
  const config = dirname(userConfigPath());
  const blocked = cannotWrite(config);
  if (blocked === undefined) section.ok(`your configuration is in ${shownPath(config)}`);
  else section.warning(`${shownPath(config)} cannot be written: ${blocked}`);
  return section.checks;
}

/** Leaves no files; a missing folder passes if it can be created. */
function cannotWrite(folder: string): string | undefined {
  const existing = nearest(folder);
  try {
    if (!statSync(existing).isDirectory()) return `${shownPath(existing)} is not a folder`;
    accessSync(existing, constants.W_OK | constants.X_OK);
    if (existing !== folder) return undefined;
    const probe = join(folder, `.doctor-${process.pid}`);
    writeFileSync(probe, '', { mode: 0o600 });
    rmSync(probe);
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}

function freeBytes(folder: string): number | undefined {
  try {
    const { bavail, bsize } = statfsSync(nearest(folder));
    return bavail * bsize;
  } catch {
    return undefined;
  }
}

function nearest(folder: string): string {
  return existsSync(folder) || dirname(folder) === folder ? folder : nearest(dirname(folder));
}

function isAtLeast(version: string, wanted: string): boolean {
  const own = version.split('.').map(Number);
  for (const [index, part] of wanted.split('.').map(Number).entries()) {
    const difference = (own[index] ?? 0) - part;
    if (difference !== 0) return difference > 0;
  }
  return true;
}
