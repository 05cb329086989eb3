import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readText } from '../../library/read-text.ts';

/** A name defined in a text, with its description. */
export type Named = { readonly value: string; readonly about?: string };

/** The line before each library file in the text of a runbook with its library files. */
const PART = /^--- # lib\/.*\n/m;

/** Templates may use others, but hardly ever more than this deep. */
const DEPTH = 5;

/** Returns the text of a runbook with its library files, as far as they are there. */
export function withLibraryTexts(file: string): string {
  const known = new Set<string>();
  const folder = join(dirname(file), 'lib');
  let text = readText(file);
  const wanted = usedIn(text);
  for (const name of wanted) {
    const path = join(folder, `${name}.yaml`);
    if (known.has(name) || !existsSync(path)) continue;
    known.add(name);
    const library = readText(path);
    wanted.push(...usedIn(library));
    text += `\n--- # lib/${name}.yaml\n${library}`;
  }
  return text;
}

function usedIn(text: string): string[] {
  const [, list = ''] = /^uses:((?:.*\n)(?:[ \t-].*\n)*)/m.exec(text) ?? [];
  return [...list.matchAll(/[a-z][\w-]*/g)].map(([name]) => name);
}

/**
 * Returns the IDs of a runbook's steps with their titles, from its text with its library files. The
 * text is scanned, not parsed: that is fast, and works on unfinished runbooks.
 */
export function stepIds(text: string): readonly Named[] {
  const [runbook = '', ...libraries] = text.split(PART);
  return stepsIn(runbook.slice(runbook.search(/^steps:/m)), libraries.join('\n'), DEPTH);
}

function stepsIn(text: string, libraries: string, depth: number): readonly Named[] {
  const found = [...text.matchAll(/^\s*-\s*(?:\{\s*)?(id|use):\s*["']?([a-z][\w@{}-]*)/gm)];
  return found.flatMap((match, index) => {
    const [, key, name = ''] = match;
    const body = text.slice(match.index, found[index + 1]?.index);
    if (key === 'id') return named(name, titleIn(body));
    const template = templateIn(libraries, name);
    if (template?.kind === 'clauses') return [];
    if (template?.kind === 'steps')
      return depth === 0 ? [] : stepsIn(template.body, libraries, depth - 1);
    // A step of a library has the ID of its template, unless it has one of its own.
    const id = idIn(body) ?? idIn(template?.body ?? '') ?? name;
    return named(id, titleIn(body) ?? titleIn(template?.body ?? ''));
  });
}

/** An ID or title that a parameter is part of is not known. */
function named(value: string, about: string | undefined): readonly Named[] {
  if (value.includes('@{')) return [];
  return about === undefined || about.includes('@{') ? [{ value }] : [{ value, about }];
}

/** A fragment may have the same name. */
function templateIn(libraries: string, name: string) {
  for (const [, body = ''] of libraries.matchAll(
    new RegExp(`^  ${name}:\\n((?:    .*(?:\\n|$)|\\n)*)`, 'gm'),
  )) {
    const [, kind] = /^ {4}(steps?|clauses):/m.exec(body) ?? [];
    if (kind !== undefined) return { kind, body };
  }
  return undefined;
}

function idIn(body: string): string | undefined {
  return /(?:^\s+|,\s*)id:\s*["']?([a-z][\w@{}-]*)/m.exec(body)?.[1];
}

/** A title stands on a line of its own, or between the signs of a step on one line. */
function titleIn(body: string): string | undefined {
  const [, line, within] = /^\s+title:[ \t]*(.*)$|,\s*title:\s*([^\n,}]+)/m.exec(body) ?? [];
  const title = (line ?? within)?.trim();
  return title?.replace(/^(["'])(.*)\1$/, '$2');
}
