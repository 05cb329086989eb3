import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { missingEngine } from '#lab/setup/engine.ts';
import type { Lab } from '#lab/setup/lab.ts';
import { startLab } from '#lab/setup/start-lab.ts';
import { RECYCLE_PATH, replacePool, STALE_PATH, solveState } from './state-faults.ts';

describe.skipIf(await missingEngine('postgres-system'))('on the PostgreSQL of the machine', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await startLab('postgres-system');
  });
  afterAll(() => lab?.close());

  test('a standby that follows nobody is promoted', async () => {
    const solved = await solveState(lab, 'read-only-standby', () => ({
      primary_alive: { answer: 'no: the old primary is stopped for good' },
      promote: { confirm: true },
    }));
    expect(solved.path.slice(-3)).toEqual(['promote', 'writes', 'resolved']);
  });

  test('a pool from before a restart is replaced', async () => {
    const solved = await solveState(lab, 'stale-restarted', replacePool);
    expect(solved.path).toEqual([...STALE_PATH, ...RECYCLE_PATH]);
  });
});
