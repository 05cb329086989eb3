import type { RunView } from './run-view.ts';

/** Returns the prerequisites that no step checks, which the operator must know. */
export function uncheckedPrerequisites(view: RunView): readonly string[] {
  const checked = view.steps.filter(({ id }) => /^prerequisite-\d+$/.test(id));
  const texts = new Set(checked.map(({ title }) => title));
  return (view.prerequisites ?? []).filter((text) => !texts.has(text));
}
