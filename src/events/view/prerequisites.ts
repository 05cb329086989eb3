import type { RunView } from './run-view.ts';

/** Returns what has to be there and no step checks: whoever starts the run has to know it. */
export function uncheckedPrerequisites(view: RunView): readonly string[] {
  const checked = view.steps.filter(({ id }) => /^prerequisite-\d+$/.test(id));
  const texts = new Set(checked.map(({ title }) => title));
  return (view.prerequisites ?? []).filter((text) => !texts.has(text));
}
