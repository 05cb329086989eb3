import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { type Kill, type Subject, tryKills } from '../../bin/kills/trial.ts';

const CHANGES: Subject = {
  runbook: fileURLToPath(new URL('../../bin/kills/changes.yaml', import.meta.url)),
  given: (folder) => ({ ledger: join(folder, 'ledger') }),
  ledger: true,
  check: async (folder) => {
    const ledger = readFileSync(join(folder, 'ledger'), 'utf8');
    const changes = ['one', 'two', 'each a', 'each b', 'three', 'four'];
    return changes.filter((change) => !ledger.includes(`end ${change}`));
  },
};

/** `npm run proof:kills` tries every line and 200 moments; these are the lines that matter most. */
const KILLS: readonly (readonly [string, readonly Kill[]])[] = [
  ['behind its first line', [{ afterLine: 1 }]],
  ['behind a confirmation', [{ afterLine: 10 }]],
  ['behind the start of a change', [{ afterLine: 11 }]],
  ['in a change, and again soon after', [{ afterLine: 11, laterMs: 30 }, { afterLine: 3 }]],
  ['in a change of finally', [{ afterLine: 66, laterMs: 20 }]],
  [
    'three times',
    [{ afterLine: 20, laterMs: 20 }, { afterLine: 8 }, { afterLine: 5, laterMs: 40 }],
  ],
];

test.each(KILLS)('a run killed %s does everything once and loses nothing', async (_, kills) => {
  expect(await tryKills(CHANGES, kills)).toMatchObject({
    kills: kills.length,
    twice: [],
    lost: [],
    refused: [],
    unverified: [],
    unfinished: [],
  });
});
