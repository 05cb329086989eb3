import { type ChildTexts, openInputs } from '#run/values/child-inputs.ts';
import { withInnerRunbooks } from '#runbook/inner-runbooks.ts';
import type { Runbook } from '#runbook/model/runbook.ts';
import type { ConfiguredEnvironment } from '../config/value.ts';
import type { ConfiguredValues } from './configured-values.ts';
import { type PreparedRun, prepareRun } from './prepare-run.ts';

/** A prepared run with the runbooks that run as its steps. */
export type PreparedTree = PreparedRun & {
  /** Input texts of the inner runbooks. */
  readonly children: ChildTexts;
};

/**
 * Returns a runbook and those that run as its steps, each as it would be in the environment on its
 * own. Inputs that steps set in `with` take precedence over the environment, as `flags` do.
 */
export async function prepareTree(
  runbook: Runbook,
  environment: ConfiguredEnvironment,
  values: ConfiguredValues,
  flags: Readonly<Record<string, string>>,
): Promise<PreparedTree> {
  const own = await prepareRun(runbook, environment, values, flags);
  const inner: (PreparedRun & { readonly name: string })[] = [];
  for (const { runbook: child, inputs } of openInputs(runbook)) {
    const named = child.inputs.filter((input) => !inputs.includes(input));
    const flagged = Object.fromEntries(named.map(({ name }) => [name, '']));
    inner.push({ name: child.name, ...(await prepareRun(child, environment, values, flagged)) });
  }
  const all = [own, ...inner];
  return {
    runbook: withInnerRunbooks(
      own.runbook,
      new Map(inner.map((child) => [child.name, child.runbook])),
    ),
    given: own.given,
    children: new Map(inner.map(({ name, given }) => [name, given])),
    secrets: all.flatMap(({ secrets }) => secrets),
    warnings: [...new Set(all.flatMap(({ warnings }) => warnings))],
    failures: [...new Set(all.flatMap(({ failures }) => failures))],
  };
}
