import { placedSteps } from '#machine/placed-step.ts';
import type { Runbook } from '#runbook/model/runbook.ts';
import type { Source } from '#runbook/yaml/source.ts';

/** The text of a runbook that runs as a step. */
export type ChildSource = { readonly name: string; readonly source: Source };

/** Returns the texts of all runbooks that run as steps, each once. */
export function childRunbooks(runbook: Runbook): readonly ChildSource[] {
  const byName = new Map<string, ChildSource>();
  for (const { does } of placedSteps(runbook).values())
    if (does.kind === 'runbook') {
      const { name, source } = does.runbook;
      byName.set(name, { name, source });
    }
  return [...byName.values()];
}
