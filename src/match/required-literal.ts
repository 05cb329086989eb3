/** A piece of a pattern: an escape, a count, a class, or one sign. */
const PIECE = /\\.|\{\d+(?:,\d*)?\}|\[(?:\\.|[^\\])(?:\\.|[^\]\\])*\]|./gs;
const REPEATED = /^(?:[*?]|\{.)/;
/** A shorter one is in nearly every text. */
const SHORTEST = 3;

/**
 * Returns a text that is in every match of a regular expression, so that others need not be tried, or
 * undefined where none can be told from looking at it.
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

/** Returns the letter that a piece stands for, if it stands for no other. */
function letterOf(piece: string): string | undefined {
  if (piece.length === 1) return /[.[\](){}*+?^$\\]/.test(piece) ? undefined : piece;
  return /^\\[^A-Za-z0-9]$/.test(piece) ? piece[1] : undefined;
}
