import { inlineCode } from '#report/document/block.ts';
import { coverageItems } from './coverage-items.js';
import { anchorOf } from './runbook-pages.js';
import { shippedRunbooks } from './shipped-runbooks.js';

/** The parts of a runbook that are no steps, by the heading they have on its page. */
const PARTS = {
  symptoms: 'What it looks like',
  impact: 'Impact',
  prerequisites: 'Before you start',
  prevention: 'Prevention',
  related: 'Related',
};

/** Returns the page that says where each item of the sources is found in the library. */
export async function coveragePage() {
  const runbooks = await shippedRunbooks();
  const items = await coverageItems();
  const rows = items.map(({ id, item, places }) => {
    const where = places.map((place) => placeText(place, runbooks)).join('<br>');
    return `| ${id} | ${cell(item)} | ${where} |`;
  });
  return [
    '<!-- Made by bin/documents.js from test/fixtures/coverage.yaml: change that, not this page. -->',
    '',
    '# What the library covers',
    '',
    `The shipped runbooks are drawn from five documents on database connection incidents. These are the ${items.length} checks,`,
    'commands, remedies, verifications and ways of prevention in them, in our words, and where each is found. A',
    'text in quotes is one that `runbook match` knows. `test/docs/coverage-of-sources.test.ts` fails when an item has',
    'no place, or a place is not there.',
    '',
    '| item | what it says | where it is |',
    '| --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}

function placeText({ runbook, part, match, says }, runbooks) {
  if (match !== undefined) return `${inlineCode(cell(match))} → ${linkTo(runbook)}`;
  if (runbook === 'every') return `every runbook: ${part}`;
  const quoted = says === undefined ? '' : `: “${cell(says)}”`;
  return `${placeLink(runbook, part, runbooks)}${quoted}`;
}

function placeLink(name, part, runbooks) {
  const known = runbooks.get(name)?.runbook;
  if (known === undefined || part === undefined) return `${name}, ${part ?? 'nowhere yet'}`;
  if (Object.hasOwn(PARTS, part)) return linkTo(name, part, anchorOf(PARTS[part]));
  const at = known.steps.findIndex(({ id }) => id === part);
  if (at === -1) return `${name}, ${part}`;
  return linkTo(name, known.steps[at].title, anchorOf(`${at + 1}. ${known.steps[at].title}`));
}

function linkTo(name, title, anchor) {
  if (title === undefined) return `[${name}](../runbooks/${name}.md)`;
  return `[${name}: ${cell(title)}](../runbooks/${name}.md#${anchor})`;
}

function cell(text) {
  return text.replaceAll('|', '\\|').replaceAll(/\s+/g, ' ');
}
