import type { Execute } from '../machine/effect.ts';
import type { Case, MockedPart, MockedResult } from './case.ts';

/** A result that a case does not have. */
export type MissingResult = {
  readonly missing: true;
  /** How often this part of the step has been executed, this time included. */
  readonly times: number;
  /** What there is for it, all used up. */
  readonly part: MockedPart | undefined;
};

/** Hands the results of a case out, in the order the run asks for them. */
export class Mocks {
  readonly #steps: Case['steps'];
  readonly #taken = new Map<MockedPart, number>();

  constructor(steps: Case['steps']) {
    this.#steps = steps;
  }

  /** Returns how an execution ends. */
  take({ step, part }: Pick<Execute, 'step' | 'part'>): MockedResult | MissingResult {
    const mocked = this.#steps.get(step)?.parts[part];
    if (mocked === undefined) return { missing: true, times: 1, part: undefined };
    const before = this.#taken.get(mocked) ?? 0;
    this.#taken.set(mocked, before + 1);
    const result = mocked.results[mocked.every ? 0 : before];
    return result ?? { missing: true, times: before + 1, part: mocked };
  }

  /** Returns the results that have to be used and were not, with the step and part they are for. */
  unused(): readonly {
    readonly step: string;
    readonly part: string;
    readonly result: MockedResult;
  }[] {
    return [...this.#steps].flatMap(([step, { parts }]) =>
      Object.entries(parts).flatMap(([part, mocked]) =>
        mocked.shared
          ? []
          : mocked.results
              .slice(this.#taken.get(mocked) ?? 0)
              .filter(({ optional }) => !optional)
              .map((result) => ({ step, part, result })),
      ),
    );
  }
}
