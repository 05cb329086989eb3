/** A vertical line that every jump to one step runs into. */
export type Lane = {
  /** 0 is the nearest to the steps. */
  readonly column: number;
  /** The y where it runs into the step. */
  readonly entry: number;
  readonly top: number;
  readonly bottom: number;
};

/** A step that is jumped to: where lanes run into it, and where its jumps come from. */
export type Jumped = {
  readonly id: string;
  readonly entry: number;
  readonly sources: readonly number[];
};

/** Returns a lane for every step that is jumped to; short ones stand near the steps, none overlap. */
export function assignLanes(jumped: readonly Jumped[]): ReadonlyMap<string, Lane> {
  const spans = jumped.map(({ id, entry, sources }) => ({
    id,
    entry,
    top: Math.min(entry, ...sources),
    bottom: Math.max(entry, ...sources),
  }));
  const lanes = new Map<string, Lane>();
  for (const { id, ...span } of spans.toSorted((a, b) => lengthOf(a) - lengthOf(b))) {
    let column = 0;
    while ([...lanes.values()].some((lane) => lane.column === column && touch(lane, span)))
      column += 1;
    lanes.set(id, { ...span, column });
  }
  return lanes;
}

type Extent = { readonly top: number; readonly bottom: number };

function lengthOf({ top, bottom }: Extent): number {
  return bottom - top;
}

function touch(a: Extent, b: Extent): boolean {
  return a.top <= b.bottom + 6 && b.top <= a.bottom + 6;
}
