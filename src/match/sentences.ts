import type { Evidence } from './evidence.ts';
import { WEIGHT } from './signature.ts';
import { PARTS, PLAIN_SENTENCES } from './signatures/plain-words.ts';

const SENTENCES = PLAIN_SENTENCES.map(({ category, also = [], says }) => ({
  category,
  also,
  pattern: new RegExp(says.map(({ source }) => written(source)).join('|')),
}));

function written(sentence: string): string {
  return sentence.replace(
    /FAILS|DATABASE|CONNECTION|NEAR/g,
    (name) => PARTS[name as keyof typeof PARTS],
  );
}

/** The text that is searched: sentences come early in a record, and the search stays cheap. */
const LONGEST_SENTENCE = 2_000;

/**
 * Returns the evidence of a sentence without a code or a known phrase, such as "could not ping DB":
 * a failure and what failed, in the order of the language. It is the weakest evidence.
 */
export function sentenceEvidence(text: string): readonly Evidence[] {
  const early = text.slice(0, LONGEST_SENTENCE);
  for (const { category, also, pattern } of SENTENCES) {
    const found = pattern.exec(early);
    if (found === null) continue;
    return [
      {
        category,
        also,
        weight: WEIGHT.hint,
        at: found.index + found[0].length,
        named: `"${found[0].replaceAll('"', "'").trim()}"`,
        isQuoted: true,
        weak: true,
      },
    ];
  }
  return [];
}
