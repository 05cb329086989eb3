import { expect, test } from 'vitest';
import { fold, rowsBlocks } from '#events/telling/block.ts';
import { code, say } from '#events/telling/say.ts';
import { blocksMarkdown, fence } from '#report/markdown/blocks.ts';
import { transcriptMarkdown } from '#report/transcript/markdown.ts';
import { HOSTILE, hostileRun } from '../../fixtures/hostile-run.ts';

/** The transcript of a run in which every text, name and value is the same one. */
function transcriptOf(data: string): string {
  return transcriptMarkdown(hostileRun(data), { outputs: () => data });
}

/** The lines that are not inside a code block. */
function outsideCode(markdown: string): string[] {
  let fenceNow: string | undefined;
  return markdown.split('\n').filter((line) => {
    const ticks = /^(?<ticks>`{3,})[a-z]*$/.exec(line)?.groups?.ticks;
    if (fenceNow === undefined && ticks !== undefined) {
      fenceNow = ticks;
      return false;
    }
    if (fenceNow === undefined) return true;
    if (line === fenceNow) fenceNow = undefined;
    return false;
  });
}

/** Markdown without its code spans and escaped characters: what is left has a meaning. */
function meaning(line: string): string {
  return line.replace(/\\[\\`*_[\]<>~$&#+=\-.)]|&#124;|(`+)(?!`).*?(?<!`)\1(?!`)/g, '');
}

test.each(HOSTILE)('%j in every place makes no markup of its own', (data) => {
  const lines = outsideCode(transcriptOf(data)).map(meaning);
  const plain = outsideCode(transcriptOf('word')).map(meaning);
  const headings = (all: readonly string[]) => all.filter((line) => /^#/.test(line)).length;
  expect(headings(lines)).toBe(headings(plain));
  for (const line of lines) {
    expect(line.replaceAll(/^> |<br>|<\/?details>|<summary>.*<\/summary>/g, '')).not.toMatch(
      /[<>]/,
    );
    expect(line).not.toMatch(/[[\]]\(|^\s*(===|---)|~~/);
  }
});

test.each(HOSTILE)('%j reaches nobody as a control character', (data) => {
  expect(transcriptOf(data)).not.toMatch(/[\p{Cc}\u202e\u2028](?<![\n\t])/u);
});

test.each(HOSTILE)('a table keeps its cells with %j in them', (data) => {
  const table = blocksMarkdown(rowsBlocks(['a', data], [{ a: data, [data]: data }]));
  for (const line of table.split('\n')) expect(line.split('|')).toHaveLength(4);
});

test('a fence is longer than any in what it holds', () => {
  expect(fence('a\n````\nb', 'text')).toBe('`````text\na\n````\nb\n`````');
  expect(fence('`\u001b[0m`\u001b[0m`', 'text')).toBe('````text\n```\n````');
});

test('a code block keeps tabs, a script may need them', () => {
  expect(fence('cat <<-X\n\thello\n', 'bash')).toBe('```bash\ncat <<-X\n\thello\n```');
});

test('code spans hold backticks, spaces and nothing', () => {
  const shown = (value: string) => blocksMarkdown([[code(value)]]);
  expect(shown('a')).toBe('`a`');
  expect(shown('`a`')).toBe('`` `a` ``');
  expect(shown(' a')).toBe('`  a `');
  expect(shown('')).toBe('(empty)');
  expect(shown('a\nb')).toBe('`a↵b`');
});

test('text keeps words in backticks and names with underscores readable', () => {
  const shown = (value: string) => blocksMarkdown([value]);
  expect(shown('set `idle_session_timeout` for application_name')).toBe(
    'set `idle_session_timeout` for application_name',
  );
  expect(shown(' two\nlines \n')).toBe('two<br>lines');
  expect(shown('3. at night')).toBe('3\\. at night');
  expect(shown(' - no item')).toBe('\\- no item');
  expect(blocksMarkdown(rowsBlocks(['n'], [{ n: 'a|b `c`' }]))).toContain('a&#124;b \\`c\\`');
});

test('parts of a text are escaped each on its own, and blanks between them stay', () => {
  const said = say`kim noted${', at night'}: ${'# late'}`;
  expect(blocksMarkdown([said])).toBe('kim noted, at night: \\# late');
});

test('the title of a folded block is no HTML', () => {
  const shown = blocksMarkdown([fold('<b> & ', ['x'])]);
  expect(shown).toContain('<summary>&lt;b&gt; &amp; </summary>');
});

test('many rows are folded, and more than two hundred counted', () => {
  const rows = Array.from({ length: 250 }, (_, n) => ({ n }));
  const table = blocksMarkdown(rowsBlocks(['n'], rows));
  expect(table).toMatch(/^<details><summary>250 rows<\/summary>/);
  expect(table.split('\n').filter((line) => /^\| \d+ \|$/.test(line))).toHaveLength(200);
  expect(table).toContain('and 50 more rows in the journal');
});
