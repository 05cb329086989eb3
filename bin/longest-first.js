import { BaseSequencer } from 'vitest/node';

/** What takes longest comes first, so that all workers end together: labs, terminals, servers, the rest. */
const ORDER = [/\/e2e\/(?:triage|faults|drill|crash|killed)-/, /\/e2e\//];

/** Runs the files that take longest first; of these, as vitest remembers or guesses by their size. */
export class LongestFirst extends BaseSequencer {
  async sort(files) {
    return (await super.sort(files)).toSorted((one, other) => rank(one) - rank(other));
  }
}

function rank({ moduleId, project }) {
  const at = ORDER.findIndex((pattern) => pattern.test(moduleId));
  if (at !== -1) return at;
  return project.name === 'slow' ? ORDER.length : ORDER.length + 1;
}
