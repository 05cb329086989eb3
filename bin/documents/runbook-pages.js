import { heading, text } from '#report/document/block.ts';
import { documentMarkdown } from '#report/document/markdown.ts';
import { runbookDocument } from '#report/document/runbook.ts';
import { runbookGraph } from '#report/graph/drawing.ts';
import { mermaidGraph } from '#report/graph/mermaid.ts';
import { shippedRunbooks } from './shipped-runbooks.js';

const NOTE = '<!-- Made by bin/documents.js: change the runbook, not this page. -->';
const SEVERITIES = ['critical', 'high', 'medium', 'low'];

/** Returns a page for each shipped runbook and their index, by the name of the file. */
export async function runbookPages() {
  const shipped = [...(await shippedRunbooks()).values()].map(({ runbook }) => runbook);
  const names = new Set(shipped.map(({ name }) => name));
  return new Map([
    ['README.md', indexPage(shipped)],
    ...shipped.map((runbook) => [`${runbook.name}.md`, runbookPage(runbook, names)]),
  ]);
}

/** Returns the anchor that code hosts give a heading. */
export function anchorOf(title) {
  return title
    .toLowerCase()
    .replace(/[^\w\s-]/g, '')
    .trim()
    .replaceAll(' ', '-');
}

function runbookPage(runbook, names) {
  const [title, facts, ...others] = runbookDocument(runbook);
  const links = `[All runbooks](README.md) · [its source](../../runbooks/${runbook.name}.yaml) · [its graph](#graph)`;
  const graph = mermaidGraph(runbookGraph(runbook)).trimEnd();
  const page = documentMarkdown([
    title,
    facts,
    text(links),
    ...linkedRelated(others, names),
    heading(2, 'Graph'),
    text(
      'Steps with six corners change something and ask before they do, in red what cannot be undone.',
    ),
    { kind: 'code', language: 'mermaid', text: graph },
  ]);
  return `${NOTE}\n\n${page}`;
}

/** The last list of a runbook's document names other runbooks; here they have pages. */
function linkedRelated(blocks, names) {
  const at = blocks.findLastIndex((block) => block.kind === 'heading' && block.text === 'Related');
  if (at === -1) return blocks;
  const linked = (item) => {
    const name = item.replaceAll('`', '');
    return names.has(name) ? `[${name}](${name}.md)` : item;
  };
  return blocks.map((block, index) =>
    index === at + 1 ? { ...block, items: block.items.map(linked) } : block,
  );
}

function indexPage(shipped) {
  const bySeverity = shipped.toSorted(
    (a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity),
  );
  const first = bySeverity.filter(({ name }) => name === 'triage');
  const rows = [...first, ...bySeverity.filter(({ name }) => name !== 'triage')].map(
    ({ name, title, severity, summary }) =>
      `| [${name}](${name}.md) | ${title} | ${severity} | ${summary.trim().replaceAll(/\s+/g, ' ').replaceAll('|', '\\|')} |`,
  );
  return [
    NOTE,
    '',
    '# The shipped runbooks',
    '',
    'A page per runbook, as `runbook show NAME --markdown` prints it, with its graph. They can be followed by',
    'hand where `runbook` cannot run. Which one an error calls for, `runbook match` says',
    '([matching](../operate/matching.md)); where there is only a complaint, begin with `runbook run triage`.',
    'To practise them, see [drills](../operate/drills.md); for where each check comes from, [coverage](../reference/coverage.md).',
    '',
    '| runbook | title | severity | what it is for |',
    '| --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}
