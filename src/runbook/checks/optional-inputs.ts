import type { Diagnostic } from '../diagnostic.ts';
import type { NameUse } from '../expression/names-read.ts';
import { CHANGING_KINDS } from '../kinds/action-kinds.ts';
import type { InputDefinition } from '../model/runbook.ts';
import type { PlacedUse } from '../read/part-reader.ts';
import type { Source } from '../yaml/source.ts';

/** Parts of a step that do not run without the value they use. */
const NEEDS_VALUE = new Set<string>([...CHANGING_KINDS, 'env', 'cwd', 'stdin']);
const CONDITIONS = new Set(['if', 'until', 'expect']);

/**
 * Returns a warning for each optional input that a script or statement uses directly while no
 * condition of the runbook tests it.
 */
export function optionalInputs(
  source: Source,
  inputs: readonly InputDefinition[],
  steps: readonly { readonly uses: readonly PlacedUse[] }[],
): readonly Diagnostic[] {
  const asked = new Set(
    steps.flatMap(({ uses }) => uses.filter(isCondition).flatMap(({ use }) => inputOf(use) ?? [])),
  );
  const optional = inputs.filter(
    ({ name, required, default: value }) => !required && value === null && !asked.has(name),
  );
  return steps.flatMap(({ uses }) =>
    optional.flatMap(({ name }) => {
      const first = uses.find(
        ({ path, use }) =>
          inputOf(use) === name &&
          path.some((key) => NEEDS_VALUE.has(String(key))) &&
          isBare(source, use),
      );
      return first === undefined ? [] : [unchecked(name, first.use)];
    }),
  );
}

function isCondition({ path }: PlacedUse): boolean {
  return CONDITIONS.has(String(path.at(-1)));
}

function inputOf({ path }: NameUse): string | undefined {
  return path[0] === 'inputs' ? path[1] : undefined;
}

/** A placeholder with only the input; any other expression may test whether it is set. */
function isBare({ text }: Source, { span }: NameUse): boolean {
  return /\$\{\{\s*$/.test(text.slice(0, span.start)) && /^\s*\}\}/.test(text.slice(span.end));
}

function unchecked(name: string, { span }: NameUse): Diagnostic {
  return {
    severity: 'warning',
    code: 'input-unchecked',
    message: `"${name}" is used without a check: if it is not set, the step does not run`,
    span,
    hint: `give it a default, or add if: inputs.${name} != null`,
  };
}
