import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LabEngine } from '#lab/engines.ts';
import { FAULTS } from '#lab/faults/all.ts';
import { missingEngine, startLab } from '#lab/setup/engine.ts';
import type { Lab } from '#lab/setup/lab.ts';
import { runbookCommand } from '../support/start-command.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const ENGINES: readonly LabEngine[] = ['postgres', 'mariadb'];
const missing = new Map(
  await Promise.all(ENGINES.map(async (it) => [it, await missingEngine(it)] as const)),
);

describe.each(ENGINES)('on %s', (engine) => {
  const kinds = FAULTS.capacity.filter(({ engines }) => engines.includes(engine));
  let lab: Lab | undefined;
  beforeAll(async () => {
    if (missing.get(engine) === undefined) lab = await startLab(engine);
  });
  afterAll(() => lab?.close());

  test.each(kinds.map((kind) => [kind.name, kind] as const))(
    '%s is felt, is gone once undone, and its complaint names its runbook',
    async (_, kind) => {
      if (lab === undefined) return;
      const made = await kind.make(lab);
      try {
        expect(await made.check()).toMatchObject({ gone: false, collateral: [] });
        const { stdout } = runbookCommand(['match', made.complaint], { cwd: temporaryFolder() });
        expect(stdout).toContain(made.runbook);
      } finally {
        await made.undo();
      }
      const shop = await lab.open();
      expect(await shop.ask('SELECT count(*) AS n FROM product')).toHaveLength(1);
      await shop.end();
    },
  );
});
