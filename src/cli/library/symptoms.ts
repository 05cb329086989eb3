import type { RunbookSymptoms } from '#match/symptoms.ts';
import type { Symptom } from '#runbook/model/runbook.ts';
import { type LocatedNode, readYaml } from '#runbook/yaml/located.ts';
import { findRunbooks, readSource } from './find-runbook.ts';

/**
 * Returns every runbook with its symptoms. Reads nothing else of a runbook: during an incident
 * there is no time to load all of them, or to fail because of a broken one.
 */
export function readLibrarySymptoms(dirs: readonly string[]): readonly RunbookSymptoms[] {
  return findRunbooks(dirs).map(({ name, file }) => {
    const list = entryOf(nodeOf(file), 'symptoms');
    const nodes = list?.kind === 'sequence' ? list.items : [];
    return { runbook: name, symptoms: nodes.flatMap(symptomOf) };
  });
}

function nodeOf(file: string): LocatedNode | undefined {
  try {
    return readYaml(readSource(file)).node;
  } catch {
    return undefined;
  }
}

function symptomOf(node: LocatedNode): readonly Symptom[] {
  const text = textOf(node);
  if (text !== undefined) return [{ text }];
  const pattern = textOf(entryOf(node, 'pattern'));
  return pattern === undefined ? [] : [{ pattern }];
}

function entryOf(node: LocatedNode | undefined, key: string): LocatedNode | undefined {
  return node?.kind === 'mapping' ? node.entries.get(key)?.value : undefined;
}

function textOf(node: LocatedNode | undefined): string | undefined {
  return node?.kind === 'scalar' && typeof node.value === 'string' ? node.value : undefined;
}
