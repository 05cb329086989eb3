import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

const POLL_MS = 20;
/** How long a killed process may take to disappear, e.g. out of a system call that cannot be interrupted. */
const KILL_MS = 3_000;

/**
 * Ends every process of a group: SIGTERM to all, and after `graceMs` SIGKILL to what is left.
 * Returns false when some of them could not be ended, e.g. because they run as another user.
 */
export async function endProcessGroup(group: number, graceMs: number): Promise<boolean> {
  send(group, 'SIGTERM');
  if (await groupEnds(group, graceMs)) return true;
  send(group, 'SIGKILL');
  return groupEnds(group, KILL_MS);
}

async function groupEnds(group: number, withinMs: number): Promise<boolean> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    if (!isAlive(group)) return true;
    if (performance.now() >= deadline) return false;
    await delay(POLL_MS);
  }
}

function send(group: number, signal: NodeJS.Signals | 0): 'sent' | 'refused' | 'gone' {
  try {
    process.kill(-group, signal);
    return 'sent';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH' ? 'gone' : 'refused';
  }
}

function isAlive(group: number): boolean {
  return send(group, 0) !== 'gone' && !onlyZombies(group);
}

/**
 * In a container whose first process collects no children, ended processes stay as zombies for ever
 * and still count for `kill`; they run nothing.
 */
function onlyZombies(group: number): boolean {
  if (process.platform !== 'linux') return false;
  const members = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(processState)
    .filter((member) => member?.group === group);
  return members.length > 0 && members.every((member) => member?.state === 'Z');
}

function processState(pid: string): { state: string; group: number } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The second field is the program's name in parentheses, which may hold anything.
    const [state = '', , group = ''] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { state, group: Number(group) };
  } catch {
    return undefined;
  }
}
