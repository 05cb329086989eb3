import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

const POLL_MS = 20;
/** The time a killed process has to disappear, e.g. out of an uninterruptible system call. */
const KILL_MS = 3_000;

/**
 * Ends every process of a group: SIGTERM to all, and after `graceMs` SIGKILL to the rest. Resolves
 * with false if some could not be ended, e.g. because they run as another user.
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
 * Returns whether a group consists of zombies only. In a container whose first process does not reap
 * children, ended processes stay as zombies forever and still count for `kill`; they run nothing.
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
    // The second field is the program's name in parentheses, which may contain anything.
    const [state = '', , group = ''] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { state, group: Number(group) };
  } catch {
    return undefined;
  }
}
