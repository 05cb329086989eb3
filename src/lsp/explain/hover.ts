import { ERROR_MEANINGS } from '#runbook/model/error-meanings.ts';
import type { ErrorKind } from '#runbook/model/step-error.ts';
import { kindOf } from '#runbook/schema/step-document.ts';
import type { LocatedNode } from '#runbook/yaml/located.ts';
import type { Span } from '#runbook/yaml/source.ts';
import { typeOfLast, valuesFor, withMacros } from '../complete/receiver.ts';
import { type Document, definedFor, type Library, readDraft, type Trees } from '../document.ts';
import { FUNCTIONS } from '../functions.ts';
import { type Found, foundAt } from '../names/name-at.ts';
import { definitionsOf, stepsOf, textAt } from '../outline.ts';
import { descriptionsAt, type JsonSchema, schemasAt, summaryOf } from '../schema.ts';
import { inputsOf, namesAt } from '../scope.ts';
import { typeText } from '../type-text.ts';
import { kindOfTarget } from '../wording.ts';
import { fragmentText, templateText } from './definitions.ts';

/** An explanation in Markdown, and the place that it explains. */
export type Explanation = { readonly markdown: string; readonly span: Span };

/** Explains what stands at an offset of a runbook, or of another document with a schema. */
export function explain(
  document: Document,
  offset: number,
  schema: JsonSchema,
  library: Library,
): Explanation | undefined {
  const { root, whole } = document;
  const found = foundAt(document, offset);
  if (root === undefined || whole === undefined || found === undefined) return undefined;
  const markdown = textFor(found, { ...document, root, whole }, schema, library);
  return markdown === undefined ? undefined : { markdown, span: found.span };
}

function textFor(
  found: Found,
  document: Document & Trees,
  schema: JsonSchema,
  library: Library,
): string | undefined {
  const { root, whole } = document;
  switch (found.kind) {
    case 'key':
      return keyText(found, root, schema);
    case 'value':
      return valueText(found, root, schema);
    case 'runbook':
      return found.input === undefined
        ? runbookText(found.name, library)
        : inputOfRunbook(found.name, found.input, library);
    case 'named': {
      const { kind, name } = found.named;
      if (kind === 'step') return stepText(name, whole);
      return kind === 'input' ? inputText(name, root) : targetText(name, root);
    }
    case 'text': {
      const names = withMacros(found.before, namesAt(document, found.path, found.before, library));
      return valuesFor(found.before, names).includes(found.text)
        ? errorText(found.text)
        : undefined;
    }
    case 'name':
      return nameText(found, document, library);
    case 'definition':
      return definitionText(found, document);
  }
}

function keyText({ path }: Found, root: LocatedNode, schema: JsonSchema): string | undefined {
  const descriptions = descriptionsAt(schema, root, path);
  const types = [...new Set(schemasAt(schema, root, path).map(summaryOf))];
  if (descriptions.length === 0 && types.length === 0) return undefined;
  return [`\`${String(path.at(-1))}\`: ${types.join(' or ')}`, ...descriptions].join('\n\n');
}

function valueText(
  { path, text }: Extract<Found, { readonly kind: 'value' }>,
  root: LocatedNode,
  schema: JsonSchema,
): string | undefined {
  const values = schemasAt(schema, root, path).flatMap((one) => one.enum ?? []);
  if (!values.includes(text)) return undefined;
  return (
    errorText(text) ?? keyText({ path, kind: 'key', span: { start: 0, end: 0 } }, root, schema)
  );
}

function definitionText(
  { of, name }: Extract<Found, { readonly kind: 'definition' }>,
  document: Document,
): string | undefined {
  const defined = definedFor(document);
  const fragment = of === 'fragment' ? defined?.fragments.get(name) : undefined;
  if (fragment !== undefined) return fragmentText(fragment);
  const template = of === 'template' ? defined?.templates.get(name) : undefined;
  return template && templateText(template);
}

function errorText(kind: string): string | undefined {
  if (!Object.hasOwn(ERROR_MEANINGS, kind)) return undefined;
  return `\`${kind}\`: ${ERROR_MEANINGS[kind as ErrorKind]}`;
}

function nameText(
  { value, before, path }: Extract<Found, { readonly kind: 'name' }>,
  trees: Trees,
  library: Library,
): string | undefined {
  const name = /\w+$/.exec(value)?.[0] ?? value;
  const names = withMacros(before, namesAt(trees, path, before + value, library));
  const isMethod = value !== name;
  const type = typeOfLast(value, names);
  const isKnown = isMethod || Object.hasOwn(names, name);
  const called = FUNCTIONS.find((one) => one.name === name && (one.of !== undefined) === isMethod);
  if (called !== undefined && type.kind === 'any')
    return `\`${called.signature}\`\n\n${called.meaning}`;
  return isKnown ? `\`${value}\`: ${typeText(type)}` : undefined;
}

/** Explains a step: its title, its reason and its effect. */
function stepText(id: string, root: LocatedNode): string | undefined {
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
function inputText(name: string, root: LocatedNode): string | undefined {
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
function targetText(name: string, root: LocatedNode): string | undefined {
  const target = definitionsOf(root, 'targets').get(name)?.value;
  if (target === undefined) return undefined;
  const address = ['database', 'ssh', 'docker'].map((key) => textAt(target, [key])).find(Boolean);
  return paragraphs(
    `target \`${name}\`: ${kindOfTarget(target) ?? 'not defined yet'}`,
    address && `\`${address}\``,
  );
}

/** Explains another runbook: its title, its summary and its inputs. */
function runbookText(name: string, library: Library): string | undefined {
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
function inputOfRunbook(name: string, input: string, library: Library): string | undefined {
  const { root } = readDraft(library.source(name) ?? { file: name, text: '' });
  return root && inputText(input, root);
}

function paragraphs(...texts: readonly (string | undefined)[]): string {
  return texts.filter((text) => text !== undefined && text !== '').join('\n\n');
}
