import { literalSecrets, literalWarnings } from '../checks/literal-secrets.ts';
import { type Diagnostic, errorAt, hasError, uniqueDiagnostics } from '../diagnostic.ts';
import { ENGINES } from '../model/engines.ts';
import { readStepDocument } from '../schema/step-document.ts';
import type { LocatedNode, LocatedScalar } from '../yaml/located.ts';
import { readYaml } from '../yaml/located.ts';
import type { Source, Span } from '../yaml/source.ts';
import { stepWithChoices } from './choices.ts';
import {
  type Fragment,
  isLibrary,
  type Library,
  type Parameter,
  type ParameterType,
  readLibrary,
  type Template,
} from './library.ts';
import { NodeExpander } from './node-expander.ts';
import type { Binding } from './parameters.ts';

/** Returns whether a source is a library file and not a runbook. */
export function isLibrarySource(source: Source): boolean {
  const { node } = readYaml(source);
  return node !== undefined && isLibrary(node);
}

/**
 * Checks a library file by itself: its names, its parameters, and its steps with examples for their
 * parameters. What only a runbook knows, such as inputs and other steps, is checked in each runbook.
 */
export function checkLibrary(source: Source): readonly Diagnostic[] {
  const { node, problems: syntax } = readYaml(source);
  if (node === undefined) return syntax;
  const problems: Diagnostic[] = [];
  const library = readLibrary(source, node, problems);
  if (hasError(problems)) return uniqueDiagnostics(problems);
  for (const fragment of ownOf(library.fragments)) checkFragment(fragment, library, problems);
  for (const template of ownOf(library.templates)) checkTemplate(template, library, problems);
  problems.push(...literalWarnings(literalSecrets(node)));
  return uniqueDiagnostics(problems);
}

function ownOf<T extends Fragment | Template>(all: ReadonlyMap<string, T>): readonly T[] {
  return [...all.values()].filter(({ file }) => file === undefined);
}

function checkFragment(fragment: Fragment, library: Library, problems: Diagnostic[]): void {
  const { texts } = new NodeExpander(library, problems);
  const scope = examplesOf(fragment.parameters);
  const within = [fragment.name];
  for (const [name, text] of Object.entries(fragment.texts)) {
    const engine = ENGINES.find((one) => one === name);
    const engines = engine === undefined ? texts.enginesOf(text, { scope }) : [];
    const all = [...engines].length === 0 ? [engine] : [...engines];
    for (const each of all) texts.expand(text, { scope, engine: each, within });
  }
  reportUnused(fragment, scope, texts.bound, problems);
}

function checkTemplate(template: Template, library: Library, problems: Diagnostic[]): void {
  const expander = new NodeExpander(library, problems);
  const scope = examplesOf(template.parameters);
  const id = example('id', 'step', template.span);
  const around = {
    scope: scope.has('id') ? scope : new Map([...scope, ['id', id] as const]),
    engine: undefined,
    within: [`use ${template.name}`],
  };
  const kinds = template.kind === 'clauses' ? (['clauses'] as const) : (['step', 'steps'] as const);
  const items = expander.items(template.items, kinds, around);
  reportUnused(template, scope, expander.texts.bound, problems);
  if (template.kind !== 'clauses' && !hasError(problems))
    for (const item of items)
      readStepDocument(stepWithChoices(withId(item, template, id), problems), problems);
}

/** The ID of a single step is usually given by the runbook. */
function withId(item: LocatedNode, { kind }: Template, id: Binding): LocatedNode {
  if (kind !== 'step' || item.kind !== 'mapping' || item.entries.has('id')) return item;
  const entries = new Map([['id', { key: id.node.span, value: id.node }], ...item.entries]);
  return { ...item, entries };
}

function reportUnused(
  { parameters }: Fragment | Template,
  scope: ReadonlyMap<string, Binding>,
  bound: ReadonlySet<Binding>,
  problems: Diagnostic[],
): void {
  for (const { name, span } of parameters) {
    const binding = scope.get(name);
    if (binding !== undefined && bound.has(binding)) continue;
    const message = `the parameter "${name}" is not used`;
    problems.push(errorAt('wrong-parameter', span, message, `write @{${name}} where it goes`));
  }
}

function examplesOf(parameters: readonly Parameter[]): ReadonlyMap<string, Binding> {
  return new Map(
    parameters.map((one): readonly [string, Binding] => [
      one.name,
      one.default === undefined
        ? example(one.name, one.type, one.span)
        : { node: one.default, scope: new Map(), within: [] },
    ]),
  );
}

function example(name: string, type: ParameterType, span: Span): Binding {
  return { node: exampleNode(name, type, span), scope: new Map(), within: [] };
}

function exampleNode(name: string, type: ParameterType, span: Span): LocatedNode {
  const scalar = (value: LocatedScalar['value']): LocatedScalar => ({
    ...{ kind: 'scalar', span, value, text: String(value) },
    offsets: () => span.start,
  });
  switch (type) {
    case 'number':
      return scalar(1);
    case 'boolean':
      return scalar(true);
    case 'duration':
      return scalar('1s');
    case 'condition':
      return scalar('true');
    case 'list':
      return { kind: 'sequence', span, items: [] };
    case 'mapping':
      return { kind: 'mapping', span, entries: new Map() };
    default:
      return scalar(name);
  }
}
