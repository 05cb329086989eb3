import { maskedHtml, type RuleOf } from './text.ts';

const FENCE = /^(?<ticks>`{3,})(?<language>[a-z]*)$/;
const FOLD = /^<details><summary>(?<title>.*)<\/summary>$/;
const HEADING = /^(?<level>#{1,4}) (?<title>.*)$/;
const ITEM = /^(?<indent> *)- (?<box>\[ \] )?(?<text>.*)$/;
const TABLE_RULE = /^\|(?: -+:? \|)+$/;

/**
 * Converts the transcript's Markdown to HTML, element for element: headings, lists, tables, code
 * blocks, folded blocks, quotes and paragraphs. It supports no other markup, so that no text can
 * become another element.
 */
export function blocksHtml(markdown: string, ruleOf: RuleOf): string {
  return new Blocks(markdown.split('\n'), ruleOf).until(() => false);
}

/** Returns the HTML of blocks with a name for each table: scrollable regions of one name are alike. */
export function withNamedTables(html: string, of = ''): string {
  let tables = 0;
  return html.replaceAll('aria-label="table"', () => {
    tables += 1;
    return `aria-label="Table ${tables}${of}"`;
  });
}

class Blocks {
  readonly #lines: readonly string[];
  readonly #ruleOf: RuleOf;
  #at = 0;

  constructor(lines: readonly string[], ruleOf: RuleOf) {
    this.#lines = lines;
    this.#ruleOf = ruleOf;
  }

  /** Reads blocks up to the line that ends them, which is omitted. */
  until(isEnd: (line: string) => boolean): string {
    const blocks: string[] = [];
    for (let line = this.#next(); line !== undefined && !isEnd(line); line = this.#next()) {
      if (line !== '') blocks.push(this.#block(line));
    }
    return blocks.join('\n');
  }

  #next(): string | undefined {
    this.#at += 1;
    return this.#lines[this.#at - 1];
  }

  #block(line: string): string {
    const fence = FENCE.exec(line)?.groups;
    if (fence !== undefined) return this.#code(fence.ticks ?? '', fence.language ?? '');
    const fold = FOLD.exec(line)?.groups;
    if (fold !== undefined) return this.#folded(fold.title ?? '');
    const heading = HEADING.exec(line)?.groups;
    if (heading !== undefined) {
      const level = heading.level?.length ?? 1;
      return `<h${level}>${this.#inline(heading.title ?? '')}</h${level}>`;
    }
    if (ITEM.test(line)) return this.#list(line);
    if (line.startsWith('| ') && TABLE_RULE.test(this.#lines[this.#at] ?? ''))
      return this.#table(line);
    if (line.startsWith('> ')) return `<blockquote>${this.#inline(line.slice(2))}</blockquote>`;
    return `<p>${this.#inline(line)}</p>`;
  }

  #code(ticks: string, language: string): string {
    const lines: string[] = [];
    for (let line = this.#next(); line !== undefined && line !== ticks; line = this.#next()) {
      lines.push(line);
    }
    const text = maskedHtml(lines.join('\n'), this.#ruleOf);
    return `<pre class="${language}" tabindex="0"><code>${text}</code></pre>`;
  }

  #folded(title: string): string {
    const shown = title.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
    const body = this.until((line) => line === '</details>');
    return `<details><summary>${maskedHtml(shown, this.#ruleOf)}</summary>\n${body}\n</details>`;
  }

  #list(first: string): string {
    const items: { text: string; inner: string[] }[] = [];
    let line: string | undefined = first;
    for (let item = ITEM.exec(first)?.groups; item !== undefined; ) {
      const { indent = '', box, text = '' } = item;
      const shown = `${box === undefined ? '' : '<input type="checkbox" aria-label="done"> '}${this.#inline(text)}`;
      if (indent === '') items.push({ text: shown, inner: [] });
      else items.at(-1)?.inner.push(`<li>${shown}</li>`);
      line = this.#lines[this.#at];
      item = line === undefined ? undefined : ITEM.exec(line)?.groups;
      if (item !== undefined) this.#at += 1;
    }
    const whole = items.map(({ text, inner }) => {
      const below = inner.length === 0 ? '' : `\n<ul>\n${inner.join('\n')}\n</ul>`;
      return `<li>${text}${below}</li>`;
    });
    return `<ul>\n${whole.join('\n')}\n</ul>`;
  }

  #table(head: string): string {
    const rules = cellsOf(this.#next() ?? '');
    const row = (line: string, tag: string, scope = '') =>
      cellsOf(line)
        .map((cell, column) => {
          const style = rules[column]?.endsWith(':') === true ? ' class="number"' : '';
          return `<${tag}${scope}${style}>${this.#inline(cell)}</${tag}>`;
        })
        .join('');
    const rows: string[] = [];
    while (this.#lines[this.#at]?.startsWith('| ') === true) {
      rows.push(`<tr>${row(this.#next() ?? '', 'td')}</tr>`);
    }
    return [
      '<div class="table" tabindex="0" role="region" aria-label="table"><table>',
      `<thead><tr>${row(head, 'th', ' scope="col"')}</tr></thead>`,
      `<tbody>\n${rows.join('\n')}\n</tbody></table></div>`,
    ].join('\n');
  }

  #inline(line: string): string {
    return inlineHtml(line, this.#ruleOf);
  }
}

