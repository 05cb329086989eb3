import type { Placeholder, Template } from '#runbook/expression/template.ts';
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
