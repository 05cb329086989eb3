import { wrapTo } from '#text/width.ts';
import type { GraphEdge } from './drawing.ts';

/** Returns the label of a transition: each of its conditions, wrapped at a width. */
export function conditionLines(
  { conditions, isByHand }: Pick<GraphEdge, 'conditions' | 'isByHand'>,
  width: number,
): readonly string[] {
  if (isByHand) return ['by hand'];
  return conditions.flatMap((condition, index) =>
    wrapTo(index === 0 ? condition : `or ${condition}`, width),
  );
}
