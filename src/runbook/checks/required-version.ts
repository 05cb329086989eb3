import { type Diagnostic, errorAt } from '../diagnostic.ts';
import { nodeAt } from '../yaml/document.ts';
import type { LocatedNode } from '../yaml/located.ts';

const AT_LEAST = /^>=\s*(\d+)(?:\.(\d+))?(?:\.(\d+))?$/;

/**
 * Returns why a document is not for this program: it says that it requires a newer one. Its other
 * problems then mean nothing, since it may use what this program does not know.
 */
export function requiredVersion(
  root: LocatedNode,
  version: string | undefined,
): Diagnostic | undefined {
  const node = nodeAt(root, ['requires']);
  if (node?.kind !== 'scalar') return undefined;
  const [found, ...least] = AT_LEAST.exec(node.text.trim()) ?? [];
  if (found === undefined)
    return errorAt(
      'wrong-value',
      node.span,
      `"${node.text}" is not a least version`,
      'write one such as ">=1.4"',
    );
  const own = version === undefined ? undefined : /^(\d+)\.(\d+)\.(\d+)/.exec(version)?.slice(1);
  if (own === undefined || !isLess(own.map(Number), least.map(Number))) return undefined;
  return errorAt(
    'program-too-old',
    node.span,
    `this runbook requires runbook ${node.text.trim()}, and this one is older`,
    'update runbook, or use an older version of the runbook',
  );
}

/** Parts that are missing are zero. */
function isLess(one: readonly number[], other: readonly number[]): boolean {
  const at = one.findIndex((part, index) => part !== (other[index] || 0));
  return at !== -1 && (one[at] ?? 0) < (other[at] || 0);
}
