import { known, type Reason, unsure } from '../report.ts';
import type { Judging, Stdin } from './judging.ts';
import { isUnsafePath } from './paths.ts';
import type { ShellNode } from './tree/node.ts';
import { readWord } from './words.ts';

/** Returns whether a node redirects the input or output of a command. */
export const isRedirect = ({ type }: ShellNode): boolean => type.endsWith('_redirect');

/** Judges redirections in order, and returns the resulting standard input of the command. */
export function judgeRedirects(
  redirects: readonly ShellNode[],
  stdin: Stdin,
  judging: Judging,
): { readonly reasons: readonly Reason[]; readonly stdin: Stdin } {
  const inputs = redirects.map((node) => inputOf(node, judging));
  return {
    reasons: redirects.flatMap((node) => [
      ...judgeRedirect(node, judging),
      ...(namesDevice(inputOf(node, judging), judging)
        ? [unsure('this input may name a device', judging.outer(node.span))]
        : []),
      ...node.children.flatMap((child) => judging.statements(child, 'output')),
    ]),
    stdin: inputs.findLast((input) => input !== undefined) ?? stdin,
  };
}

/** Redirections that discard a stream, or send it to the other stream. */
const HARMLESS = /^(?:[12]?>>?\s*\/dev\/null|&>>?\s*\/dev\/null|[12]?>&\s*[12])$/;

/** Redirections from a literal file name. Bash opens a connection for some names below `/dev`. */
const FROM_FILE = /^0?<\s*(?:\/dev\/null|(?!\/dev\/)[\w./][\w./:@%+-]*)$/;

const QUOTED_DOCUMENT = /^<<(?:'\w+'|"\w+"|\\\w+)\n/;

function judgeRedirect(node: ShellNode, judging: Judging): readonly Reason[] {
  const text = judging.script.slice(node.span.start, node.span.end);
  const span = judging.outer(node.span);
  const doubt = (what: string) => [unsure(`${what} is not proven to only read`, span)];
  if (node.type === 'heredoc_redirect')
    return QUOTED_DOCUMENT.test(text) ? [] : doubt('a here-document without quotes');
  if (node.type === 'herestring_redirect')
    return typeof inputOf(node, judging) === 'object' ? [] : doubt('this input');
  if (HARMLESS.test(text)) return [];
  if (FROM_FILE.test(text) && !isUnsafePath(text.replace(/^0?<\s*/, ''))) return [];
  const [target] = node.children.filter(({ field }) => field === 'destination');
  const file = target === undefined ? undefined : readWord([target], judging);
  const isFile = /^[12]?>[>|]?[^&]|^&>/.test(text) && file !== undefined;
  return isFile && !file.prefix.startsWith('/dev/')
    ? [known('change', `writes ${file.text ?? 'a file'}`, span)]
    : doubt('this redirection');
}

/** Returns whether an input may give the script the name of a device to open. */
function namesDevice(input: Stdin | undefined, { opensNames }: Judging): boolean {
  return opensNames && typeof input === 'object' && input.text.split(/\s+/).some(isUnsafePath);
}

/**
 * Returns the standard input that a redirection provides; undefined if it redirects something else.
 */
function inputOf(node: ShellNode, judging: Judging): Stdin | undefined {
  const { script, outer } = judging;
  const text = script.slice(node.span.start, node.span.end);
  if (node.type === 'file_redirect')
    return text.includes('<')
      ? /^0?<\s*\/dev\/null$/.test(text)
        ? 'nothing'
        : 'output'
      : undefined;
  if (node.type === 'herestring_redirect') {
    const word = readWord(node.children.slice(1), judging);
    return word.text === undefined ? 'output' : { ...word, text: `${word.text}\n` };
  }
  const body = node.children.find(({ type }) => type === 'heredoc_body');
  if (body === undefined) return 'output';
  const span = outer(body.span);
  const here = script.slice(body.span.start, body.span.end);
  const isQuoted = QUOTED_DOCUMENT.test(text);
  if (text.startsWith('<<-') || (!isQuoted && /[$`\\]/.test(here))) return 'output';
  const isExact = span.end - span.start === here.length;
  return { text: here, span, exactAt: isExact ? span.start : undefined };
}
