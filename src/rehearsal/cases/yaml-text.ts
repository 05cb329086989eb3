import type { Json } from '#runbook/model/value.ts';
import { nodeAt } from '#runbook/yaml/document.ts';
import { readYaml } from '#runbook/yaml/located.ts';
import { positionAt } from '#runbook/yaml/source.ts';

const WIDTH = 96;
/** Texts that need no quotes in YAML in any position. */
const PLAIN = /^[A-Za-z_/][\w ./%+()<>=?!;$^*~@-]*$/;
const ANOTHER_TYPE = /^(?:true|false|null|~|[-+]?\.?\d.*|\.inf|\.nan)$/i;

/** Returns a text as a YAML scalar on one line. */
function yamlScalar(value: string | number | boolean | null): string {
  if (typeof value !== 'string') return String(value);
  const isPlain = PLAIN.test(value) && !ANOTHER_TYPE.test(value) && !value.endsWith(' ');
  return isPlain ? value : JSON.stringify(value);
}

/** Returns a value as YAML on one line. */
export function yamlFlow(value: Json): string {
  if (value === null || typeof value !== 'object') return yamlScalar(value);
  if (Array.isArray(value))
    return value.length === 0 ? '[]' : `[${value.map((item: Json) => yamlFlow(item)).join(', ')}]`;
  const entries = Object.entries(value).map(
    ([key, inner]) => `${yamlScalar(key)}: ${yamlFlow(inner as Json)}`,
  );
  return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
}

/** Returns a value as YAML, on one line if it fits; `depth` is its indentation in spaces. */
function yamlBlock(value: Json, depth = 0): string {
  const flow = yamlFlow(value);
  if (typeof value === 'string' && value.includes('\n')) return yamlLines(value, depth);
  if (value === null || typeof value !== 'object') return flow;
  if (depth + flow.length <= WIDTH || flow.length <= 2) return flow;
  return `\n${yamlNested(value, depth)}`;
}

/** Returns a list or a mapping as YAML over several lines, with the first one indented as well. */
function yamlNested(value: Json, depth: number): string {
  const indent = ' '.repeat(depth);
  if (Array.isArray(value))
    return value.map((item: Json) => `${indent}- ${yamlItem(item, depth + 2)}`).join('\n');
  return Object.entries(value ?? {})
    .map(([key, inner]) => {
      const text = yamlBlock(inner as Json, depth + 2);
      return `${indent}${yamlScalar(key)}:${text.startsWith('\n') ? '' : ' '}${text}`;
    })
    .join('\n');
}

function yamlItem(item: Json, depth: number): string {
  const text = yamlBlock(item, depth);
  return text.startsWith('\n') ? text.trimStart() : text;
}

/** Returns a text of several lines as a block, or quoted on one line if a block cannot hold it. */
function yamlLines(text: string, depth: number): string {
  const fits = !/[^\n\u0020-\u007e\u00a0-\ud7ff]/.test(text) && !/^\s|\n\n$|[ ]\n/.test(text);
  if (!fits) return JSON.stringify(text);
  const indent = ' '.repeat(depth);
  const keep = text.endsWith('\n') ? '|' : '|-';
  const lines = text.replace(/\n$/, '').split('\n');
  return [keep, ...lines.map((line) => (line === '' ? '' : indent + line))].join('\n');
}

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
