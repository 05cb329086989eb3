import { readFileSync } from 'node:fs';

/** Returns the ids of all processes that a process has started, and those they have started. */
export function processesUnder(pid) {
  let children = [];
  try {
    const list = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
    children = list.trim().split(/\s+/).filter(Boolean).map(Number);
  } catch {
    // It has ended meanwhile.
  }
  return children.flatMap((child) => [child, ...processesUnder(child)]);
}

/** Tells whether a process runs; one that has ended and was not collected does not. */
export function isAlive(pid) {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
