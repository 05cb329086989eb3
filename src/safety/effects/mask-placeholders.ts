import type { Dialect } from '#runbook/model/engines.ts';

/** The span of a placeholder in a text. */
type Stretch = { readonly at: number; readonly length: number };

type Language = 'shell' | Dialect;

/**
 * Replaces every placeholder with a value of the language: a quoted word in a script or
 * on a console, a parameter in a statement. The length of the text, and so every offset, stays the same.
 */
export function maskPlaceholders(
  text: string,
  placeholders: readonly Stretch[],
  language: Language,
): string {
  let masked = '';
  let at = 0;
  for (const placeholder of placeholders) {
    masked += text.slice(at, placeholder.at) + MASKS[language](placeholder.length);
    at = placeholder.at + placeholder.length;
  }
  return masked + text.slice(at);
}

const MASKS: Readonly<Record<Language, (length: number) => string>> = {
  shell: (length) => `'${'x'.repeat(Math.max(0, length - 2))}'`,
  postgres: (length) => '$1'.padEnd(length),
  console: (length) => `"${'x'.repeat(Math.max(0, length - 2))}"`,
  mysql: (length) => '?'.padEnd(length),
};
