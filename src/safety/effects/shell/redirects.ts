import { known, type Reason, unsure } from '../effect-report.ts';
import type { Judging, Stdin } from './judging.ts';
import type { ShellNode } from './tree.ts';
import { readWord, type Word } from './words.ts';

/** What the redirections of a command do. */
export type Redirected = {
  readonly reasons: readonly Reason[];
  readonly stdin: Stdin;
  /** Words that stand after a redirection but belong to the command. */
  readonly words: readonly Word[];
  /** Statements that are written behind the start of a here-document: `cat <<EOF | sort`. */
  readonly after: readonly ShellNode[];
};

/** Files that take what is written without keeping it. */
const HARMLESS_FILE = /^\/dev\/(?:null|stdout|stderr|tty|fd\/[0-2])$/;

/** Judges redirections, in order, of a command that `prints` something or surely nothing. */
export function judgeRedirects(
  redirects: readonly ShellNode[],
  stdin: Stdin,
  judging: Judging,
  prints = true,
): Redirected {
  let result: Redirected = { reasons: [], stdin, words: [], after: [] };
  for (const node of redirects) {
    const one = judgeRedirect(node, judging, prints);
    result = {
      reasons: [...result.reasons, ...one.reasons],
      stdin: one.stdin ?? result.stdin,
      words: [...result.words, ...one.words],
      after: [...result.after, ...one.after],
    };
  }
  return result;
}

type One = Omit<Redirected, 'stdin'> & { readonly stdin?: Stdin };

const NOTHING: One = { reasons: [], words: [], after: [] };

function judgeRedirect(node: ShellNode, judging: Judging, prints: boolean): One {
  if (node.type === 'file_redirect') return judgeFileRedirect(node, judging, prints);
  const expanded = node.children.flatMap((child) =>
    child.type === 'file_redirect' || isStatement(child)
      ? []
      : judging.statements(child, 'inherited'),
  );
  if (node.type === 'herestring_redirect') {
    const word = readWord(node.children.slice(1), judging);
    const { text, span, exactAt } = word;
    const stdin: Stdin = text === undefined ? 'output' : { text: `${text}\n`, span, exactAt };
    return { ...NOTHING, reasons: expanded, stdin };
  }
  return judgeHereDocument(node, expanded, judging);
}

function judgeHereDocument(node: ShellNode, expanded: readonly Reason[], judging: Judging): One {
  const files = node.children.filter(({ type }) => type === 'file_redirect');
  const inner = judgeRedirects(files, 'inherited', judging);
  const body = node.children.find(({ type }) => type === 'heredoc_body');
  return {
    reasons: [...expanded, ...inner.reasons],
    stdin: body === undefined ? 'nothing' : hereText(node, body, judging),
    words: [
      ...node.children
        .filter(({ field }) => field === 'argument')
        .map((argument) => readWord([argument], judging)),
      ...inner.words,
    ],
    after: node.children.filter(isStatement),
  };
}

function hereText(node: ShellNode, body: ShellNode, judging: Judging): Stdin {
  const text = judging.script.slice(body.span.start, body.span.end);
  const head = judging.script.slice(node.span.start, body.span.start);
  const isQuoted = /^<<-?\s*['"\\]/.test(head);
  if (head.startsWith('<<-') || (!isQuoted && (body.children.length > 0 || text.includes('\\'))))
    return 'output';
  const span = judging.outer(body.span);
  return { text, span, exactAt: span.end - span.start === text.length ? span.start : undefined };
}

function isStatement(node: ShellNode): boolean {
  return (
    node.field === 'right' || /^(?:pipeline|list|command|redirected_statement)$/.test(node.type)
  );
}

function judgeFileRedirect(node: ShellNode, judging: Judging, prints: boolean): One {
  const operator = operatorOf(node);
  const [target, ...others] = node.children.filter(({ field }) => field === 'destination');
  const words = others.map((other) => readWord([other], judging));
  const reasons = node.children.flatMap((child) => judging.statements(child, 'output'));
  if (target === undefined) return { ...NOTHING, reasons, words };
  const word = readWord([target], judging);
  if (operator === '<') {
    const stdin = word.text === '/dev/null' ? 'nothing' : 'output';
    return { ...NOTHING, reasons, words, stdin };
  }
  if (operator === '<&') return { ...NOTHING, reasons, words, stdin: 'output' };
  const written = writtenTo(operator, word, judging.script, prints);
  const span = judging.outer(node.span);
  return { ...NOTHING, reasons: [...reasons, ...written.map((one) => ({ ...one, span }))], words };
}

/** The parser does not know `<>` and calls its second half an error. */
function operatorOf(node: ShellNode): string {
  const at = node.children.findIndex(({ type }) => /^[<>&]/.test(type));
  const isBoth = node.children[at + 1]?.type === 'ERROR';
  return (node.children[at]?.type ?? '') + (isBoth ? '>' : '');
}

function writtenTo(
  operator: string,
  { text, prefix, count, span }: Word,
  script: string,
  prints: boolean,
): readonly Reason[] {
  const toNetwork = /^\/dev\/(?:tcp|udp)\//.test(prefix);
  if (operator === '<>' && toNetwork) return [];
  if (operator.startsWith('>&') && text !== undefined && /^[\d-]$/.test(text))
    return /[3-9]/.test(text) && script.includes('<>')
      ? [unsure('may send data over the network', span)]
      : [];
  if (text !== undefined && HARMLESS_FILE.test(text)) return [];
  if (prefix === '/dev/fd/' && text === undefined && count === 'one') return [];
  if (toNetwork) return prints ? [unsure('sends data over the network', span)] : [];
  return [known('change', `writes ${text ?? 'a file'}`, span)];
}
