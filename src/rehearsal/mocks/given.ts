import type { Visit } from '#machine/context.ts';
import type { Execute } from '#machine/effect.ts';
import type { Case } from '../cases/case.ts';
import type { MockedPart, MockedResult } from './mocked.ts';

/** A result that the case does not give. */
export type MissingResult = {
  readonly missing: true;
  /** The number of executions of this part of the step, this one included. */
  readonly times: number;
  /** The results it has, all used up. */
  readonly part: MockedPart | undefined;
};

/** Supplies the results of a case, in the order the run requests them. */
export class Mocks {
  readonly #steps: Case['steps'];
  readonly #taken = new Map<MockedPart, number>();

  constructor(steps: Case['steps']) {
    this.#steps = steps;
  }

  /** Returns the result of an execution during this visit of the step. */
  take(execute: Pick<Execute, 'step' | 'part'>, visit: Visit): MockedResult | MissingResult {
    const { step, part } = execute;
    return part === 'recheck' && this.#steps.get(step)?.parts.recheck === undefined
      ? this.#readAgain(step, visit)
      : this.#next(step, part);
  }

  /**
   * A refreshed stale preview takes the preview's next result; otherwise the rows are unchanged.
   */
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

  /** Returns the required results that were not used, with their step and part. */
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
