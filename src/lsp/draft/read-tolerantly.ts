import { type LocatedNode, readYaml } from '#runbook/yaml/located.ts';
import { unclosed } from './unclosed.ts';

/** More lines than this are not given up: the rest would no longer resemble the text. */
const MOST_LINES = 12;

/** The start and end of a line, without its line end. */
type Line = { readonly start: number; readonly end: number };

/**
 * Returns the tree of a text in which the lines that cannot be read are blank, so that every other
 * place stays the same; undefined if too many would be. The line of the offset `keep` stays.
 */
export function readTolerantly(text: string, keep = -1): LocatedNode | undefined {
  let rest = text;
  for (let given = 0; given <= MOST_LINES; given += 1) {
    const { node, problems } = readYaml({ file: '', text: rest });
    if (node !== undefined) return node;
    const [problem] = problems;
    if (problem === undefined) return undefined;
    const line = lineToGiveUp(rest, problem.span.start, problem.message, keep);
    if (line === undefined) return undefined;
    rest = blanked(rest, line);
  }
  return undefined;
}

/**
 * A quote or bracket that is never closed is noticed far below the line that opens it; another
 * mistake in its line, or one below.
 */
function lineToGiveUp(text: string, at: number, message: string, keep: number): Line | undefined {
  const all = linesOf(text);
  const found = all.findIndex(({ end }) => at <= end);
  const index = found === -1 ? all.length - 1 : found;
  const above = all.slice(0, index + 1).toReversed();
  const isWritten = ({ start, end }: Line) =>
    text.slice(start, end).trim() !== '' && !(start <= keep && keep <= end);
  const isOpen = ({ start, end }: Line) => unclosed(text.slice(start, end)) !== '';
  const opening = /quoted|flow|deficient|end of the stream/.test(message)
    ? above.find((line) => isWritten(line) && isOpen(line))
    : undefined;
  return opening ?? above.find(isWritten) ?? all.slice(index + 1).find(isWritten);
}

function linesOf(text: string): readonly Line[] {
  const lines: Line[] = [];
  let start = 0;
  for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
    lines.push({ start, end: text[end - 1] === '\r' && end > start ? end - 1 : end });
    start = end + 1;
  }
  return [...lines, { start, end: text.length }];
}

function blanked(text: string, { start, end }: Line): string {
  return text.slice(0, start) + ' '.repeat(end - start) + text.slice(end);
}
