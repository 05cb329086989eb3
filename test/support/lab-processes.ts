import { readdir, readlink } from 'node:fs/promises';

/** Returns the ids of the processes that work in a folder, also when it is removed already. */
export async function processesIn(folder: string): Promise<readonly number[]> {
  const names = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const folders = await Promise.all(
    names.map((name) => readlink(`/proc/${name}/cwd`).catch(() => '')),
  );
  return names.filter((_, i) => folders[i]?.startsWith(folder)).map(Number);
}

/** Tells whether a process is there; one that has ended and waits to be collected is not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Ends a process at once; one that has ended by itself is no matter. */
export function endProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It was faster.
  }
}
