/** Finds the occurrences of many texts in another text, in one pass. */
interface AnchorFinder {
  /** Calls `found` with the index and the start of every anchor that occurs in the text. */
  scan(text: string, found: Found): void;
}

type Found = (anchor: number, start: number) => void;

const OUTSIDE_ASCII = /[^\0-\x7f]/;

type Letters = { readonly classOf: Uint8Array; readonly width: number };
type Table = Uint16Array | Uint32Array;

/**
 * Returns a finder for the anchors: the Aho–Corasick automaton in one table. Its time is linear in
 * the length of the text, regardless of the anchors. Matching is case-sensitive.
 */
export function createAnchorFinder(anchors: readonly string[]): AnchorFinder {
  const letters = classify(anchors);
  const most = anchors.reduce((sum, anchor) => sum + anchor.length, 1);
  const table = new (most < 0x1_0000 ? Uint16Array : Uint32Array)(most * letters.width);
  const here: (number[] | undefined)[] = [];
  const count = plant(anchors, letters, table, here);
  const order = linkFailures(table, letters.width, count, here);
  const { classOf, width } = letters;
  const { rows, ends } = byDepth(table, width, order, here);
  const lengths = Uint32Array.from(anchors, ({ length }) => length);
  const isShared = anchors.map((anchor) => OUTSIDE_ASCII.test(anchor));
  const tell = (here: readonly number[], text: string, end: number, found: Found) => {
    for (const index of here) {
      const start = end - (lengths[index] ?? 0);
      if (isShared[index] !== true || text.startsWith(anchors[index] ?? '', start))
        found(index, start);
    }
  };
  return {
    scan(text, found) {
      let node = 0;
      for (let at = 0; at < text.length; at += 1) {
        node = rows[node * width + (classOf[text.charCodeAt(at)] ?? 0)] ?? 0;
        const here = ends[node];
        if (here !== undefined) tell(here, text, at + 1, found);
      }
    },
  };
}

/**
 * Assigns a class to each letter. Letters outside ASCII share classes to keep the table small; a match
 * of an anchor with one is compared again.
 */
function classify(anchors: readonly string[]): Letters {
  const classOf = new Uint8Array(0x1_0000);
  let width = 1;
  const shared = [0, 0, 0, 0];
  for (const anchor of anchors)
    for (let at = 0; at < anchor.length; at += 1) {
      const unit = anchor.charCodeAt(at);
      if (classOf[unit] !== 0) continue;
      if (unit < 128) classOf[unit] = width++;
      else {
        const group = unit % shared.length;
        if (shared[group] === 0) shared[group] = width++;
        classOf[unit] = shared[group] ?? 0;
      }
    }
  return { classOf, width };
}

/** Writes the anchors into the table as a trie. Returns the number of nodes. */
function plant(
  anchors: readonly string[],
  { classOf, width }: Letters,
  table: Table,
  here: (number[] | undefined)[],
): number {
  let count = 1;
  anchors.forEach((anchor, index) => {
    let node = 0;
    for (let at = 0; at < anchor.length; at += 1) {
      const way = node * width + (classOf[anchor.charCodeAt(at)] ?? 0);
      if (table[way] === 0) table[way] = count++;
      node = table[way] ?? 0;
    }
    here[node] = [...(here[node] ?? []), index];
  });
  return count;
}

/**
 * Gives every node the transitions and anchors of its longest proper suffix in the trie. Nodes are
 * processed by depth, so that this suffix is always complete. Returns them in that order.
 */
function linkFailures(
  table: Table,
  width: number,
  count: number,
  here: (number[] | undefined)[],
): Uint32Array {
  const fallback = new Uint32Array(count);
  const order = new Uint32Array(count);
  let known = 1;
  for (let done = 0; done < known; done += 1) {
    const [node = 0] = order.subarray(done);
    const [other = 0] = fallback.subarray(node);
    if (node !== other) here[node] = join(here[node], here[other]);
    for (let letter = 0; letter < width; letter += 1) {
      const child = table[node * width + letter] ?? 0;
      const instead = node === other ? 0 : (table[other * width + letter] ?? 0);
      if (child === 0) table[node * width + letter] = instead;
      else {
        fallback[child] = instead;
        order[known++] = child;
      }
    }
  }
  return order;
}

function join(own: number[] | undefined, others: number[] | undefined): number[] | undefined {
  if (own === undefined || others === undefined) return own ?? others;
  return [...own, ...others];
}

/**
 * Renumbers the nodes by depth: matching stays mostly near the root, which then fits into a cache.
 */
function byDepth(
  table: Table,
  width: number,
  order: Uint32Array,
  here: readonly (readonly number[] | undefined)[],
) {
  const place = new Uint32Array(order.length);
  order.forEach((node, index) => {
    place[node] = index;
  });
  const rows = table.slice(0, order.length * width);
  order.forEach((node, index) => {
    for (let letter = 0; letter < width; letter += 1)
      rows[index * width + letter] = place[table[node * width + letter] ?? 0] ?? 0;
  });
  return { rows, ends: Array.from(order, (node) => here[node]) };
}
