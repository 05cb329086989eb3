import type { Span } from '#runbook/yaml/source.ts';
import { everyNode, type ShellNode } from './tree/node.ts';
import type { WordScope } from './words.ts';

/**
 * Tells which variables hold one word that cannot be a flag: inside `for NAME in` literal words, NAME;
 * and by what it is called, the URL that a script was started with. A name that stands anywhere else
 * without its `$` may be set there.
 */
export function plainVariables(
  script: string,
  tree: ShellNode,
  given: ReadonlySet<string>,
): WordScope['isPlain'] {
  const loops = new Map<string, Span>();
  for (const { type, span } of everyNode(tree)) {
    const [, name] = (type === 'for_statement' && LITERAL_LOOP.exec(textAt(span))) || [];
    if (name !== undefined) loops.set(name, span);
  }
  function textAt({ start, end }: Span): string {
    return script.slice(start, end);
  }
  const standing = (name: string) =>
    [...script.matchAll(new RegExp(`(?<![$\\w]|\\$\\{)${name}(?!\\w)`, 'g'))].length;
  return (name, at, isQuoted) => {
    const loop = loops.get(name);
    if (loop !== undefined) return loop.start < at && at < loop.end && standing(name) === 1;
    const isUrl = isQuoted && /^(?:\w+_)?(?:URL|URI|DSN)$/.test(name);
    return isUrl && !given.has(name) && standing(name) === 0;
  };
}

/** Words that bash takes as they are and no command takes for a flag. */
const LITERAL_LOOP = /^for +([a-z]\w*) +in((?: +[\w.:/@%+,][\w.:/@%+,-]*)+) *(?:;|\n) *do\b/;