/** A bar inside a cell is escaped. */
function cellsOf(line: string): readonly string[] {
  return line.slice(2, -2).split(' | ');
}

const TOKEN =
  /\\(?<escaped>.)|(?<ticks>`+)(?<code>.*?[^`])\k<ticks>(?!`)|(?<strong>\*\*)|(?<br><br>)|(?<bar>&#124;)/gu;

type Part = { readonly kind: 'text' | 'code' | 'strong' | 'br'; readonly text: string };

/**
 * Converts a line of the transcript's Markdown to HTML: escapes, code, strong text and line breaks.
 * All else stays text.
 */
function inlineHtml(line: string, ruleOf: RuleOf): string {
  let isStrong = false;
  const shown = partsOf(line).map(({ kind, text }) => {
    if (kind === 'text') return maskedHtml(text, ruleOf);
    if (kind === 'code') return `<code>${maskedHtml(text, ruleOf)}</code>`;
    if (kind === 'br') return '<br>';
    isStrong = !isStrong;
    return isStrong ? '<strong>' : '</strong>';
  });
  return `${shown.join('')}${isStrong ? '</strong>' : ''}`;
}

/** Text stays in one part regardless of escapes: masks are searched in the whole. */
function partsOf(line: string): readonly Part[] {
  const parts: Part[] = [];
  const add = (part: Part) => {
    const last = parts.at(-1);
    if (part.kind === 'text' && last?.kind === 'text')
      parts.splice(-1, 1, { kind: 'text', text: last.text + part.text });
    else if (part.kind !== 'text' || part.text !== '') parts.push(part);
  };
  let at = 0;
  for (const match of line.matchAll(TOKEN)) {
    add({ kind: 'text', text: line.slice(at, match.index) });
    add(partOf(match.groups ?? {}));
    at = match.index + match[0].length;
  }
  add({ kind: 'text', text: line.slice(at) });
  return parts;
}

function partOf({ escaped, code, strong, br }: Readonly<Record<string, string | undefined>>): Part {
  if (escaped !== undefined) return { kind: 'text', text: escaped };
  if (code !== undefined) return { kind: 'code', text: unpadded(code) };
  if (strong !== undefined) return { kind: 'strong', text: strong };
  return br === undefined ? { kind: 'text', text: '|' } : { kind: 'br', text: br };
}

/** A space on both sides separates backticks from the ends of a code span. */
function unpadded(code: string): string {
  return code.startsWith(' ') && code.endsWith(' ') && code.trim() !== ''
    ? code.slice(1, -1)
    : code;
}
