import { messageOf } from '#errors.ts';
import { DEFAULT_SEVERITY } from '#runbook/model/terms.ts';
import { type LocatedNode, readYaml } from '#runbook/yaml/located.ts';
import type { Source } from '#runbook/yaml/source.ts';
import type { ListedRunbook } from '#ui/start-page/page.ts';
import { sayBrokenConfigs } from '../config/broken.ts';
import { configuredFolders } from '../config/configuration.ts';
import { readSource } from '../library/find-runbook.ts';
import { type PlacedRunbook, placedRunbooks } from '../library/placed-runbooks.ts';

/** Returns every runbook that can be found here. */
export function placedHere(): readonly PlacedRunbook[] {
  sayBrokenConfigs();
  return placedRunbooks([], configuredFolders());
}

/** Returns the list of the start page; a runbook is validated when it is opened. */
export function listedRunbooks(placed: readonly PlacedRunbook[]): readonly ListedRunbook[] {
  return placed.map(({ name, file }) => {
    try {
      return listed(name, readSource(file));
    } catch (error) {
      return broken(name, messageOf(error));
    }
  });
}

/**
 * Steps are most of a runbook, and the list does not use them: they are only parsed if they come
 * first.
 */
const STEPS = /^steps:/m;

function listed(name: string, source: Source): ListedRunbook {
  const head = readYaml({ ...source, text: source.text.split(STEPS, 1)[0] ?? '' });
  const { node, problems } = entry(head.node, 'summary') === undefined ? readYaml(source) : head;
  const title = textOf(entry(node, 'title'));
  if (title === undefined) return broken(name, problems[0]?.message ?? 'it has no title');
  const symptoms = entry(node, 'symptoms');
  return {
    ...{ name, title },
    severity: textOf(entry(node, 'severity')) ?? DEFAULT_SEVERITY,
    summary: textOf(entry(node, 'summary')) ?? '',
    symptoms: symptoms?.kind === 'sequence' ? symptoms.items.flatMap(symptomText) : [],
  };
}

function broken(name: string, problem: string): ListedRunbook {
  const summary = `broken: ${problem}`;
  return { name, title: name, severity: '-', summary, symptoms: [] };
}

function symptomText(node: LocatedNode): readonly string[] {
  return [textOf(node) ?? textOf(entry(node, 'pattern')) ?? []].flat();
}

function entry(node: LocatedNode | undefined, key: string): LocatedNode | undefined {
  return node?.kind === 'mapping' ? node.entries.get(key)?.value : undefined;
}

function textOf(node: LocatedNode | undefined): string | undefined {
  return node?.kind === 'scalar' ? node.text : undefined;
}
