import { storableText } from '#text/utf8.ts';
import { LIMITS, type Link, type Texts } from '../alert.ts';

/** Returns the value at a path of a parsed payload; undefined if there is none. */
export function at(value: unknown, ...path: readonly string[]): unknown {
  let inner = value;
  for (const key of path) {
    if (!isMapping(inner) || !Object.hasOwn(inner, key)) return undefined;
    inner = inner[key];
  }
  return inner;
}

/** Returns whether a parsed payload has a value at a path. */
export function has(value: unknown, ...path: readonly string[]): boolean {
  return at(value, ...path) !== undefined;
}

/** Returns whether a value is an object and not a list. */
export function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Returns the items of a list; none of anything else. */
export function itemsOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Returns the text at a path: a text, number or boolean that is not blank. */
export function textAt(value: unknown, ...path: readonly string[]): string | undefined {
  const text = textOf(at(value, ...path))?.trim();
  return text === undefined || text === '' ? undefined : text;
}

/** Returns a text at a path for people, truncated to its limit. */
export function proseAt(value: unknown, ...path: readonly string[]): string | undefined {
  return textAt(value, ...path)
    ?.slice(0, LIMITS.prose)
    .toWellFormed();
}

/** Returns the URL at a path, if it is one that a page can link to. */
export function urlAt(value: unknown, ...path: readonly string[]): string | undefined {
  const text = textAt(value, ...path);
  const isUrl = text !== undefined && text.length <= LIMITS.prose && /^https?:\/\/\S+$/i.test(text);
  return isUrl ? text : undefined;
}

/** Returns the links of an object, by the path of each. */
export function linksOf(value: unknown, paths: Readonly<Record<string, string>>): readonly Link[] {
  return Object.entries(paths).flatMap(([key, name]) => {
    const url = urlAt(value, key);
    return url === undefined ? [] : [{ name, url }];
  });
}

/** Names and values of labels, before their limits are applied. */
export type Entries = readonly (readonly [name: string, value: unknown])[];

/** Returns the entries of a mapping; none of anything else. */
export function entriesOf(value: unknown): Entries {
  return isMapping(value) ? Object.entries(value) : [];
}

/**
 * Returns labels within their limits, and how many were left out. `own` are those of the system;
 * others of their names do not count, even where the system has no value. Of two the first counts.
 */
export function labelsOf(
  own: Entries,
  others: Entries = [],
): { readonly texts: Texts; readonly leftOut: number } {
  const names = new Set(own.map(([name]) => name));
  const all = [...own, ...others.filter(([name]) => !names.has(name))];
  return bounded(all, (text) => (text.length <= LIMITS.value ? text : undefined));
}

/** Returns annotations, truncated to their limits, and how many were left out. */
export function annotationsOf(value: unknown): ReturnType<typeof labelsOf> {
  return bounded(entriesOf(value), (text) => text.slice(0, LIMITS.prose).toWellFormed());
}

/** Returns a list of objects with a name and a value as entries. */
export function pairEntries(list: unknown, name = 'name'): Entries {
  return itemsOf(list).flatMap((pair): Entries => {
    const label = textAt(pair, name);
    return label === undefined ? [] : [[label, textAt(pair, 'value')]];
  });
}

/** Returns `name:value` tags as entries; tags without a value have none. */
export function tagEntries(tags: readonly string[]): Entries {
  return tags.slice(0, LIMITS.labels).flatMap((tag) => {
    const [, name, value] = /^([^:\s]{1,200}):(.+)$/s.exec(tag.trim()) ?? [];
    return name === undefined ? [] : [[name, value] as const];
  });
}

/** Returns a key that alerts with the same labels share, and no others. */
export function keyOfLabels(labels: Texts): string {
  return JSON.stringify(Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function bounded(
  entries: Entries,
  limited: (text: string) => string | undefined,
): { readonly texts: Texts; readonly leftOut: number } {
  const kept = new Map<string, string>();
  let leftOut = 0;
  for (const [written, value] of entries) {
    const name = textOf(written) ?? '';
    const text = textOf(value);
    if (text === undefined || kept.has(name)) continue;
    const isFitting = isName(name) && kept.size < LIMITS.labels;
    const limitedText = isFitting ? limited(text) : undefined;
    if (limitedText === undefined) leftOut += 1;
    else kept.set(name, limitedText);
  }
  return { texts: Object.fromEntries(kept), leftOut };
}

/** A name that objects inherit could be mistaken for a label, or change what they inherit. */
function isName(name: string): boolean {
  const isInherited = Object.hasOwn(Object.prototype, name) || name === 'prototype';
  return name !== '' && name.length <= LIMITS.name && !isInherited;
}

function textOf(value: unknown): string | undefined {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return typeof value === 'string' ? storableText(value) : undefined;
}
