import { advance, type MachineSnapshot } from './advance.ts';
import { allTargets } from './context/frames.ts';
import type { TargetFacts } from './context.ts';

/** Returns a snapshot with the current server of every target. */
export function knowingServers(
  snapshot: MachineSnapshot,
  now: Readonly<Record<string, TargetFacts>>,
): MachineSnapshot {
  return Object.values(allTargets(snapshot.context)).reduce((known, { name, server }) => {
    const facts = now[name];
    if (facts === undefined || facts.server === server) return known;
    return advance(known, { type: 'CONNECTED', target: name, facts }).snapshot;
  }, snapshot);
}
