import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { CHILD, WITH_CHILD } from '../fixtures/team-books.ts';
import { type CrashedRun, crashAfter } from '../support/team-crash.ts';
import { teamStage } from '../support/team-stage.ts';

const stage = teamStage({ areConcurrent: true });
const folder = mkdtempSync(join(tmpdir(), 'runbook-crash-'));
const books = [join(folder, 'stuck-orders.yaml'), join(folder, 'tell-shop.yaml')] as const;
writeFileSync(books[0], WITH_CHILD);
writeFileSync(books[1], CHILD);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/**
 * `npm run proof:team` tries every line and gives its file here; these are the confirmation of a change,
 * its start, and the start of a change in the inner runbook.
 */
const FEW = [11, 12, 24];
const proof = process.env.RUNBOOK_PROOF;
const AT_A_TIME = 3;

test('a run whose worker is killed behind a line is continued, and makes each change once', async () => {
  const taker = 'takes over';
  const book = { text: WITH_CHILD, books, marks: ['child', 'own'], taker };
  await stage().startWorker({ labels: [taker], books });
  const crashed: CrashedRun[] = [];
  const lines = proof !== undefined ? Array.from({ length: 100 }, (_, at) => at + 1) : [...FEW];
  let isShorter = false;
  const work = async () => {
    for (let line = lines.shift(); line !== undefined && !isShorter; line = lines.shift()) {
      const one = await crashAfter(stage(), line, book);
      crashed.push(one);
      isShorter ||= one.behind === undefined;
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, work));
  if (proof !== undefined) writeFileSync(proof, JSON.stringify(crashed));
  expect(crashed.flatMap(({ problems }) => problems)).toEqual([]);
  if (proof === undefined) expect(crashed.every(({ behind }) => behind !== undefined)).toBe(true);
}, 1_200_000);
