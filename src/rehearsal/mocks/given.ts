import type { Visit } from '#machine/context.ts';
import type { Execute } from '#machine/effect.ts';
import type { Case, MockedPart, MockedResult } from '../cases/case.ts';

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

  /** Returns how an execution of the step that is visited ends. */
  take(execute: Pick<Execute, 'step' | 'part'>, visit: Visit): MockedResult | MissingResult {
    const { step, part } = execute;
    return part === 'recheck' && this.#steps.get(step)?.parts.recheck === undefined
      ? this.#readAgain(step, visit)
      : this.#next(step, part);
  }

  /** Rows that were too old are what the preview finds next; all others are still the same. */
  #readAgain(step: string, { preview, confirmed }: Visit): MockedResult | MissingResult {
    const next = confirmed?.isStale === true ? this.#next(step, 'preview') : undefined;
    if (next !== undefined && !('missing' in next)) return next;
    const { columns = [], rows = [], row_count = 0 } = preview ?? {};
    const result = { columns, rows, row_count };
    const span = this.#steps.get(step)?.span ?? { start: 0, end: 0 };
    return { span, status: 'succeeded', result, error: undefined, takesMs: 0, optional: true };
  }

  #next(step: string, part: string): MockedResult | MissingResult {
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
