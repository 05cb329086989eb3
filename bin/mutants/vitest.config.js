import { matchesGlob } from 'node:path/posix';
import { BaseSequencer } from 'vitest/node';

const patterns = JSON.parse(process.env.RUNBOOK_MUTANTS_TESTS ?? '[]');

/** The first test that fails ends the work on a mutant: files run in the order of the group, quick ones first. */
class InOrder extends BaseSequencer {
  async sort(specifications) {
    const rank = ({ moduleId }) =>
      patterns.findIndex((pattern) => matchesGlob(moduleId, `**/${pattern}`));
    return specifications.toSorted((one, other) => rank(one) - rank(other));
  }
}

// The tests that judge a mutant are set by bin/mutants.js.
export default {
  test: {
    include: patterns,
    isolate: false,
    // What waits for something that a mutant keeps from happening waits no longer than this.
    testTimeout: 20_000,
    hookTimeout: 20_000,
    sequence: { sequencer: InOrder },
  },
};
