/** The span of a placeholder in a text. */
export type Stretch = { readonly at: number; readonly length: number };

/**
 * Replaces every placeholder with a value of the language: a quoted word in a script, a parameter
 * in a statement. The length of the text, and so every offset, stays the same.
 */
export function maskPlaceholders(
  text: string,
  placeholders: readonly Stretch[],
  language: 'shell' | 'postgres' | 'mysql',
): string {
  let masked = '';
  let at = 0;
  for (const placeholder of placeholders) {
    masked += text.slice(at, placeholder.at) + MASKS[language](placeholder.length);
    at = placeholder.at + placeholder.length;
  }
  return masked + text.slice(at);
}

const MASKS = {
  shell: (length: number) => `'${'x'.repeat(Math.max(0, length - 2))}'`,
  postgres: (length: number) => '$1'.padEnd(length),
  mysql: (length: number) => '?'.padEnd(length),
} as const;
