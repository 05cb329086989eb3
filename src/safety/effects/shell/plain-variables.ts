import type { Span } from '#runbook/yaml/source.ts';
import { everyNode, type ShellNode } from './tree/node.ts';
import type { WordScope } from './words.ts';

/**
 * Returns a function that tells whether a variable holds one word that cannot be a flag: NAME
 * inside `for NAME in` literal words, or a variable named like a URL that the script inherited. A
 * name that appears elsewhere without its `$` may be assigned there.
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

/** Words that bash leaves unchanged and no command parses as a flag. */
const LITERAL_LOOP = /^for +([a-z]\w*) +in((?: +[\w.:/@%+,][\w.:/@%+,-]*)+) *(?:;|\n) *do\b/;
