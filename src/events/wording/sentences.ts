/** Returns the sentences of a text. One begins with a capital, so `e.g. this` is inside its sentence. */
export function sentencesOf(text: string): readonly string[] {
  return text
    .split(/(?<=[.!?])\s+(?=\p{Lu})/u)
    .map((one) => one.trim())
    .filter((one) => one !== '');
}

/**
 * Returns a text without the sentences that other texts have said, also after words that introduce
 * them, such as `The runbook ended unresolved: `; empty if they said all of it.
 */
export function unsaid(text: string, said: readonly string[]): string {
  const before = said.flatMap(sentencesOf);
  return sentencesOf(text)
    .filter((one) => !before.some((other) => one === other || one.endsWith(`: ${other}`)))
    .join(' ');
}
