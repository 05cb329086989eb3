import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FAULTS } from '#lab/faults/all.ts';
import { missingEngine, startLab } from '#lab/setup/engine.ts';
import type { Lab } from '#lab/setup/lab.ts';
import { CATEGORIES, type Category } from '#match/category.ts';
import { createClassifier } from '#match/classify.ts';
import { because } from '../support/because.ts';

const { classify } = createClassifier();

for (const engine of ['postgres', 'postgres-system', 'mariadb'] as const) {
  const missing = await missingEngine(engine);
  describe.skipIf(missing !== undefined)(`on ${engine}${because(missing)}`, () => {
    let lab: Lab;
    beforeAll(async () => {
      lab = await startLab(engine);
    });
    afterAll(() => lab?.close());

    // The machine's own PostgreSQL is there for what only an older server shows.
    const kinds = FAULTS.login.filter(
      ({ engines }) =>
        engines.includes(engine) && (engine !== 'postgres-system' || !engines.includes('postgres')),
    );
    for (const kind of kinds)
      test(`${kind.name} complains so that its runbook is named, ends no session, and is undone`, async () => {
        const fault = await kind.make(lab);
        try {
          expect(runbooksFor(fault.complaint), fault.complaint).toContain(fault.runbook);
          expect(await fault.check()).toMatchObject({ gone: false, collateral: [] });
        } finally {
          await fault.undo();
          await fault.undo();
        }
        const session = await lab.open();
        expect(await session.ask('SELECT 1 AS one')).toMatchObject([{ one: 1 }]);
        await session.end();
      });
  });
}

/** The same text can mean a wrong password and a login without TLS: both runbooks are named then. */
function runbooksFor(complaint: string): readonly string[] {
  const { category, alternatives } = classify(complaint);
  return [category, ...alternatives].flatMap((name) => CATEGORIES[name as Category]?.runbook ?? []);
}
