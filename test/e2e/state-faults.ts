import { expect } from 'vitest';
import type { MadeFault } from '#lab/fault.ts';
import { FAULTS } from '#lab/faults/all.ts';
import type { Lab } from '#lab/setup/lab.ts';
import { createClassifier } from '#match/classify.ts';
import { noteProven } from '../support/proven.ts';
import { newOperator } from './operator.ts';
import { type Answers, type Solved, solve } from './solve-fault.ts';

/** Makes a fault, has its runbook solve it, looks whether it is gone, and makes the lab well again. */
export async function solveState(
  lab: Lab,
  name: string,
  answers: (fault: MadeFault) => Answers,
  inputs: Readonly<Record<string, string>> = {},
): Promise<Solved> {
  const fault = await FAULTS.state.find((it) => it.name === name)?.make(lab);
  if (fault === undefined) throw new Error(`there is no fault ${name}`);
  try {
    expect(await fault.check()).toMatchObject({ gone: false, collateral: [] });
    expect(createClassifier().classify(fault.complaint).runbook).toBe(fault.runbook);
    const { database_url = '', admin_url = '', ...others } = { ...fault.inputs, ...inputs };
    const operator = newOperator({ DATABASE_URL: database_url, ADMIN_DATABASE_URL: admin_url });
    const given = Object.entries(others).flatMap(([key, value]) => ['--input', `${key}=${value}`]);
    const solved = await solve(operator, ['run', fault.runbook, ...given], answers(fault));
    expect(await fault.check()).toMatchObject({ gone: true, collateral: [] });
    const { runbook } = fault;
    noteProven({ fault: name, on: lab.engine, runbook, end: solved.outcome });
    return solved;
  } finally {
    await fault.undo();
  }
}

/** Returns what a person does outside of the engine's reach, by its name. */
export function byHand(fault: MadeFault, name: string): () => Promise<void> {
  const found = fault.byHand.find((it) => it.name === name);
  if (found === undefined) throw new Error(`nothing that can be done by hand is called ${name}`);
  return () => found.do();
}

/** The steps by which `stale-connections` finds out what is dead. */
export const STALE_PATH = ['login', 'sessions', 'server', 'limits'] as const;

/** The steps by which it has the application replace its connections. */
export const RECYCLE_PATH = [
  ...['mark', 'remedy', 'platform', 'by_hand', 'fresh', 'errors', 'again', 'resolved'],
] as const;

/** Has somebody restart the application. */
export function replacePool(fault: MadeFault, what = 'restart-application'): Answers {
  return {
    remedy: { answer: "replace the application's connections" },
    platform: { answer: 'something else' },
    by_hand: { first: byHand(fault, what), done: 'every instance is restarted' },
    errors: { answer: 'yes, no new error' },
  };
}

/** Has somebody write the limits of the pool before that. */
export function limitPool(fault: MadeFault): Answers {
  return {
    ...replacePool(fault, 'set-longest-idle'),
    set_lifetime: { done: 'the longest idle time is 0.5 s' },
  };
}
