import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { STUCK_ORDERS } from '../fixtures/team-books.ts';
import { LEAST_DEEDS, letMonkeyLoose } from '../support/monkey.ts';
import { teamStage } from '../support/team-stage.ts';

/** `npm run proof:monkey` lets it loose for longer; its file is given here. */
const proof = process.env.RUNBOOK_PROOF;
const stage = teamStage({ arePatientAndControlApart: true });
const [runs, ms] = proof === undefined ? [40, 8_000] : [240, 80_000];

test('whatever becomes of its workers, every run makes its change once, with a confirmation', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'runbook-monkey-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const text = STUCK_ORDERS.replace('within: 10s, every: 1s', 'within: 600ms, every: 200ms');
  const book = join(folder, 'stuck-orders.yaml');
  writeFileSync(book, text);
  let seed = Number(process.env.RUNBOOK_SEED ?? 20_261_123);
  const random = () => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed / 2_147_483_647;
  };
  const mischief = await letMonkeyLoose(stage(), {
    ...{ runs, workers: 3, ms, everyMs: 700, text, book, random },
  });
  if (proof !== undefined) writeFileSync(proof, JSON.stringify(mischief));
  expect(mischief.violations).toEqual([]);
  expect(mischief.changes).toBe(runs);
  const { kills, stops, drains, cuts, stalls } = mischief;
  expect(kills + stops + drains + cuts + stalls).toBeGreaterThanOrEqual(LEAST_DEEDS);
}, 300_000);
