import { nodeAt } from '#runbook/yaml/document.ts';
import type { LocatedNode } from '#runbook/yaml/located.ts';
import { textAt } from './outline.ts';

const TARGETS: readonly (readonly [key: string, words: string])[] = [
  ['database', 'a database'],
  ['local', 'this machine'],
  ['ssh', 'a machine, over ssh'],
  ['docker', 'a container'],
  ['kubernetes', 'a pod'],
];

/** Returns what a target is, in a few words. */
export function kindOfTarget(target: LocatedNode): string | undefined {
  const engine = textAt(target, ['engine']);
  const words = TARGETS.find(([key]) => nodeAt(target, [key]) !== undefined)?.[1];
  return engine === undefined ? words : `${words ?? 'a database'} (${engine})`;
}

/** Returns the description of an input as written. */
export function descriptionOf(input: LocatedNode): string | undefined {
  return textAt(input, ['description']);
}
