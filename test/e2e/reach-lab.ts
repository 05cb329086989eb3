import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LabEngine } from '#lab/engines.ts';
import type { FaultCheck, FaultKind, MadeFault } from '#lab/fault.ts';
import { missingEngine, startLab } from '#lab/setup/engine.ts';
import type { Lab } from '#lab/setup/lab.ts';
import { because } from '../support/because.ts';
import { noteProven } from '../support/proven.ts';
import { Operator } from './operator.ts';
import { type Answers, type Solved, solve } from './solve-fault.ts';

// Each has three bystanders and its own sessions, and the lab's servers have 17 slots.

/** A fault on the way to the server, as a test sees it: with a step by hand, and the right URL. */
export type Scene = {
  readonly lab: Lab;
  readonly fault: MadeFault;
  /** Does what a person would do outside of the run. */
  byHand(name: string): () => Promise<void>;
};

/** How a fault is solved, and what the run has to have said on the way. */
export type Solution = {
  readonly kind: FaultKind;
  answers(scene: Scene): Answers;
  /** Texts in the findings, in order. */
  readonly findings: readonly (string | RegExp)[];
  readonly path: readonly string[];
  /** It is mostly waited, and nothing of the server is touched: it is solved while others are. */
  readonly amongOthers?: true;
};

/** What the application's configuration is corrected with, at the steps that are for that. */
export function writeRightUrl({ lab, byHand }: Scene): Answers {
  return {
    change_url: { first: byHand('correct-url'), done: 'written and restarted' },
    new_url: { answer: lab.urls.shop },
  };
}

/** Makes each fault on one lab of an engine, solves it with its runbook, and looks independently. */
export async function solveOn(engine: LabEngine, solutions: readonly Solution[]): Promise<void> {
  const missing = await missingEngine(engine);
  const reasons = await Promise.all(solutions.map(({ kind }) => kind.missing?.()));
  const cannot = (solution: Solution) => reasons[solutions.indexOf(solution)];
  describe.skipIf(missing !== undefined)(`on ${engine}${because(missing)}`, () => {
    let lab: Lab;
    beforeAll(async () => {
      lab = await startLab(engine);
    });
    afterAll(() => lab?.close());
    const [waiting, others] = [true, undefined].map((among) =>
      solutions.filter(({ amongOthers }) => amongOthers === among),
    );
    for (const solution of waiting ?? [])
      solveOne(() => lab, solution, cannot(solution), test.concurrent);
    for (const solution of others ?? []) solveOne(() => lab, solution, cannot(solution), test);
  });
}

function solveOne(
  lab: () => Lab,
  solution: Solution,
  cannot: string | undefined,
  declare: typeof test | typeof test.concurrent,
): void {
  const { kind } = solution;
  const title = `${kind.name} is resolved and nothing else is touched${because(cannot)}`;
  (cannot === undefined ? declare : test.skip)(title, async () => {
    const fault = await kind.make(lab());
    try {
      expect(await fault.check()).toMatchObject({ gone: false, collateral: [] });
      const solved = await run(lab(), fault, solution);
      expectStory(solved, solution);
      expect(await fault.check()).toMatchObject(WELL);
      const { runbook } = fault;
      noteProven({ fault: kind.name, on: lab().engine, runbook, end: solved.outcome });
    } finally {
      await fault.undo();
    }
  });
}

const WELL: Partial<FaultCheck> = { gone: true, collateral: [], facts: { problem: null } };

async function run(lab: Lab, fault: MadeFault, { answers }: Solution): Promise<Solved> {
  const { database_url: url = '', ...others } = fault.inputs;
  const operator = new Operator({ DATABASE_URL: url });
  const inputs = Object.entries(others).flatMap(([name, value]) => ['--input', `${name}=${value}`]);
  const byHand = (name: string) => async () => {
    const step = fault.byHand.find((each) => each.name === name);
    if (step === undefined) throw new Error(`nobody can ${name}`);
    await step.do();
  };
  const args = ['run', fault.runbook, ...inputs];
  try {
    return await solve(operator, args, answers({ lab, fault, byHand }), fault.surroundings);
  } finally {
    await operator.goHome();
  }
}

function expectStory(solved: Solved, { path, findings }: Solution): void {
  expect(solved, solved.printed).toMatchObject({ code: 0, outcome: 'resolved', path });
  const missing = findings.filter((text) => !solved.findings.some((said) => matches(said, text)));
  expect(missing, solved.findings.join('\n')).toEqual([]);
}

function matches(said: string, text: string | RegExp): boolean {
  return typeof text === 'string' ? said.includes(text) : text.test(said);
}
