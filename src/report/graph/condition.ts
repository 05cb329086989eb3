import { wrapTo } from '#text/width.ts';
import type { GraphEdge } from './drawing.ts';

/** Returns what stands at a way: each of its conditions, broken at a width. */
export function conditionLines(
  { conditions, isByHand }: Pick<GraphEdge, 'conditions' | 'isByHand'>,
  width: number,
): readonly string[] {
  if (isByHand) return ['by hand'];
  return conditions.flatMap((condition, index) =>
    wrapTo(index === 0 ? condition : `or ${condition}`, width),
  );
}
