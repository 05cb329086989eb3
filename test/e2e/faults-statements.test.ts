import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SERVERS } from '#lab/engines.ts';
import { missingEngine, startLab } from '#lab/setup/engine.ts';
import { isPostgres, type Lab } from '#lab/setup/lab.ts';
import { because } from '../support/because.ts';
import { byHand, solveWork } from './work-faults.ts';

for (const engine of SERVERS) {
  const missing = await missingEngine(engine);
  describe.skipIf(missing !== undefined)(`on ${engine}${because(missing)}`, () => {
    let lab: Lab;
    beforeAll(async () => {
      lab = await startLab(engine);
    });
    afterAll(() => lab?.close());

    test('a privilege that is missing is named, and granted by whoever may', async () => {
      const solved = await solveWork(
        lab,
        'statement-privilege',
        (fault) => ({
          needs: { answer: 'it reads and writes it' },
          grant: { confirm: true },
          ...(!isPostgres(lab) && {
            grant_by_hand: { first: byHand(fault, 'grant-privilege'), done: 'it is granted' },
          }),
          works: { answer: 'it works' },
        }),
        { outcome: 'resolved' },
      );
      expect(solved.path).toEqual(
        isPostgres(lab)
          ? ['session', 'privileges', 'needs', 'may_grant', 'grant', 'works', 'resolved']
          : ['session', 'privileges', 'grant_by_hand', 'granted', 'works', 'resolved'],
      );
    });

    test('numbers that have run out are told with what ends them', async () => {
      const solved = await solveWork(
        lab,
        'statement-numbers',
        (fault) => ({
          raise: { confirm: true },
          ...(!isPostgres(lab) && {
            widen_mysql: { first: byHand(fault, 'widen-column'), done: 'it is bigint' },
          }),
          works: { answer: 'it works' },
        }),
        { outcome: 'resolved' },
      );
      expect(solved.path).toEqual(
        isPostgres(lab)
          ? ['session', 'numbers', 'may_raise', 'raise', 'works', 'resolved']
          : ['session', 'numbers', 'widen_mysql', 'works', 'resolved'],
      );
    });
  });
}
