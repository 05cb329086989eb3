import { type PlainLine, styled } from '../plain/line.ts';

/** A part of a summary. An entry is one or more lines, which are shown together. */
export type Section = {
  readonly heading: readonly PlainLine[];
  readonly entries: readonly (readonly PlainLine[])[];
  /** The entries that are shown where there is no room for all. */
  readonly keeps: 'first' | 'last';
};

/** Returns the lines of all sections, with an empty line between them. */
export function wholeSummary(sections: readonly Section[]): readonly PlainLine[] {
  return sections.flatMap((section, index) => [
    ...(index === 0 ? [] : [styled('')]),
    ...shown(section, section.entries.length),
  ]);
}

/**
 * Returns at most `rows` lines of the sections: the first section, then from each of the others in
 * turn as many entries as fit. A heading says how many of its entries are shown, if not all are.
 */
export function onePage(sections: readonly Section[], rows: number): readonly PlainLine[] {
  const counts = new Map<Section, number>();
  let room = rows;
  const takes = (section: Section): boolean => {
    const count = counts.get(section) ?? 0;
    const entry = section.entries.at(section.keeps === 'first' ? count : -1 - count);
    if (entry === undefined) return false;
    const height = entry.length + (count === 0 ? section.heading.length : 0);
    if (height > room) return false;
    room -= height;
    counts.set(section, count + 1);
    return true;
  };
  for (const turn of [sections.slice(0, 1), sections.slice(1)])
    for (let open = turn; open.length > 0; ) open = open.filter(takes);
  return sections.flatMap((section) => shown(section, counts.get(section) ?? 0));
}

function shown({ heading, entries, keeps }: Section, count: number): readonly PlainLine[] {
  if (count === 0) return [];
  const kept = keeps === 'first' ? entries.slice(0, count) : entries.slice(-count);
  if (count === entries.length) return [...heading, ...kept.flat()];
  const part = ` (${count} of ${entries.length})`;
  const last = heading.length - 1;
  return [
    ...heading.map((line, index) => (index === last ? { ...line, text: line.text + part } : line)),
    ...kept.flat(),
  ];
}
