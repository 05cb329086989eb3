import { wrapTo } from './width.ts';

/** The indent, a bullet, and a label with its gap: what later lines of a paragraph stand under. */
const START = /^ *(?:[-•‖✓✗▲] )?(?:\S{1,20}(?: \S{1,20}){0,2} {2,}(?=\S))?/u;

/**
 * Wraps lines of prose at spaces. Later lines of a paragraph stand under its text: after the indent,
 * a bullet or a label, unless that would leave less than half of the width.
 */
export function wrapProse(text: string, width: number): string {
  return text
    .split('\n')
    .flatMap((line) => {
      const start = START.exec(line)?.[0].length ?? 0;
      const indent = start > width / 2 ? 4 : start;
      const [first = '', ...rest] = wrapTo(line, width);
      if (rest.length === 0) return [first];
      const over = line.slice(first.length).trimStart();
      return [first, ...wrapTo(over, width - indent).map((part) => ' '.repeat(indent) + part)];
    })
    .join('\n');
}
