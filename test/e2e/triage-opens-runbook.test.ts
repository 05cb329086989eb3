import { expect, test } from 'vitest';
import { missingEngine, startLab } from '#lab/setup/engine.ts';
import { because } from '../support/because.ts';
import { faultKind } from '../support/fault-kind.ts';
import { newOperator } from './operator.ts';
import { solve } from './solve-fault.ts';

const missing = await missingEngine('postgres');

test.skipIf(missing !== undefined)(
  `triage opens the runbook it names, with its inputs, and the fault is gone at the end${because(missing)}`,
  async () => {
    const lab = await startLab('postgres');
    try {
      const fault = await faultKind('locks-idle-blocker').make(lab);
      const operator = newOperator({
        DATABASE_URL: fault.inputs.database_url ?? '',
        ADMIN_DATABASE_URL: fault.inputs.admin_url ?? '',
      });
      const { outcome, code, findings, path } = await solve(
        operator,
        ['triage', '--input', 'waiting_for=0s'],
        {
          offer_lock_contention: { answer: 'open it now' },
          'open_lock_contention/end_root': { confirm: true },
        },
      );
      expect({ outcome, code }).toEqual({ outcome: 'resolved', code: 0 });
      expect(path).toContain('open_lock_contention');
      expect(findings).toContainEqual(
        expect.stringMatching(/^The "lock-contention" runbook ended resolved: /),
      );
      expect(findings.at(-1)).toMatch(/^A plain login works in /);
      expect(await fault.check()).toMatchObject({ gone: true, collateral: [] });
      await fault.undo();
      const { code: kept, stdout } = await operator.run([
        'transcript',
        '--strict',
        '--format=postmortem',
      ]);
      expect(kept).toBe(0);
      expect(stdout).toMatch(
        /^# Postmortem: Sessions wait for locks: Session \d+ has been in a transaction/,
      );
      expect(stdout).toContain('From the runbook `lock-contention`.');
    } finally {
      await lab.close();
    }
  },
);
