import type { PartReader } from '../read/part-reader.ts';
import type { Place } from './placement.ts';
import { offsetInFile, type Template } from './template.ts';

/** Reports the placeholders of a statement or script in positions where no value is possible. */
export function checkPlaces(
  template: Template,
  places: (text: string, offsets: readonly number[]) => readonly Place[],
  reader: PartReader,
): void {
  const found = places(
    template.text,
    template.placeholders.map(({ at }) => at),
  );
  for (const [index, placeholder] of template.placeholders.entries()) {
    if (found[index] === 'code') continue;
    const start = offsetInFile(template, placeholder.at);
    reader.report(
      'placeholder-in-quotes',
      { start, end: start + placeholder.length },
      'a placeholder has to stand alone as one word or value',
      'leave the quotes out; in a script, pass it through env: and write "$NAME"',
    );
  }
}
