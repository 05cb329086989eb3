import type { Json } from '#runbook/model/value.ts';
import { nodeAt } from '#runbook/yaml/document.ts';
import { readYaml } from '#runbook/yaml/located.ts';
import { positionAt } from '#runbook/yaml/source.ts';
import { yamlNested } from './yaml-text.ts';

/** Returns the text of a new test file with one case. */
export function newCases(testCase: Json): string {
  return `cases:\n${yamlNested([testCase], 2)}\n`;
}

/**
 * Returns the text of a test file with one more case at its end and the rest unchanged, or
 * undefined if its cases are not a block list with a dash per case.
 */
export function appendCase(text: string, testCase: Json): string | undefined {
  const source = { file: '', text };
  const { node } = readYaml(source);
  const cases = node && nodeAt(node, ['cases']);
  const last = cases?.kind === 'sequence' ? cases.items.at(-1) : undefined;
  if (cases?.kind !== 'sequence' || last === undefined) return undefined;
  const dash = text.lastIndexOf('-', cases.items[0]?.span.start);
  const before = text.slice(text.lastIndexOf('\n', dash) + 1, dash);
  if (dash < cases.span.start || before.trim() !== '') return undefined;
  const indent = positionAt(source, dash).column - 1;
  const lineEnd = text.indexOf('\n', endOf(text, cases.span.end));
  const at = lineEnd === -1 ? text.length : lineEnd + 1;
  const head = text.slice(0, at);
  const gap = head.endsWith('\n') ? '\n' : '\n\n';
  return `${head}${gap}${yamlNested([testCase], indent)}\n${text.slice(at)}`;
}

/** A collection may end inside white space; its last line is that of its last character. */
function endOf(text: string, end: number): number {
  return Math.max(0, text.slice(0, end).trimEnd().length - 1);
}
