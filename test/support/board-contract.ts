import { describe, expect, test } from 'vitest';
import type { ChangeSign } from '#run/changes/port.ts';
import type { RunRecord } from '#run/store/port.ts';
import { createRun, type StoreUnderTest } from './stores.ts';

const SIGN: ChangeSign = {
  ...{ change: 'c1', places: ['postgres db:5432/shop'], isAtWork: false, runbook: 'waits' },
  ...{ title: 'It waits', operator: 'ada', host: 'desk', since: '2026-11-21T03:12:00.000Z' },
};
const AT_WORK: ChangeSign = { ...SIGN, isAtWork: true };

/** The contract of a board of changes, which every storage keeps. */
export function testBoard([where, newStore]: StoreUnderTest): void {
  describe(`a board of changes in ${where}`, () => {
    /** Two runs of one store, both written by a live process. */
    async function twoRuns(): Promise<readonly [RunRecord, RunRecord]> {
      const store = newStore();
      const runs = [
        await createRun(store),
        await createRun(store, { now: new Date('2026-11-21T03:13:00.000Z') }),
      ] as const;
      for (const run of runs) await run.journal.open({ clock: () => new Date() });
      return runs;
    }
    /** The signs of one run that another one sees. */
    const seen = async (by: RunRecord, of: RunRecord) =>
      (await by.board.others()).filter(({ run }) => run === of.id);

    test('shows the sign of a run to the others, with the latest that it is at', async () => {
      const [one, other] = await twoRuns();
      await one.board.show(SIGN);
      expect(await seen(other, one)).toEqual([{ ...SIGN, run: one.id, isCertain: true }]);
      await one.board.show(AT_WORK);
      expect(await seen(other, one)).toEqual([{ ...AT_WORK, run: one.id, isCertain: true }]);
      expect(await seen(one, one)).toEqual([]);
    });

    test('shows it no longer once it is removed, and removes one that is not there', async () => {
      const [one, other] = await twoRuns();
      await one.board.clear();
      await one.board.show(SIGN);
      await one.board.clear();
      expect(await seen(other, one)).toEqual([]);
    });

    test('of two that show themselves at once and then look, at most one sees nobody', async () => {
      const [one, other] = await twoRuns();
      for (let attempt = 0; attempt < 20; attempt += 1) {
        const claim = async (run: RunRecord, rival: RunRecord) => {
          await run.board.show(AT_WORK);
          return (await seen(run, rival)).length;
        };
        const found = await Promise.all([claim(one, other), claim(other, one)]);
        expect(Math.max(...found)).toBe(1);
        await Promise.all([one.board.clear(), other.board.clear()]);
      }
    });
  });
}
