import type { Placeholder, Template } from '#runbook/expression/template.ts';
import type { InputDefinition } from '#runbook/model/input-definition.ts';
import { offsetInFile, type Span } from '#runbook/yaml/source.ts';

/** Maps a span of a template's text to the runbook file. */
export function spanInFile(template: Template, { start, end }: Span): Span {
  const last = Math.max(start, Math.min(end, template.text.length) - 1);
  const from = offsetInFile(template, Math.min(start, Math.max(0, template.text.length - 1)));
  return { start: from, end: Math.max(from + 1, offsetInFile(template, last) + 1) };
}

/** Returns the placeholder that a span of a template's text touches; undefined for none. */
export function placeholderAt(template: Template, { start, end }: Span): Placeholder | undefined {
  return template.placeholders.find(
    ({ at, length }) => start < at + length && at < Math.max(end, start + 1),
  );
}

/** Returns the span of a placeholder in the runbook file. */
export function placeholderSpan(template: Template, { at, length }: Placeholder): Span {
  return spanInFile(template, { start: at, end: at + length });
}

/** Names that hold one text or number, never a list. */
const ONE_VALUE =
  /^(?:run\.\w+|targets\.\w+\.\w+|error\.\w+|steps\.\w+\.(?:stdout|stderr|exit_code|signal|answer|evidence|done|outcome|row_count|ms))$/;

const LITERAL = /^(?:"[^"\\]*"|'[^'\\]*'|\d+|string\([^()]*\))$/;

/** Returns whether a placeholder's value may be a list, which a script gets as several words. */
export function mayBeList(
  { expression }: Placeholder,
  inputs: readonly InputDefinition[],
): boolean {
  const isOne = (text: string) =>
    ONE_VALUE.test(text) ||
    LITERAL.test(text) ||
    inputs.some(({ name, type }) => type !== 'list' && text === `inputs.${name}`);
  return expression.choices.some((text) => !isOne(text));
}
