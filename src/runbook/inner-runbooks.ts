import type { Runbook, RunbookStep, Step } from './model/runbook.ts';

/** Returns the runbooks used as steps of a runbook, at any depth, each once by name. */
export function innerRunbooks(runbook: Runbook): readonly Runbook[] {
  const found = new Map<string, Runbook>();
  for (const { runbook: inner } of calls(runbook.steps)) {
    found.set(inner.name, inner);
    for (const deeper of innerRunbooks(inner)) found.set(deeper.name, deeper);
  }
  return [...found.values()];
}

/** Returns a runbook with the runbooks used as its steps replaced, at any depth, by name. */
export function withInnerRunbooks(
  runbook: Runbook,
  replacements: ReadonlyMap<string, Runbook>,
): Runbook {
  const placed = new Map<string, Runbook>();
  const replaced = (inner: Runbook): Runbook => {
    const known = placed.get(inner.name);
    if (known !== undefined) return known;
    const own = replacements.get(inner.name) ?? inner;
    const whole = calls(own.steps).length === 0 ? own : { ...own, steps: own.steps.map(step) };
    placed.set(inner.name, whole);
    return whole;
  };
  const step = (one: Step): Step =>
    one.does.kind === 'runbook'
      ? { ...one, does: { ...one.does, runbook: replaced(one.does.runbook) } }
      : one;
  return calls(runbook.steps).length === 0
    ? runbook
    : { ...runbook, steps: runbook.steps.map(step) };
}

function calls(steps: readonly Step[]): readonly RunbookStep[] {
  return steps.flatMap(({ does }) => (does.kind === 'runbook' ? [does] : []));
}
