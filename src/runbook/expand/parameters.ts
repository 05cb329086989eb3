import { parseDuration } from '#text/duration.ts';
import { didYouMean } from '#text/suggest.ts';
import { type Diagnostic, errorAt } from '../diagnostic.ts';
import type { LocatedNode } from '../yaml/located.ts';
import type { Span } from '../yaml/source.ts';
import { insertionsIn } from './insertions.ts';
import type { Parameter, ParameterType } from './library.ts';

/**
 * The meaning of a parameter: a node, the meanings of the parameters in it, and the fragments and
 * templates it was written in.
 */
export type Binding = {
  readonly node: LocatedNode;
  readonly scope: Scope;
  readonly within: readonly string[];
};

/** The meanings of the parameters of a fragment or a template, by name. */
export type Scope = ReadonlyMap<string, Binding>;

/** The scope of a runbook's own text, which has no parameters. */
export const NO_PARAMETERS: Scope = new Map();

/** A value given for a parameter. */
export type Given = { readonly name: string; readonly key: Span; readonly binding: Binding };

/**
 * Binds what a use gives to the parameters of what it uses; reports the missing, the unknown and the
 * ones of another type. `at` is the place of the use.
 */
export function bindParameters(
  user: { readonly what: string; readonly at: Span },
  parameters: readonly Parameter[],
  given: readonly Given[],
  problems: Diagnostic[],
): Scope {
  const scope = new Map<string, Binding>();
  for (const { name, key, binding } of given) {
    const parameter = parameters.find((one) => one.name === name);
    if (parameter === undefined) problems.push(unknownParameter(user.what, name, key, parameters));
    else {
      scope.set(name, binding);
      const wrong = typeProblem(parameter.type, binding);
      if (wrong !== undefined)
        problems.push(
          errorAt(
            'wrong-parameter',
            binding.node.span,
            `${name} of ${user.what} is ${wrong}`,
            EXPECTED[parameter.type],
          ),
        );
    }
  }
  for (const parameter of parameters) {
    if (scope.has(parameter.name)) continue;
    if (parameter.default !== undefined)
      scope.set(parameter.name, { node: parameter.default, scope: NO_PARAMETERS, within: [] });
    else {
      const message = `${user.what} needs "${parameter.name}"`;
      problems.push(errorAt('wrong-parameter', user.at, message, EXPECTED[parameter.type]));
      // It is bound nevertheless, so that its uses in the library file are not reported as well.
      scope.set(parameter.name, { node: emptyText(user.at), scope: NO_PARAMETERS, within: [] });
    }
  }
  return scope;
}

function emptyText(span: Span): LocatedNode {
  return { kind: 'scalar', span, value: '', text: '', offsets: () => span.start };
}

function unknownParameter(
  what: string,
  name: string,
  span: Span,
  parameters: readonly Parameter[],
): Diagnostic {
  const names = parameters.map((one) => one.name);
  const hint = names.length === 0 ? 'it has no parameters' : didYouMean(name, names);
  return errorAt('wrong-parameter', span, `${what} has no parameter "${name}"`, hint);
}

/** The hints about the types of parameters. */
export const EXPECTED: Readonly<Record<ParameterType, string>> = {
  text: 'a text',
  number: 'a number without quotes',
  boolean: 'true or false without quotes',
  duration: 'a duration: 500ms, 10s, 5m or 1h',
  condition: 'a condition, e.g. result.row.used >= 20',
  step: 'the ID of a step',
  list: 'a list',
  mapping: 'a mapping',
};

/** Returns what is wrong with a value; a value with insertions is only known where it ends up. */
function typeProblem(type: ParameterType, { node }: Binding): string | undefined {
  if (node.kind === 'scalar' && isInsertion(node.text)) return undefined;
  if (type === 'list') return node.kind === 'sequence' ? undefined : 'not a list';
  if (type === 'mapping') return node.kind === 'mapping' ? undefined : 'not a mapping';
  if (node.kind !== 'scalar') return node.kind === 'sequence' ? 'a list' : 'a mapping';
  return fits[type](node.value, node.text) ? undefined : `"${node.text}"`;
}

function isInsertion(text: string): boolean {
  return insertionsIn({ text, offsets: (at) => at }).insertions.length > 0;
}

const fits: Readonly<
  Record<Exclude<ParameterType, 'list' | 'mapping'>, (value: unknown, text: string) => boolean>
> = {
  text: (value) => value !== null,
  number: (value) => typeof value === 'number',
  boolean: (value) => typeof value === 'boolean',
  duration: (_, text) => parseDuration(text) !== undefined || text.includes('${{'),
  condition: (value) => value !== null && typeof value !== 'number',
  step: (_, text) => /^[a-z][a-z0-9_-]*$/.test(text),
};
