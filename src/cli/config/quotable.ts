import type { Source } from '#runbook/yaml/source.ts';
import { createRedactor } from '#safety/redaction/redactor.ts';
import { findUrlPasswords } from '#text/url.ts';

const SECRET_KEY = String.raw`[\w-]*(?:pass|pwd|secret|token|credential|api_?key|private)[\w-]*`;
const WRITTEN = new RegExp(
  String.raw`^([ \t]*(?:- )?|.*[{,]\s*)(["']?${SECRET_KEY}["']?\s*:)(?=[ \t])(.*)$`,
  'gim',
);
const REFERENCE = /^\s*(?:\{\s*)?["']?(?:env|file|command)["']?\s*:/;
const NOTHING = /^\s*(?:#.*)?$/;
const BLOCK = /^\s*[|>]/;

/** True for a name that suggests a secret value. */
export function isSecretName(name: string): boolean {
  return new RegExp(`^${SECRET_KEY}$`, 'i').test(name);
}

/**
 * Returns a config file that is safe to quote on a terminal: passwords in URLs, and values of keys
 * such as `api_token`, become dots. Every other character keeps its position.
 */
export function quotable(source: Source): Source {
  const { text } = source;
  // By UTF-16 units, like spans.
  const units = text.split('');
  const hide = (start: number, end: number): void => {
    for (let at = start; at < end; at += 1) if (!/\s/.test(units[at] ?? ' ')) units[at] = '•';
  };
  for (const { start, end } of findUrlPasswords(text)) hide(start, end);
  for (const match of text.matchAll(WRITTEN)) {
    const [, lead = '', key = '', rest = ''] = match;
    const start = match.index + lead.length + key.length;
    if (BLOCK.test(rest)) hide(start + rest.length, blockEnd(text, match.index, lead.length));
    else if (!REFERENCE.test(rest) && !NOTHING.test(rest)) hide(start, start + rest.length);
  }
  return { file: source.file, text: units.join('') };
}

/** A block scalar ends at the next line that is indented no more than its key. */
function blockEnd(text: string, from: number, indent: number): number {
  const lines = /\n(?=([ \t]*)\S)/g;
  lines.lastIndex = from;
  for (let match = lines.exec(text); match !== null; match = lines.exec(text))
    if ((match[1]?.length ?? 0) <= indent) return match.index;
  return text.length;
}

/** Returns a message about a config file with the passwords in quoted URLs removed. */
export function quotableMessage(message: string): string {
  return createRedactor([]).text(message);
}
