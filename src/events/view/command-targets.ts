import type { RunView } from './run-view.ts';

/**
 * Returns the targets for an ad-hoc command, that of the current step first; none for a run of a team,
 * which takes no such commands.
 */
export function commandTargets(view: RunView): readonly string[] {
  if (view.ofTeam) return [];
  const names = Object.keys(view.targets);
  const step = view.steps.find(({ id }) => id === view.current);
  const where = view.awaited?.action?.where ?? step?.executions.at(-1)?.action.where ?? '';
  const own = names.find((name) => where === name || where.startsWith(`${name} · `));
  return own === undefined ? names : [own, ...names.filter((name) => name !== own)];
}
