import type { Diagnostic } from '../diagnostic.ts';
import type { Step } from '../model/runbook.ts';
import type { Source } from '../yaml/source.ts';
import type { Flow } from './flow.ts';
import { idPlace } from './flow.ts';

/** The `max_visits` of a step whose runbook sets none. */
const DEFAULT_VISITS = 10;

/**
 * Returns a warning for each loop that never asks, never waits and has no bound of its own: it runs
 * at full speed until `max_visits` stops it.
 */
export function fastLoops(source: Source, flow: Flow): readonly Diagnostic[] {
  const isFast = flow.steps.map(isFastStep);
  const ways = flow.ways.map((to, index) =>
    isFast[index] ? to.filter((next) => isFast[next]) : [],
  );
  return loopsIn(ways).map((loop) => {
    const ids = loop.map((index) => flow.steps[index]?.id ?? '');
    const [first] = loop;
    const step = flow.steps[first ?? 0];
    return {
      severity: 'warning',
      code: 'unbounded-loop',
      message: `this loop repeats ${DEFAULT_VISITS} times without a pause: ${[...ids, ids[0]].join(' → ')}`,
      span: step === undefined ? { start: 0, end: 1 } : idPlace(source, step),
      hint: 'add a wait step, or limit it with max_visits:',
    };
  });
}

function isFastStep({ does, maxVisits }: Step): boolean {
  if (maxVisits !== DEFAULT_VISITS) return false;
  if ('body' in does) return does.effect === 'read';
  return does.kind === 'parallel';
}

/** Returns the strongly connected groups of nodes (Tarjan), each in file order. */
function loopsIn(ways: readonly (readonly number[])[]): readonly (readonly number[])[] {
  const order = new Map<number, number>();
  const low = new Map<number, number>();
  const open: number[] = [];
  const isOpen = new Set<number>();
  const loops: number[][] = [];
  for (const root of ways.keys()) if (!order.has(root)) visit(root);
  return loops;

  /** Without recursion: a runbook may have thousands of consecutive steps. */
  function visit(root: number): void {
    const path: { readonly node: number; next: number }[] = [];
    enter(root);
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const { node } = top;
      const to = ways[node]?.[top.next];
      top.next += 1;
      if (to === undefined) leave(node, path);
      else if (!order.has(to)) enter(to);
      else if (isOpen.has(to)) low.set(node, Math.min(low.get(node) ?? 0, order.get(to) ?? 0));
    }

    function enter(node: number): void {
      order.set(node, order.size);
      low.set(node, order.size - 1);
      open.push(node);
      isOpen.add(node);
      path.push({ node, next: 0 });
    }
  }

  function leave(node: number, path: { readonly node: number }[]): void {
    path.pop();
    const above = path.at(-1)?.node;
    const lowest = low.get(node) ?? 0;
    if (above !== undefined) low.set(above, Math.min(low.get(above) ?? 0, lowest));
    if (lowest !== order.get(node)) return;
    const group: number[] = [];
    for (let one = open.pop(); one !== undefined; one = open.pop()) {
      isOpen.delete(one);
      group.push(one);
      if (one === node) break;
    }
    const isLoop = group.length > 1 || (ways[node]?.includes(node) ?? false);
    if (isLoop) loops.push(group.toSorted((a, b) => a - b));
  }
}
