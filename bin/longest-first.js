import { readFileSync } from 'node:fs';
import { BaseSequencer } from 'vitest/node';

/** What takes longest comes first, so that all workers end together: labs, terminals, servers, the rest. */
const ORDER = [/\/e2e\/(?:triage|faults|drill|crash|killed)-/, /\/e2e\//];

/** What starts processes: the more a process holds in memory, the longer it takes to start another. */
const STARTS_PROCESSES =
  /from '(?:node:child_process|.*\/surroundings\.ts|#run\/start\.ts|#steps\/(?:shell|remote)\/.*)'/;

/** Runs the files that take longest first; of these, as vitest remembers or guesses by their size. */
export class LongestFirst extends BaseSequencer {
  async sort(files) {
    return (await super.sort(files)).toSorted((one, other) => rank(one) - rank(other));
  }
}

function rank({ moduleId, project }) {
  const at = ORDER.findIndex((pattern) => pattern.test(moduleId));
  if (at !== -1) return at;
  if (project.name === 'slow') return ORDER.length;
  return ORDER.length + (STARTS_PROCESSES.test(readFileSync(moduleId, 'utf8')) ? 1 : 2);
}
