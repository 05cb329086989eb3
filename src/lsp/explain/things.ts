import { kindOf } from '#runbook/schema/step-document.ts';
import type { LocatedNode } from '#runbook/yaml/located.ts';
import { type Library, readDraft } from '../document.ts';
import { definitionsOf, stepsOf, textAt } from '../outline.ts';
import { inputsOf } from '../scope.ts';
import { kindOfTarget } from '../wording.ts';

/** Explains a step: its title, its reason and its effect. */
export function stepText(id: string, root: LocatedNode): string | undefined {
  const step = stepsOf(root).find((one) => one.id === id);
  if (step === undefined) return undefined;
  const { node, branchOf } = step;
  const kind = kindOf(node);
  const effect = textAt(node, ['effect']);
  const facts = [
    kind ?? 'step',
    ...(effect === undefined ? [] : [`effect: ${effect}`]),
    ...(branchOf === undefined ? [] : [`a branch of ${branchOf}`]),
  ];
  return paragraphs(
    `**${textAt(node, ['title']) ?? id}** (\`${id}\`, ${facts.join(', ')})`,
    textAt(node, ['why']),
  );
}

/** Explains an input: its type, its default, and what the operator is told about it. */
export function inputText(name: string, root: LocatedNode): string | undefined {
  const input = inputsOf(root).find((one) => one.name === name);
  if (input === undefined) return undefined;
  const { type, required, default: value, secret, env, description } = input;
  const facts = [
    type,
    ...(secret ? ['secret'] : []),
    ...(value === null ? [required ? 'required' : 'optional'] : [`default: ${String(value)}`]),
    ...(env === undefined ? [] : [`from \`${env}\``]),
  ];
  return paragraphs(`input \`${name}\`: ${facts.join(', ')}`, description);
}

/** Explains a target: what it is, and its address as written. */
export function targetText(name: string, root: LocatedNode): string | undefined {
  const target = definitionsOf(root, 'targets').get(name)?.value;
  if (target === undefined) return undefined;
  const address = ['database', 'ssh', 'docker'].map((key) => textAt(target, [key])).find(Boolean);
  return paragraphs(
    `target \`${name}\`: ${kindOfTarget(target) ?? 'not defined yet'}`,
    address && `\`${address}\``,
  );
}

/** Explains another runbook: its title, its summary and its inputs. */
export function runbookText(name: string, library: Library): string | undefined {
  const source = library.source(name);
  if (source === undefined) return undefined;
  const { root } = readDraft(source);
  const inputs = inputsOf(root).map((input) => `\`${input.name}\``);
  return paragraphs(
    `**${textAt(root, ['title']) ?? name}** (runbook \`${name}\`)`,
    textAt(root, ['summary']),
    inputs.length === 0 ? undefined : `Inputs: ${inputs.join(', ')}`,
  );
}

/** Explains an input of another runbook. */
export function inputOfRunbook(name: string, input: string, library: Library): string | undefined {
  const { root } = readDraft(library.source(name) ?? { file: name, text: '' });
  return root && inputText(input, root);
}

function paragraphs(...texts: readonly (string | undefined)[]): string {
  return texts.filter((text) => text !== undefined && text !== '').join('\n\n');
}
