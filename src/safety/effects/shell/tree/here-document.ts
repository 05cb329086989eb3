import type { ShellNode } from './node.ts';

/**
 * Returns the reason why a here-document may end elsewhere than the parser says; undefined if there
 * is none.
 */
export function doubtAboutHereDocument(
  script: string,
  node: ShellNode,
  above: readonly ShellNode[],
): string | undefined {
  const part = (type: string) => node.children.find((child) => child.type === type);
  const [start, body, end] = [part('heredoc_start'), part('heredoc_body'), part('heredoc_end')];
  if (start === undefined || end === undefined) return 'a here-document without an end';
  const written = script.slice(start.span.start, start.span.end);
  const delimiter = /^(?:(\w+)|'(\w+)'|"(\w+)"|\\(\w+))$/.exec(written)?.slice(1).join('');
  const first = script.indexOf('\n', start.span.end) + 1;
  const lines = script.slice(first).split('\n');
  const last = lines.indexOf(delimiter ?? '\n');
  const text = lines.slice(0, last).join('\n');
  const ends = first + text.length + (last > 0 ? 1 : 0) + (lines[last] ?? '').length;
  const begins = body?.span.start ?? end.span.start;
  if (
    first === 0 ||
    last === -1 ||
    ends !== end.span.end ||
    !/^\s*$/.test(script.slice(first, begins))
  )
    return 'a here-document whose end is not clear';
  // Bash reassembles a substitution from its parts, and loses the end of such a line.
  const isSubstituted = above.some(({ type }) => type.endsWith('_substitution'));
  return isSubstituted && !/^\s*\)/.test(script.slice(node.span.end))
    ? 'a here-document in the middle of a substitution'
    : undefined;
}
