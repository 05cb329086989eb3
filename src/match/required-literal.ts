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
