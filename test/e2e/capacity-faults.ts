import { afterAll, beforeAll, expect, onTestFinished, vi } from 'vitest';
import type { LabEngine } from '#lab/engines.ts';
import type { MadeFault } from '#lab/fault.ts';
import { FAULTS } from '#lab/faults/all.ts';
import { startLab } from '#lab/setup/engine.ts';
import type { Lab } from '#lab/setup/lab.ts';
import { noteProven } from '../support/proven.ts';
import { newOperator } from './operator.ts';
import { type Answers, type Solved, solve } from './solve-fault.ts';

/** What is done about a fault. */
export type Way = {
  /** @default the fault's own */
  readonly runbook?: string;
  readonly inputs?: Readonly<Record<string, string>>;
  readonly answers: (made: MadeFault) => Answers;
};

/** A lab for a group of tests, and a way to solve its faults one after the other. */
export type CapacityLab = {
  /** Makes a fault, looks that it is there, solves it, and looks that it is gone without collateral. */
  solved(name: string, way: Way): Promise<Solved>;
};

/** The runbooks count a session as idle once it has been for two seconds. */
const COUNTS_AS_IDLE_MS = 2_500;

/** Starts a lab before the tests of a group and ends it after them. */
export function capacityLab(engine: LabEngine): CapacityLab {
  let lab: Lab | undefined;
  beforeAll(async () => {
    lab = await startLab(engine);
  });
  afterAll(() => lab?.close());
  return {
    async solved(name, { runbook, inputs = {}, answers }) {
      const kind = FAULTS.capacity.find((it) => it.name === name);
      if (lab === undefined || kind === undefined) throw new Error(`there is no ${name} to make`);
      const made = await kind.make(lab);
      const madeAt = Date.now();
      onTestFinished(() => made.undo());
      expect(await made.check()).toMatchObject({ gone: false, collateral: [] });
      await vi.waitFor(() => expect(Date.now() - madeAt).toBeGreaterThan(COUNTS_AS_IDLE_MS));
      const { database_url = '', admin_url = '', reserve_url = '', ...others } = made.inputs;
      const operator = newOperator({
        DATABASE_URL: database_url,
        ADMIN_DATABASE_URL: admin_url,
        RESERVE_DATABASE_URL: reserve_url,
      });
      const enough = runbook === 'connection-leak' ? {} : { min_free: '2' };
      const given = Object.entries({ ...enough, ...others, ...inputs });
      const run = await solve(
        operator,
        [
          'run',
          runbook ?? made.runbook,
          ...given.flatMap(([key, to]) => ['--input', `${key}=${to}`]),
        ],
        answers(made),
        made.surroundings,
      );
      const told = `${run.summary}\n${run.findings.join('\n')}\n${run.path.join(' → ')}`;
      expect(await made.check(), told).toMatchObject({ gone: true, collateral: [] });
      const by = runbook ?? made.runbook;
      noteProven({ fault: name, on: engine, runbook: by, end: run.outcome });
      return run;
    },
  };
}

/** Does what a person would do outside of the engine, then reports it. */
export function byHand(made: MadeFault, name: string): Answers[string] {
  const hand = made.byHand.find((it) => it.name === name);
  return { first: async () => hand?.do(), done: `${name} is done` };
}
