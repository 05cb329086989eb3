import type { Span } from '../../../runbook/source.ts';
import { hidesSubstitution, textBetween } from './leaf-guard.ts';
import type { ShellNode } from './tree.ts';

/** Returns why a here-document may not end where the parser says, or hold what it leaves unread. */
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
  if (delimiter === undefined || !/[\s;|&)<>]/.test(script[start.span.end] ?? ''))
    return 'a here-document with an unusual end';
  const found = contentOf(script, start.span, delimiter, written !== delimiter);
  const begins = body?.span.start ?? end.span.start;
  if (found?.end !== end.span.end || !/^\s*$/.test(script.slice(found.start, begins)))
    return 'a here-document whose end is not clear';
  // Bash puts a substitution together again from its parts, and loses the end of such a line.
  const isSubstituted = above.some(({ type }) => type.endsWith('_substitution'));
  if (isSubstituted && !/^\s*\)/.test(script.slice(node.span.end)))
    return 'a here-document in the middle of a substitution';
  const plain = body === undefined ? '' : textBetween(script, body);
  return found.isPlain && (/\\\n/.test(found.text) || hidesSubstitution(plain))
    ? 'a substitution the parser left unread'
    : undefined;
}

type Content = {
  readonly start: number;
  readonly text: string;
  /** Where the line ends that ends the document. */
  readonly end: number;
  /** Whether bash expands what is in it. */
  readonly isPlain: boolean;
};

/** Finds the lines up to the delimiter as bash does, whatever the parser took them for. */
function contentOf(
  script: string,
  delimiterSpan: Span,
  delimiter: string,
  isQuoted: boolean,
): Content | undefined {
  const start = script.indexOf('\n', delimiterSpan.end) + 1;
  const lines = script.slice(start).split('\n');
  const strips = /<<-\s*$/.test(script.slice(0, delimiterSpan.start));
  const last = lines.findIndex((line) => (strips ? line.replace(/^\t+/, '') : line) === delimiter);
  if (start === 0 || last === -1) return undefined;
  const text = lines.slice(0, last).join('\n');
  const end = start + text.length + (last > 0 ? 1 : 0) + (lines[last] ?? '').length;
  return { start, text, end, isPlain: !isQuoted };
}
