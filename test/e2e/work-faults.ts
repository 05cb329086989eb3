import { expect } from 'vitest';
import type { FaultCheck, MadeFault } from '../../src/lab/fault.ts';
import { EVERY_FAULT } from '../../src/lab/faults/every-fault.ts';
import type { Lab } from '../../src/lab/setup/lab.ts';
import { newOperator } from './operator.ts';
import { type Answers, type Solved, solve } from './solve-fault.ts';

/** How a fault was solved, and what an independent look found afterwards. */
export type SolvedFault = Solved & { readonly after: FaultCheck };

/** What the operator does; a function is given the fault, for what is done by hand. */
export type AnswersFor = Answers | ((fault: MadeFault) => Answers);

/**
 * Makes a fault, solves it with the built command, and checks that it was there before and is gone
 * after, with nothing healthy lost; always makes the lab well again.
 */
export async function solveWork(
  lab: Lab,
  name: string,
  answers: AnswersFor,
  inputs: Readonly<Record<string, string>> = {},
): Promise<SolvedFault> {
  const fault = await EVERY_FAULT.find((kind) => kind.name === name)?.make(lab);
  if (fault === undefined) throw new Error(`there is no fault ${name}`);
  try {
    expect((await fault.check()).gone).toBe(false);
    await expectMatched(fault);
    const given = Object.entries({ ...fault.inputs, ...inputs });
    const operator = newOperator(
      Object.fromEntries(given.map(([key, value]) => [`IN_${key}`, value])),
    );
    const args = [
      ...['run', fault.runbook],
      ...given.flatMap(([key]) => ['--input', `${key}=env:IN_${key}`]),
    ];
    const solved = await solve(
      operator,
      args,
      typeof answers === 'function' ? answers(fault) : answers,
    );
    const after = await fault.check();
    expect({ outcome: solved.outcome, ...after }, solved.printed).toMatchObject({
      outcome: 'resolved',
      gone: true,
      collateral: [],
    });
    return { ...solved, after };
  } finally {
    await fault.undo();
  }
}

/** The line that pages somebody has to lead to the runbook. */
async function expectMatched({ complaint, runbook }: MadeFault): Promise<void> {
  const { stdout } = await newOperator().run(['match', '--each', '--json', complaint]);
  expect({ complaint, ...JSON.parse(stdout) }).toMatchObject({ complaint, runbook });
}

/** Returns what a person does by hand, under the name the fault gives it. */
export function byHand(fault: MadeFault, name: string): () => Promise<void> {
  const found = fault.byHand.find((it) => it.name === name);
  if (found === undefined) throw new Error(`nothing by hand is called ${name}`);
  return () => found.do();
}
