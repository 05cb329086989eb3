import type { Json } from '#runbook/model/value.ts';

const WIDTH = 96;
/** Texts that need no quotes in YAML in any position. */
const PLAIN = /^[A-Za-z_/][\w ./%+()<>=?!;$^*~@-]*$/;
const ANOTHER_TYPE = /^(?:true|false|null|~|[-+]?\.?\d.*|\.inf|\.nan)$/i;

/** Returns a text as a YAML scalar on one line. */
export function yamlScalar(value: string | number | boolean | null): string {
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
export function yamlBlock(value: Json, depth = 0): string {
  const flow = yamlFlow(value);
  if (typeof value === 'string' && value.includes('\n')) return yamlLines(value, depth);
  if (value === null || typeof value !== 'object') return flow;
  if (depth + flow.length <= WIDTH || flow.length <= 2) return flow;
  return `\n${yamlNested(value, depth)}`;
}

/** Returns a list or a mapping as YAML over several lines, with the first one indented as well. */
export function yamlNested(value: Json, depth: number): string {
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
