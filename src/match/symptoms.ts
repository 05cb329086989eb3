import { compileRegex, type Regex } from '#runbook/expression/regex.ts';
import type { Symptom } from '#runbook/model/runbook.ts';
import { foldText } from './message.ts';
import { readsDigits } from './record-key.ts';

/** The symptoms of a runbook's incident in logs. */
export type RunbookSymptoms = {
  readonly runbook: string;
  readonly symptoms: readonly Symptom[];
};

/** A symptom, compiled for matching. */
export type CompiledSymptom = {
  readonly runbook: string;
  /** A folded text that every match contains; undefined if each record has to be tried. */
  readonly anchor: string | undefined;
  /** Undefined for a plain text, which is all of its anchor. */
  readonly regex: Regex | undefined;
  /** Set if it compares digits: two records may differ in them alone. */
  readonly readsDigits?: boolean;
};

/**
 * Compiles the symptoms of runbooks and skips invalid ones. Texts match in any case, patterns as
 * written.
 */
export function compileSymptoms(library: readonly RunbookSymptoms[]): readonly CompiledSymptom[] {
  return library.flatMap(({ runbook, symptoms }) =>
    symptoms.flatMap((symptom): readonly CompiledSymptom[] => {
      if ('text' in symptom) {
        const anchor = foldText(symptom.text).trim();
        return anchor === '' ? [] : [{ runbook, anchor, regex: undefined }];
      }
      const { regex } = compileRegex(symptom.pattern);
      if (regex === undefined) return [];
      const literal = requiredLiteral(symptom.pattern);
      const anchor = literal === undefined ? undefined : foldText(literal);
      return [{ runbook, anchor, regex, readsDigits: readsDigits(symptom.pattern) }];
    }),
  );
}

/** A piece of a pattern: an escape, a count, a class, or one character. */
const PIECE = /\\.|\{\d+(?:,\d*)?\}|\[(?:\\.|[^\\])(?:\\.|[^\]\\])*\]|./gs;
const REPEATED = /^(?:[*?]|\{.)/;
/** The minimum length: a shorter text is in nearly every record. */
const SHORTEST = 3;

/**
 * Returns a text that occurs in every match of a regular expression, so that records without it can
 * be skipped. Returns undefined if none can be derived.
 */
export function requiredLiteral(pattern: string): string | undefined {
  if (/\||\(\?|\\Q/.test(pattern)) return undefined;
  const pieces = pattern.match(PIECE) ?? [];
  const runs = [''];
  let depth = 0;
  for (const [index, piece] of pieces.entries()) {
    if (piece === '(') depth += 1;
    if (piece === ')') depth -= 1;
    const letter = letterOf(piece);
    const needed = depth === 0 && !REPEATED.test(pieces[index + 1] ?? '');
    if (letter !== undefined && needed) runs.push(`${runs.pop()}${letter}`);
    else runs.push('');
  }
  const longest = runs.reduce((a, b) => (b.length > a.length ? b : a));
  return longest.length < SHORTEST ? undefined : longest;
}

/** Returns the character a piece matches, if it matches exactly one. */
function letterOf(piece: string): string | undefined {
  if (piece.length === 1) return /[.[\](){}*+?^$\\]/.test(piece) ? undefined : piece;
  return /^\\[^A-Za-z0-9]$/.test(piece) ? piece[1] : undefined;
}
