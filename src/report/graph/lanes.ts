/** A vertical line shared by every jump to one step. */
export type Lane = {
  /** 0 is nearest to the steps. */
  readonly column: number;
  /** The y coordinate where it enters the step. */
  readonly entry: number;
  readonly top: number;
  readonly bottom: number;
};

/** The target of jumps: where lanes enter it, and where its jumps start. */
export type Jumped = {
  readonly id: string;
  readonly entry: number;
  readonly sources: readonly number[];
};

/** Assigns a lane to every target of jumps; short lanes are near the steps, and none overlap. */
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
