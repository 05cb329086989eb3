/** Windows-1252 is the web encoding in which each byte is one character. */
const ONE_BYTE = new TextDecoder('windows-1252');

/** Converts bytes to a text with the same offsets, with ASCII characters unchanged. */
export function byteText(bytes: Uint8Array): string {
  return ONE_BYTE.decode(bytes);
}

/** Bytes as a reader may see them, with a mapping to their source. */
export interface View {
  readonly bytes: Uint8Array;
  /** The same as {@link byteText}. */
  readonly text: string;
  /**
   * Returns the source offset at which the byte at an offset starts; for the end, the length of the
   * source that was read.
   */
  sourceStart(at: number): number;
  /** Returns the source offset at which the byte before an offset ends. */
  sourceEnd(at: number): number;
  /** Returns the offset of the first byte that starts at or after a source offset. */
  offsetOf(source: number): number;
  /** Returns a source offset, or the start of the unit that it would split. */
  unitStart(source: number): number;
}

/** Returns the view that equals its source. */
export function plainView(bytes: Uint8Array, text = byteText(bytes)): View {
  const same = (at: number) => at;
  return { bytes, text, sourceStart: same, sourceEnd: same, offsetOf: same, unitStart: same };
}

/**
 * Several bytes that stand for something else: their number, and the code point they are read as,
 * or {@link RAW_BYTE} and a byte, or {@link NOTHING}. It is a single number, since large output has
 * millions of them.
 */
export type Unit = number;

export const NOTHING = -1;
/** Added to a byte that is not a character by itself. */
export const RAW_BYTE = 0x110000;
/** A unit whose end has not arrived yet. */
export const UNFINISHED: Unit = -1;
/** No unit starts here. */
export const NO_UNIT: Unit = 0;

const CODES = 0x200000;

/** Returns a unit of `length` bytes. */
export function unitOf(length: number, code: number): Unit {
  return length * CODES + code + 1;
}

/** Reads one view from another. */
export type UnitReader = {
  /** 1 for the bytes that may start a unit. */
  readonly leads: Uint8Array;
  /** Returns the unit at an offset. It is unfinished only if the text has not `ended`. */
  readonly read: (bytes: Uint8Array, at: number, ended: boolean) => Unit;
};

/**
 * Returns a view with every unit read, up to an unfinished one; the same view if there are none. No
 * unit is shorter than its replacement.
 */
export function rewrittenView(of: View, { leads, read }: UnitReader, ended: boolean): View {
  const source = of.bytes;
  const end = source.length;
  const units = new Units(source);
  let at = nextLead(source, 0, leads);
  while (at < end) {
    const unit = read(source, at, ended);
    if (unit === UNFINISHED) break;
    if (unit === NO_UNIT) at += 1;
    else at = units.add(at, unit);
    at = nextLead(source, at, leads);
  }
  if (units.count === 0 && at === end) return of;
  return new RewrittenView(of, units, units.finish(at));
}

function nextLead(bytes: Uint8Array, from: number, leads: Uint8Array): number {
  let at = from;
  while (at < bytes.length && leads[bytes[at] as number] === 0) at += 1;
  return at;
}

/** The units of a view, and the resulting bytes. */
class Units {
  readonly #source: Uint8Array;
  #bytes: Uint8Array | undefined;
  #length = 0;
  /** The number of source bytes consumed. */
  #taken = 0;
  /** For each unit: its offset and width in its view, and its start and end in the source. */
  readonly #numbers: number[] = [];

  constructor(source: Uint8Array) {
    this.#source = source;
  }

  get count(): number {
    return this.#numbers.length / 4;
  }

  /** Adds a unit. Returns its end. */
  add(at: number, unit: Unit): number {
    this.#bytes ??= new Uint8Array(this.#source.length);
    this.#copy(at);
    const end = at + Math.floor(unit / CODES);
    const width = written((unit % CODES) - 1, this.#bytes, this.#length);
    this.#numbers.push(this.#length, width, at, end);
    this.#length += width;
    this.#taken = end;
    return end;
  }

  /** Returns the bytes, with the source read up to an offset. */
  finish(end: number): Uint8Array {
    if (this.#bytes === undefined) return this.#source.subarray(0, end);
    this.#copy(end);
    return this.#bytes.subarray(0, this.#length);
  }

  /**
   * Returns the last unit that starts before an offset (or at it) in its view or in the source;
   * undefined for none.
   */
  last(where: 'view' | 'source', offset: number, orAt: boolean): PlacedUnit | undefined {
    const field = where === 'view' ? 0 : 2;
    const numbers = this.#numbers;
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >> 1;
      const begins = numbers[middle * 4 + field] as number;
      if (orAt ? begins <= offset : begins < offset) low = middle + 1;
      else high = middle;
    }
    if (low === 0) return undefined;
    const [at = 0, width = 0, from = 0, to = 0] = numbers.slice(low * 4 - 4, low * 4);
    return { at, width, from, to };
  }

  #copy(end: number): void {
    const bytes = this.#bytes as Uint8Array;
    const count = end - this.#taken;
    if (count > SHORT_COPY) bytes.set(this.#source.subarray(this.#taken, end), this.#length);
    else
      for (let i = 0; i < count; i += 1)
        bytes[this.#length + i] = this.#source[this.#taken + i] as number;
    this.#length += count;
  }
}

/** The length below which a loop is faster than a call. */
const SHORT_COPY = 24;

/** The position of a unit in its view, and in the view it was read from. */
type PlacedUnit = {
  readonly at: number;
  readonly width: number;
  readonly from: number;
  readonly to: number;
};

class RewrittenView implements View {
  readonly bytes: Uint8Array;
  readonly #of: View;
  readonly #units: Units;
  #text: string | undefined;

  constructor(of: View, units: Units, bytes: Uint8Array) {
    this.#of = of;
    this.#units = units;
    this.bytes = bytes;
  }

  get text(): string {
    this.#text ??= byteText(this.bytes);
    return this.#text;
  }

  sourceStart(at: number): number {
    const unit = this.#units.last('view', at, true);
    if (unit === undefined) return this.#of.sourceStart(at);
    const past = at - unit.at - unit.width;
    return this.#of.sourceStart(past < 0 ? unit.from : unit.to + past);
  }

  sourceEnd(at: number): number {
    const unit = this.#units.last('view', at, false);
    if (unit === undefined) return this.#of.sourceEnd(at);
    return this.#of.sourceEnd(unit.to + Math.max(0, at - unit.at - unit.width));
  }

  offsetOf(source: number): number {
    const outer = this.#of.offsetOf(source);
    const unit = this.#units.last('source', outer, false);
    if (unit === undefined) return outer;
    return unit.at + unit.width + Math.max(0, outer - unit.to);
  }

  unitStart(source: number): number {
    const start = this.#of.unitStart(source);
    const outer = this.#of.offsetOf(start);
    const unit = this.#units.last('source', outer, false);
    const isInside = unit !== undefined && outer < unit.to;
    return isInside ? Math.min(start, this.#of.sourceStart(unit.from)) : start;
  }
}

function written(code: number, target: Uint8Array, at: number): number {
  if (code === NOTHING) return 0;
  if (code < 0x80 || code >= RAW_BYTE) {
    target[at] = code % RAW_BYTE;
    return 1;
  }
  const tails = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
  target[at] = ([0, 0xc0, 0xe0, 0xf0][tails] ?? 0) | (code >> (6 * tails));
  for (let i = 1; i <= tails; i += 1) target[at + i] = 0x80 | ((code >> (6 * (tails - i))) & 0x3f);
  return tails + 1;
}
