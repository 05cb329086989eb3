import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FAULTS } from '#lab/faults/all.ts';
import { missingEngine, startLab } from '#lab/setup/engine.ts';
import type { Lab } from '#lab/setup/lab.ts';
import { because } from '../support/because.ts';

const missing = await missingEngine('pgbouncer');

describe.skipIf(missing !== undefined)(`a pooler of the lab${because(missing)}`, () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await startLab('pgbouncer');
  });
  afterAll(() => lab?.close());

  test.each(FAULTS.pooler)(
    'is well again after $name, also when it is undone twice',
    async (kind) => {
      const fault = await kind.make(lab);
      expect((await fault.check()).gone).toBe(false);
      await fault.undo();
      await fault.undo();
      const shop = await lab.open();
      expect(await shop.ask('SELECT 1 AS one')).toHaveLength(1);
      await shop.end();
    },
  );
});
