import type { Names } from '../expression/known-names.ts';
import type { Template } from '../expression/template.ts';
import type { PartReader, Path } from '../read/part-reader.ts';
import type { Json } from './value.ts';

/** JSON as written in a runbook: a text may have placeholders wherever it is a value. */
export type WrittenJson =
  | { readonly kind: 'text'; readonly text: Template }
  | { readonly kind: 'value'; readonly value: number | boolean | null }
  | { readonly kind: 'list'; readonly items: readonly WrittenJson[] }
  | { readonly kind: 'mapping'; readonly entries: readonly (readonly [string, WrittenJson])[] };

/** Reads the value at `path`, which must exist; a key with a placeholder is reported. */
export function readJson(
  value: Json,
  path: Path,
  names: Names,
  reader: PartReader,
): WrittenJson | undefined {
  if (typeof value === 'string') {
    const text = reader.template(path, names);
    return text === undefined ? undefined : { kind: 'text', text };
  }
  if (value === null || typeof value !== 'object') return { kind: 'value', value };
  if (Array.isArray(value)) {
    const items = value.map((item: Json, at) => readJson(item, [...path, at], names, reader));
    return { kind: 'list', items: items.filter((item) => item !== undefined) };
  }
  const entries = Object.entries(value).flatMap(([key, inner]) => {
    if (key.includes('${{')) refuseKey([...path, key], reader);
    const read = readJson(inner, [...path, key], names, reader);
    return read === undefined ? [] : [[key, read] as const];
  });
  return { kind: 'mapping', entries };
}

function refuseKey(path: Path, reader: PartReader): void {
  reader.report(
    'placeholder-as-code',
    reader.keySpan(path),
    'a key of JSON takes no placeholder',
    'write the whole mapping as one: json: ${{ {inputs.name: 1} }}',
  );
}

/** Returns its texts, in order. */
export function textsOf(written: WrittenJson): readonly Template[] {
  switch (written.kind) {
    case 'text':
      return [written.text];
    case 'value':
      return [];
    case 'list':
      return written.items.flatMap(textsOf);
    case 'mapping':
      return written.entries.flatMap(([, value]) => textsOf(value));
  }
}

/** Returns it for a person: JSON over several lines, placeholders as written. */
export function shownJson(written: WrittenJson): string {
  return JSON.stringify(plain(written), null, 2);
}

function plain(written: WrittenJson): Json {
  switch (written.kind) {
    case 'text':
      return written.text.text;
    case 'value':
      return written.value;
    case 'list':
      return written.items.map(plain);
    case 'mapping':
      return Object.fromEntries(written.entries.map(([key, value]) => [key, plain(value)]));
  }
}
