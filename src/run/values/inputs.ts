import { usageError } from '#errors.ts';
import { parseInput } from '#runbook/model/input-text.ts';
import type { InputDefinition } from '#runbook/model/runbook.ts';
import type { Value } from '#runbook/model/value.ts';
import { didYouMean } from '#text/suggest.ts';

/** The values a run starts with, by input name. */
export type InputValues = Readonly<Record<string, Value>>;

/** The sources of values, in order of precedence: given texts, the environment, the default. */
export type InputSources = {
  /** Texts by input name, from the command line or typed in. */
  readonly given: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string | undefined>>;
};

/** Returns the required inputs without a value in any source. */
export function missingInputs(
  definitions: readonly InputDefinition[],
  sources: InputSources,
): readonly InputDefinition[] {
  return definitions.filter(
    (definition) =>
      definition.required &&
      textOf(definition, sources) === undefined &&
      definition.default === null,
  );
}

/**
 * Returns every input's value; throws a usage error for unknown names and texts of the wrong type.
 */
export function inputValues(
  definitions: readonly InputDefinition[],
  sources: InputSources,
): InputValues {
  const known = definitions.map(({ name }) => name);
  for (const name of Object.keys(sources.given))
    if (!known.includes(name))
      throw usageError(`the runbook has no input "${name}"`, didYouMean(name, known));
  return Object.fromEntries(
    definitions.map((definition) => {
      const text = textOf(definition, sources);
      if (text === undefined) return [definition.name, definition.default] as const;
      const isGiven = sources.given[definition.name] !== undefined;
      const value = parseInput(definition, text, isGiven ? undefined : definition.env);
      return [definition.name, value] as const;
    }),
  );
}

function textOf(definition: InputDefinition, sources: InputSources): string | undefined {
  const given = sources.given[definition.name];
  if (given !== undefined) return given;
  const fromEnv = definition.env === undefined ? undefined : sources.env[definition.env];
  return fromEnv === '' ? undefined : fromEnv;
}
