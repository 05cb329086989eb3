import { fence } from '../markdown/blocks.ts';
import type { Block } from './block.ts';

/** Returns a document as Markdown. */
export function documentMarkdown(blocks: readonly Block[]): string {
  return `${blocks.map((block, index) => `${markdown(block)}${gap(block, blocks[index + 1])}`).join('')}\n`;
}

/** Adjacent lists are merged. */
function gap(block: Block, next: Block | undefined): string {
  if (next === undefined) return '';
  return block.kind === 'list' && next.kind === 'list' ? '\n' : '\n\n';
}

function markdown(block: Block): string {
  switch (block.kind) {
    case 'heading':
      return `${'#'.repeat(block.level)} ${block.text}`;
    case 'text':
      return block.text.trim();
    case 'list':
      return block.items.map((item) => `- ${item.trim().replaceAll('\n', '\n  ')}`).join('\n');
    case 'quote':
      return block.text.trim().replaceAll(/^/gm, '> ');
    case 'code':
      return fence(block.text.trimEnd(), block.language);
  }
}
