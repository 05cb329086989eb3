import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LabEngine } from '#lab/engines.ts';
import type { MadeFault } from '#lab/fault.ts';
import { changedUrl } from '#lab/setup/changed-url.ts';
import { missingEngine, startLab } from '#lab/setup/engine.ts';
import type { Lab } from '#lab/setup/lab.ts';
import { because } from '../support/because.ts';
import { faultKind } from '../support/fault-kind.ts';
import { noteProven } from '../support/proven.ts';
import { newOperator } from './operator.ts';
import { type Answers, type Solved, solve } from './solve-fault.ts';

/** How a fault of the shop's login is meant to be solved. */
export type Way = {
  readonly fault: string;
  /** What the operator does; `made` has the steps by hand and the URL the application has by then. */
  answers(made: MadeFault): Answers;
  /** The steps the run comes to, the last one included; `...` stands for any others. */
  readonly path: readonly string[];
  /** Parts of findings that have to be among them. */
  readonly findings: readonly RegExp[];
  /** @default resolved */
  readonly outcome?: string;
  readonly summary?: RegExp;
  /** Inputs that are not the fault's own; `undefined` leaves one out. */
  readonly inputs?: Readonly<Record<string, string | undefined>>;
  /** Parameters that the application's URL has besides those of the fault's inputs. */
  readonly url?: Readonly<Record<string, string>>;
};

/** Does what a person does outside of the engine, by its name. */
export function byHand(made: MadeFault, name: string): () => Promise<void> {
  const found = made.byHand.find((it) => it.name === name);
  if (found === undefined) throw new Error(`nobody can ${name} here`);
  return () => found.do();
}

/** Tests that every way is gone by the built command, on one server of the engine. */
export async function testWays(engine: LabEngine, ways: readonly Way[]): Promise<void> {
  const missing = await missingEngine(engine);
  describe.skipIf(missing !== undefined)(`on ${engine}${because(missing)}`, () => {
    let lab: Lab;
    beforeAll(async () => {
      lab = await startLab(engine);
    });
    afterAll(() => lab?.close());

    test.for(ways)('$fault: $path', async (way) => {
      const made = await faultKind(way.fault).make(lab);
      try {
        expect(await made.check()).toMatchObject({ gone: false, collateral: [] });
        const solved = await solveFault(made, way);
        expect(solved.outcome, solved.printed).toBe(way.outcome ?? 'resolved');
        expectPath(solved.path, way.path);
        for (const finding of way.findings)
          expect(solved.findings).toContainEqual(expect.stringMatching(finding));
        if (way.summary !== undefined) expect(solved.summary).toMatch(way.summary);
        expect(await made.check()).toMatchObject({
          gone: (way.outcome ?? 'resolved') === 'resolved',
          collateral: [],
        });
        const { runbook } = made;
        noteProven({ fault: way.fault, on: engine, runbook, end: solved.outcome });
      } finally {
        await made.undo();
      }
      const session = await lab.open();
      await session.ask('SELECT count(*) FROM product');
      await session.end();
    });
  });
}

async function solveFault(made: MadeFault, way: Way): Promise<Solved> {
  const inputs = { ...made.inputs, ...way.inputs };
  const { database_url = '', admin_url, ...others } = inputs;
  const operator = newOperator({
    DATABASE_URL: changedUrl(database_url, { parameters: way.url ?? {} }),
    ...(admin_url !== undefined && { ADMIN_DATABASE_URL: admin_url }),
  });
  const given = Object.entries(others).flatMap(([name, value]) =>
    value === undefined ? [] : ['--input', `${name}=${value}`],
  );
  return solve(operator, ['run', made.runbook, ...given], way.answers(made), made.surroundings);
}

function expectPath(path: readonly string[], expected: readonly string[]): void {
  const [first, ...rest] = expected;
  if (first === '...') expect(path.slice(-rest.length)).toEqual(rest);
  else expect(path).toEqual(expected);
}
