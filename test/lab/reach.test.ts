import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FAULTS } from '#lab/faults/all.ts';
import { missingEngine, startLab } from '#lab/setup/engine.ts';
import type { Lab } from '#lab/setup/lab.ts';
import { createClassifier } from '#match/classify.ts';
import { because } from '../support/because.ts';

const classifier = createClassifier();

const kinds = await Promise.all(
  FAULTS.reach.map(async (kind) => ({ kind, cannot: await kind.missing?.() })),
);

for (const engine of ['postgres', 'mariadb'] as const) {
  const missing = await missingEngine(engine);
  describe.skipIf(missing !== undefined)(`on ${engine}${because(missing)}`, () => {
    let lab: Lab;
    beforeAll(async () => {
      lab = await startLab(engine);
    });
    afterAll(() => lab?.close());

    for (const { kind, cannot } of kinds)
      test.skipIf(cannot !== undefined)(
        `${kind.name} complains so that its runbook is named, and its undo makes the lab well${because(cannot)}`,
        async () => {
          const fault = await kind.make(lab);
          try {
            expect(runbooksFor(fault.complaint), fault.complaint).toContain(fault.runbook);
          } finally {
            await fault.undo();
            await fault.undo();
          }
          expect(await lab.open().then((client) => client.end())).toBeUndefined();
        },
      );
  });
}

/** Some texts say the same of two faults; the other one is named as well. */
function runbooksFor(complaint: string): readonly (string | undefined)[] {
  const { runbook, alternatives } = classifier.classify(complaint);
  return [runbook, ...alternatives];
}
