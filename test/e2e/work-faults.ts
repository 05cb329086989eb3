import { expect } from 'vitest';
import type { FaultCheck, MadeFault } from '#lab/fault.ts';
import { EVERY_FAULT } from '#lab/faults/all.ts';
import type { Lab } from '#lab/setup/lab.ts';
import { noteProven } from '../support/proven.ts';
import { classify } from './as-the-command.ts';
import { newOperator } from './operator.ts';
import { type Answers, type Solved, solve } from './solve-fault.ts';

/** How a fault was solved, and what an independent look found afterwards. */
export type SolvedFault = Solved & { readonly after: FaultCheck };

/** What the operator does; a function is given the fault and what an independent look says of it. */
export type AnswersFor = Answers | ((fault: MadeFault, before: FaultCheck) => Answers);

/**
 * Makes a fault, solves it with the built command, and checks that it was there before and is gone
 * after, with nothing healthy lost; always makes the lab well again. Another runbook than the
 * fault's own may be named, with the inputs it does not have.
 */
export async function solveWork(
  lab: Lab,
  name: string,
  answers: AnswersFor,
  {
    runbook,
    leaveOut = [],
    outcome = 'resolved',
  }: { readonly runbook?: string; readonly leaveOut?: string[]; readonly outcome?: string } = {},
): Promise<SolvedFault> {
  const fault = await EVERY_FAULT.find((kind) => kind.name === name)?.make(lab);
  if (fault === undefined) throw new Error(`there is no fault ${name}`);
  try {
    const before = await fault.check();
    expect(before.gone).toBe(false);
    expectMatched(fault);
    const given = Object.entries(fault.inputs).filter(([key]) => !leaveOut.includes(key));
    const operator = newOperator(
      Object.fromEntries(given.map(([key, value]) => [`IN_${key}`, value])),
    );
    const args = [
      ...['run', runbook ?? fault.runbook],
      ...given.flatMap(([key]) => ['--input', `${key}=env:IN_${key}`]),
    ];
    const solved = await solve(
      operator,
      args,
      typeof answers === 'function' ? answers(fault, before) : answers,
    );
    const after = await fault.check();
    expect({ outcome: solved.outcome, ...after }, solved.printed).toMatchObject({
      outcome,
      gone: outcome === 'resolved',
      collateral: [],
    });
    const by = runbook ?? fault.runbook;
    noteProven({ fault: name, on: lab.engine, runbook: by, end: solved.outcome });
    return { ...solved, after };
  } finally {
    await fault.undo();
  }
}

/** The line that pages somebody has to lead to the runbook. */
function expectMatched({ complaint, runbook }: MadeFault): void {
  expect({ complaint, runbook: classify(complaint).runbook }).toEqual({ complaint, runbook });
}

/** Returns what a person does by hand, under the name the fault gives it. */
export function byHand(fault: MadeFault, name: string): () => Promise<void> {
  const found = fault.byHand.find((it) => it.name === name);
  if (found === undefined) throw new Error(`nothing by hand is called ${name}`);
  return () => found.do();
}
