// Stands for Vitest in the tests that a mutant is tried on: collects them, so that each can be run again and again.
import { expect, expectTypeOf, vi } from 'vitest';

export { expect, expectTypeOf, vi };

type Act = (...values: readonly unknown[]) => unknown;

/** A test with the hooks around it. */
export type CollectedTest = {
  readonly file: string;
  readonly name: string;
  /** Runs the hooks and the test, as if it were the only one. Rejects if it fails. */
  readonly run: () => Promise<void>;
};

type Suite = {
  readonly name: string;
  readonly parent: Suite | undefined;
  readonly before: Act[];
  readonly after: Act[];
};

/** The tests collected so far, in order. */
export const collected: CollectedTest[] = [];

let suite: Suite = newSuite('', undefined);
let atEnd: Act[] = [];

/** Starts to collect the tests of a file: nothing around them is left of the one before. */
export function collectFile(file: string): void {
  suite = newSuite(file, undefined);
}

function newSuite(name: string, parent: Suite | undefined): Suite {
  return { name, parent, before: [], after: [] };
}

/** Returns the suites around a place, the outermost first. */
function around(one: Suite | undefined): readonly Suite[] {
  return one === undefined ? [] : [...around(one.parent), one];
}

function collectSuite(name: string, act: Act): void {
  const outer = suite;
  suite = newSuite(name, outer);
  act();
  suite = outer;
}

function collectTest(name: string, act: Act): void {
  const suites = around(suite);
  const [file = suite] = suites;
  const names = suites.slice(1).map((one) => one.name);
  collected.push({
    file: file.name,
    name: [...names, name].join(' > '),
    run: () => runTest(act, suites),
  });
}

async function runTest(act: Act, suites: readonly Suite[]): Promise<void> {
  const atEndOfThis: Act[] = [];
  atEnd = atEndOfThis;
  const after = suites.toReversed().flatMap((one) => one.after.toReversed());
  try {
    for (const hook of suites.flatMap((one) => one.before)) {
      const cleanup = await hook(context);
      if (typeof cleanup === 'function') atEndOfThis.push(cleanup as Act);
    }
    await act(context);
  } finally {
    for (const hook of after) await hook(context);
    for (const hook of atEndOfThis.toReversed()) await hook(context);
  }
}

/** What a test gets as its last argument. */
const context = { expect, onTestFinished, task: { name: '' } };

type Collect = (name: string, act: Act) => void;

/** Adds what `test` and `describe` share to a function that collects one: the forms with options, cases and conditions. */
function collecting(collect: Collect, passesContext: boolean) {
  const one = (name: unknown, first: unknown, second?: unknown): void => {
    const act = [first, second].find((given) => typeof given === 'function');
    if (act !== undefined) collect(nameOf(name), act as Act);
  };
  const none = Object.assign(() => undefined, { each: () => () => undefined });
  const each =
    (cases: readonly unknown[], ...values: readonly unknown[]) =>
    (name: string, first: unknown, second?: unknown): void => {
      const act = [first, second].find((given) => typeof given === 'function') as Act;
      for (const [index, given] of casesOf(cases, values).entries())
        collect(`${name} #${index}`, () => (Array.isArray(given) ? act(...given) : act(given)));
    };
  const of = (cases: readonly unknown[]) => (name: string, first: unknown, second?: unknown) => {
    const act = [first, second].find((given) => typeof given === 'function') as Act;
    for (const [index, given] of cases.entries())
      collect(`${name} #${index}`, () => (passesContext ? act(given, context) : act(given)));
  };
  const all = Object.assign(one, { each, for: of });
  return Object.assign(all, {
    concurrent: all,
    sequential: all,
    only: all,
    skip: none,
    todo: none,
    skipIf: (isSkipped: unknown) => (isSkipped ? none : all),
    runIf: (isRun: unknown) => (isRun ? all : none),
  });
}

/** The cases of `each` may be a table in a template: its head names the columns, its values fill the rows. */
function casesOf(cases: readonly unknown[], values: readonly unknown[]): readonly unknown[] {
  if (!('raw' in cases)) return cases;
  const columns = String(cases[0])
    .trim()
    .split('|')
    .map((column) => column.trim());
  return Array.from({ length: values.length / columns.length }, (_, row) =>
    Object.fromEntries(
      columns.map((column, index) => [column, values[row * columns.length + index]]),
    ),
  );
}

function nameOf(name: unknown): string {
  return typeof name === 'function' ? name.name : String(name);
}

export const describe = collecting(collectSuite, false);
export const test = collecting(collectTest, true);
export const it = test;

// A test is run alone, so what precedes all tests of a suite precedes each.
export const beforeAll = (hook: Act): void => void suite.before.push(hook);
export const beforeEach = beforeAll;
export const afterAll = (hook: Act): void => void suite.after.push(hook);
export const afterEach = afterAll;

/** Calls a function when the running test has ended. */
export function onTestFinished(hook: Act): void {
  atEnd.push(hook);
}

export const onTestFailed = (): void => undefined;

const { waitFor } = vi;

/** Sets how long a test waits at least for something that has to come, in milliseconds. */
export function setPatience(ms: number): void {
  vi.waitFor = (callback, options = {}) => {
    const { timeout = 0, ...others } = typeof options === 'number' ? { timeout: options } : options;
    return waitFor(callback, { ...others, timeout: Math.max(timeout, ms) });
  };
}
