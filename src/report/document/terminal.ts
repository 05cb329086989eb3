import { harmless } from '#text/harmless.ts';
import { RESET, styleStart } from '#text/theme.ts';
import { wrapTo } from '#text/width.ts';
import type { Block } from './block.ts';

/** The look of a document in a terminal. */
export type TerminalLook = {
  /** In columns; only code is ever wider. */
  readonly width: number;
  readonly colours: boolean;
};

const STYLES = {
  title: styleStart('title'),
  heading: styleStart('strong'),
  strong: styleStart('strong'),
  code: styleStart('code'),
  emphasis: styleStart('emphasis'),
  dim: styleStart('muted'),
} as const;

/** Returns a document as lines for a terminal or a pager. */
export function documentText(blocks: readonly Block[], look: TerminalLook): string {
  const parts = blocks.map((block, index) => {
    const next = blocks[index + 1];
    const isJoined = block.kind === 'list' && next?.kind === 'list';
    return `${lines(block, look).join('\n')}${next === undefined || isJoined ? '\n' : '\n\n'}`;
  });
  return parts.join('');
}

function lines(block: Block, look: TerminalLook): readonly string[] {
  switch (block.kind) {
    case 'heading':
      return headingLines(block.level, harmless(block.text), look);
    case 'text':
      return inline(wrapTo(paragraphs(block.text), look.width), look);
    case 'list':
      return block.items.flatMap((item) =>
        inline(wrapTo(paragraphs(item), look.width - 4), look).map((line, index) =>
          index === 0 ? `  • ${line}` : `    ${line}`,
        ),
      );
    case 'quote':
      return inline(wrapTo(paragraphs(block.text), look.width - 4), look).map(
        (line) => `  │ ${line}`,
      );
    case 'code':
      // Never wrapped, so that it can be copied.
      return harmless(block.text)
        .trimEnd()
        .split('\n')
        .map((line) => (line === '' ? '' : `    ${styled('code', line, look)}`));
  }
}

function headingLines(level: number, text: string, look: TerminalLook): readonly string[] {
  const wrapped = wrapTo(text, look.width);
  if (level === 1)
    return [...wrapped.map((line) => styled('title', line, look)), '═'.repeat(look.width)];
  if (level > 2) return wrapped.map((line) => styled('heading', line, look));
  const rule = '─'.repeat(Math.max(0, look.width - text.length - 4));
  return [styled('heading', `── ${text} ${rule}`, look)];
}

/** A line break within a paragraph becomes a space; a blank line stays. */
function paragraphs(text: string): string {
  return harmless(text)
    .trim()
    .split(/\n\s*\n/)
    .map((part) => part.replaceAll(/\n(?!\s*[-*\d])/g, ' '))
    .join('\n\n');
}

/** Without colors the Markdown marks stay, and convey the same. */
function inline(wrapped: readonly string[], look: TerminalLook): readonly string[] {
  if (!look.colours) return wrapped;
  let open: keyof typeof STYLES | undefined;
  return wrapped.map((line) => {
    let result = open === undefined ? '' : STYLES[open];
    for (const part of line.split(/(`+|\*\*|(?<=^|[\s(])\*(?=\S)|(?<=\S)\*(?=[\s).,:]|$))/)) {
      const style = markOf(part);
      if (style === undefined || (open === 'code' && style !== 'code')) result += part;
      else if (open === style) {
        open = undefined;
        result += RESET;
      } else {
        open = style;
        result += STYLES[style];
      }
    }
    return open === undefined ? result : `${result}${RESET}`;
  });
}

function markOf(part: string): keyof typeof STYLES | undefined {
  if (part.startsWith('`')) return 'code';
  if (part === '**') return 'strong';
  return part === '*' ? 'emphasis' : undefined;
}

function styled(style: keyof typeof STYLES, text: string, { colours }: TerminalLook): string {
  return colours && text !== '' ? `${STYLES[style]}${text}${RESET}` : text;
}
