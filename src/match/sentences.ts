import type { Evidence } from './evidence.ts';
import { WEIGHT } from './signature.ts';
import { FAILURE } from './signatures/failure-words.ts';

const { fails, reaches, gets, nouns, states } = FAILURE;
const NOUN = `(?<![\\w.-])(?:${nouns})(?![\\w.-]*\\.\\w)`;
/** Up to five words between a verb and its noun. */
const WORDS = '(?: [\\w"/:@.-]{1,40}){0,5}?';
const CONNECTION = '(?:connections?|pool|session)';

const SENTENCES = [
  `\\b(?:${fails})(?: while| when| in| during)? (?:${reaches})${WORDS} "?${NOUN}`,
  `\\b(?:${fails})(?: while| when| in| during)? (?:${gets})${WORDS} "?${NOUN} ${CONNECTION}\\b`,
  `\\b(?:${fails})(?: while| when| in| during)? (?:${gets})(?: [\\w-]{1,20}){0,2}? ${CONNECTION} (?:to|with|from|for)${WORDS} "?${NOUN}`,
  `${NOUN}(?: (?:server|host|instance|cluster|connection)){0,2}(?: to "?[\\w.:/-]{1,60}"?)? (?:is|was|are|seems) (?:currently |still )?(?:${states})\\b`,
  `${NOUN} connection (?:error|failed|failure|lost|refused|could not)\\b`,
  `\\bconnection (?:to|with)${WORDS} "?${NOUN}(?: [\\w-]{1,20}){0,2} (?:failed|lost|refused|is not|could not|has failed)\\b`,
].map((source) => new RegExp(source));

/** The text that is searched: sentences come early in a record, and the search stays cheap. */
const LONGEST_SENTENCE = 2_000;

/**
 * Returns the evidence of a sentence of an application without a code, such as "could not ping DB":
 * a failure and a noun for the database, in the order of the language. It is the weakest evidence.
 */
export function sentenceEvidence(text: string): readonly Evidence[] {
  const early = text.slice(0, LONGEST_SENTENCE);
  for (const sentence of SENTENCES) {
    const found = sentence.exec(early);
    if (found === null) continue;
    return [
      {
        category: 'connection-refused',
        also: ['connection-timeout', 'dns-failure', 'auth-failure'],
        weight: WEIGHT.hint,
        at: found.index + found[0].length,
        named: `"${found[0].replaceAll('"', "'").trim()}"`,
        weak: true,
      },
    ];
  }
  return [];
}
