import {
  type Block,
  type Element,
  type Item,
  isElement,
  isParagraph,
  type List,
  type Table,
} from '#events/telling/block.ts';
import { type Moment, type Said, type Span, saidOf } from '#events/telling/say.ts';
import { harmlessLine } from '#text/harmless.ts';
import { maskedHtml, type RuleOf } from './text.ts';

/** Returns blocks as HTML, in which every mask of a secret is marked with its rule. */
export function blocksHtml(blocks: readonly Block[], ruleOf: RuleOf): string {
  return blocks
    .map((block, index) => {
      if (isParagraph(block)) return `<p>${saidHtml(saidOf(block), ruleOf)}</p>`;
      if (!isElement(block, 'list')) return blockHtml(block, ruleOf);
      // The items of adjacent lists are one list.
      const items = block.items.map((item) => itemHtml(item, ruleOf)).join('\n');
      const start = isElement(blocks[index - 1], 'list') ? '' : '<ul>\n';
      return `${start}${items}${isElement(blocks[index + 1], 'list') ? '' : '\n</ul>'}`;
    })
    .join('\n');
}

/** Returns the HTML of blocks with a name for each table: scrollable regions of one name are alike. */
export function withNamedTables(html: string, of = ''): string {
  let tables = 0;
  return html.replaceAll('aria-label="table"', () => {
    tables += 1;
    return `aria-label="Table ${tables}${of}"`;
  });
}

function blockHtml(block: Exclude<Element, List>, ruleOf: RuleOf): string {
  switch (block.kind) {
    case 'heading':
      return `<h${block.level}>${saidHtml(block.said, ruleOf)}</h${block.level}>`;
    case 'quote':
      return `<blockquote>${saidHtml(block.said, ruleOf)}</blockquote>`;
    case 'code': {
      const code = maskedHtml(block.text.replace(/\n+$/, ''), ruleOf);
      return `<pre class="${block.language}" tabindex="0"><code>${code}</code></pre>`;
    }
    case 'table':
      return tableHtml(block, ruleOf);
    case 'fold': {
      const title = maskedHtml(harmlessLine(block.title), ruleOf);
      return `<details><summary>${title}</summary>\n${blocksHtml(block.blocks, ruleOf)}\n</details>`;
    }
  }
}

function itemHtml({ at, said, below = [], isPoint }: Item, ruleOf: RuleOf): string {
  const inner = below.map((it) => `<li>${saidHtml(it, ruleOf)}</li>`).join('\n');
  const box = isPoint === true ? '<input type="checkbox" aria-label="done"> ' : '';
  const time = at === undefined ? '' : `${timeHtml(at, ruleOf)} `;
  const list = inner === '' ? '' : `\n<ul>\n${inner}\n</ul>`;
  return `<li${at === undefined ? '' : ' class="entry"'}>${box}${time}${saidHtml(said, ruleOf)}${list}</li>`;
}

function tableHtml({ columns, numbers, rows }: Table, ruleOf: RuleOf): string {
  const style = (index: number) =>
    numbers.includes(columns[index] ?? '') ? ' class="number"' : '';
  const value = (text: string) => maskedHtml(harmlessLine(text), ruleOf);
  const head = columns.map((name, index) => `<th scope="col"${style(index)}>${value(name)}</th>`);
  const body = rows.map((cells) => {
    const shown = cells.map((one, index) => {
      const text = typeof one === 'string' ? value(one) : saidHtml(one, ruleOf);
      return `<td${style(index)}>${text}</td>`;
    });
    return `<tr>${shown.join('')}</tr>`;
  });
  return [
    '<div class="table" tabindex="0" role="region" aria-label="table"><table>',
    `<thead><tr>${head.join('')}</tr></thead>`,
    `<tbody>\n${body.join('\n')}\n</tbody></table></div>`,
  ].join('\n');
}

/** Returns a text as HTML. */
export function saidHtml(said: Said, ruleOf: RuleOf): string {
  return said
    .map((span) => spanHtml(span, ruleOf))
    .join('')
    .trim();
}

function spanHtml(span: Span, ruleOf: RuleOf): string {
  switch (span.kind) {
    case 'text':
      return maskedHtml(span.text, ruleOf).replace(/\s*\n\s*/g, '<br>');
    case 'code':
      return `<code>${maskedHtml(span.text, ruleOf)}</code>`;
    case 'blank':
      return `<em>${maskedHtml(span.text, ruleOf)}</em>`;
    case 'strong':
      return `<strong>${saidHtml(span.said, ruleOf)}</strong>`;
    case 'time':
      return timeHtml(span, ruleOf);
  }
}

function timeHtml({ utc, local, since }: Moment, ruleOf: RuleOf): string {
  const here = local === undefined ? '' : ` <span class="local">(${local})</span>`;
  return `<span class="time"><time>${maskedHtml(utc, ruleOf)}</time>${here} <span class="since">+${since}</span></span>`;
}
